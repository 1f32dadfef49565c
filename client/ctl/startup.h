/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the start of the container as the daemon tells it (GetStartup, GetCriticalPath, StartupMetrics), in one place
 * for the verbs that show it.
 * Does not own: how it is shown (analyze.c, chain.c, plot.c). µs; moments are the daemon's CLOCK_MONOTONIC. */
#pragma once

#include "reply.h"

/* Of one component; the strings are borrowed from Startup, text may be NULL. A moment that is 0 has not come. */
typedef struct StartPart {
        const char *name, *module, *state, *text;
        uint64_t requested, deps_ready, slot, again, spawned, constructed, settled;
        uint64_t own; /* from slot to settled */
        bool is_critical;
} StartPart;

typedef struct Startup {
        JsonObject *container;
        JsonArray *components, *path; /* path: of steps, what settled last first */
        GArray *parts;                /* of StartPart, in the order in which they began */
} Startup;

/* Takes over one reference of each. */
void startup_init(Startup *startup, JsonObject *container, JsonArray *components, JsonArray *path);
void startup_done(Startup *startup);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Startup, startup_done)

/* Asks the daemon. 0, or a negative errno after the message. */
int startup_read(Ctl *ctl, Startup *ret) MUST_CHECK;
/* The container's properties, with StartupMetrics for sure. */
int startup_read_container(Ctl *ctl, JsonObject **ret) MUST_CHECK;
/* The steps back from the component NAME; "": from what settled last. */
int startup_read_path(Ctl *ctl, const char *name, JsonArray **ret) MUST_CHECK;

bool start_part_is_ready(const StartPart *part);
/* There was something to construct: a hook ran between the spawn and the startup. */
bool start_part_has_construct(const StartPart *part);
/* What is red: it failed by itself, or is blocked by one that did. */
bool start_part_is_bad(const StartPart *part);
