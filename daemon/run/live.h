/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what an instance has only while something of it runs or a timer is armed: handles of os. Nothing in here
 * would survive the daemon; everything that matters is in Instance.
 * Does not own: decisions. */
#pragma once

#include "os/notify.h"
#include "os/output.h"
#include "os/probe.h"
#include "os/process.h"
#include "watchdog.h"

#include "conf/definition_word.h"
#include "session.h"

typedef struct Engine Engine;
typedef struct Instance Instance;
struct Live;

/* Bytes of a hook's last line that are told. */
#define SAID_MAX 200

/* How a hook went. */
typedef enum HookOutcome { HOOK_SUCCEEDED, HOOK_ABSENT, HOOK_FAILED, HOOK_ABORTED } HookOutcome;

/* From the loop, or from within hook_begin() when a line cannot be executed. Nothing is left of the hook. */
typedef void (*HookHandler)(struct Live *live, HookOutcome outcome);

/* The one hook that runs: its lines one after the other, or a call over the connection. */
typedef struct HookRun {
        HookHandler handler;
        Hook hook;
        uint32_t line;
        Process *process;
        Output *output;
        char *said;           /* its last line on the console, or the error it answered with; or NULL */
        ExitReport end;
        bool is_call;
        bool is_late;         /* its time was over */
        bool is_aborted;      /* it is no longer wanted: its end is no failure */
} HookRun;

/* Userdata of all its handlers, so it knows its instance: borrowed, it outlives this. */
struct Live {
        Engine *engine;
        Instance *instance;
        Process *process;     /* NULL: none left */
        NotifySocket *notify;
        Output *output;
        Probe *probe;
        Timer *timer;         /* the one deadline of the present state: start, stop, back-off, next probe */
        HookRun *hook;        /* NULL: no hook runs */
        Session *session;     /* the connection of the main process (Type=reeve) */
        Watchdog *watchdog;   /* while it is ready and is to send WATCHDOG=1 */
        char *status;         /* STATUS=, or NULL */
        uint64_t deadline;    /* what `timer` is set to */
        uint64_t stop_at;     /* when everything of it is to have ended; hooks have but a part of that time */
        int stop_signal;      /* in place of KillSignal=, or 0 */
        bool is_exited;       /* the main process is gone, others may not be */
        bool is_asked;        /* it was told to end */
};

/* Instance.live, made when there is none. */
struct Live *live_get(Engine *engine, Instance *instance);
/* Frees it all, timers too. Kills what runs. */
void live_free(struct Live *live);
void hook_run_free(HookRun *run);
/* Of the hook that runs, or NULL. */
Process *live_hook_process(const struct Live *live);
/* Frees it when there is neither a process nor a timer. */
void live_release(Instance *instance);

int live_set_timer(struct Live *live, uint64_t at, TimerHandler handler) MUST_CHECK;
void live_clear_timer(struct Live *live);
