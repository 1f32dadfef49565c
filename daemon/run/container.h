/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the core's public verbs: load, start, stop, shut down; the container's state, the startup policy, rollback.
 * Does not own: how it is asked (bus, main) nor how it is shown (observe). No verb blocks: results come as RunEvents.
 * Verbs return 0 or a negative errno; with -EBADMSG, -ENOENT, -EBUSY, -EALREADY … DIAGS holds exactly one finding that
 * says why (bus/error makes a D-Bus error of it). Everything returned is borrowed. */
#pragma once

#include "base/cleanup.h"
#include "base/diag.h"
#include "change.h"
#include "conf/registry.h"
#include "event.h"
#include "instance.h"
#include "os/directory.h"
#include "os/process.h"
#include "plan/plan.h"

typedef struct Container Container;

/* How a component's console line reaches the screen; NODE's name and incarnation come along. */
typedef void (*ContainerLineHandler)(const char *component, const char *line, size_t n_line, uint32_t n_lost,
                                     void *userdata);

/* All borrowed for the life of the container. */
typedef struct ContainerOptions {
        const Settings *settings;
        Loop *loop;
        ProcessHost *host;
        RuntimeDirectory *directory;
        const struct SessionSeam *sessions; /* set later (session_seam.h) */
        bool is_foreground;      /* StandardOutput=auto is the console */
        ContainerLineHandler on_line;
        void *userdata;
        uint64_t entry_usec;     /* t0 of §142 */
} ContainerOptions;

/* §142, monotonic µs and durations; 0: not reached */
typedef struct ContainerTimes {
        uint64_t entry, load, merge, validate, gates, resources; /* entry is a moment, the others durations */
        uint64_t load_begun, first_spawn, last_settled, finished; /* moments */
} ContainerTimes;

typedef enum ContainerResult {
        CONTAINER_RESULT_NONE, CONTAINER_RESULT_CLEAN, CONTAINER_RESULT_START_FAILED, CONTAINER_RESULT_N_,
} ContainerResult;

int container_new(const ContainerOptions *options, Container **ret) MUST_CHECK;
void container_free(Container *container);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Container, container_free)

Observers *container_observers(Container *container);

/* Read → merge → validate → freeze: generation 1 (§4-6). -EBADMSG: DIAGS says why, nothing has happened. */
int container_load(Container *container, const LoadRequest *request, bool strict, DiagList *diags) MUST_CHECK;
/* Begins to start what is wanted. */
void container_start(Container *container);
/* A second refresh is a no-op (§5): *RET_GENERATION is today's. -ESHUTDOWN closed. */
int container_refresh(Container *container, uint64_t *ret_generation, DiagList *diags) MUST_CHECK;
/* Joins a shutdown that runs (§111). REASON is a static word: signal, request, start-failed, … */
void container_shutdown(Container *container, const char *reason);

int container_start_component(Container *container, const char *name, Change **ret, DiagList *diags) MUST_CHECK;
/* §112: with dependents running and not CASCADE: in-use. */
int container_stop_component(Container *container, const char *name, bool cascade, Change **ret,
                             DiagList *diags) MUST_CHECK;
int container_restart_component(Container *container, const char *name, Change **ret, DiagList *diags) MUST_CHECK;
int container_reset_component(Container *container, const char *name, Change **ret, DiagList *diags) MUST_CHECK;

ContainerState container_state(const Container *container);
ContainerResult container_result(const Container *container);
bool container_is_degraded(const Container *container);
/* Findings of the start: the primary cause first (§87, §94). */
const DiagList *container_report(const Container *container);
const ContainerTimes *container_times(const Container *container);
const Settings *container_settings(const Container *container);
/* A start would find a free slot (§53). */
bool container_has_slot(const Container *container);
/* NULL before container_load() succeeded. */
const Plan *container_plan(const Container *container);
const Instance *container_instance(const Container *container, uint32_t node); /* NODE < plan->n_components */
pid_t container_main_pid(const Container *container, uint32_t node); /* 0 where there is none */
const char *container_status_text(const Container *container, uint32_t node); /* STATUS=, or NULL */
/* One sentence why the component is in its state, with the chain of what it waits for in DIAGS' paths (Explain). */
void container_explain(const Container *container, uint32_t node, DiagList *diags);
char *container_explain_spawn(const Container *container, uint32_t node); /* why its program could not run */

Change *container_find_change(Container *container, uint64_t id);
/* Somebody has read how CHANGE ended: it lives some seconds more, not a minute. Never frees it now. */
void container_change_read(Container *container, Change *change);
const GPtrArray *container_changes(const Container *container); /* of Change, those that live */
