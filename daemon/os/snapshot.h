/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one look at /proc: which processes there are, who of them descends from us, and to which incarnation each of
 * those belongs.
 * Does not own: what is done about them (sweep). Private to os. */
#pragma once

#include <stdbool.h>

#include "process_host.h"

typedef struct Entry {
        pid_t pid, parent, group, session;
        Process *owner; /* borrowed; NULL: of no incarnation we know */
        bool is_ours;   /* descends from us */
        bool is_ended;  /* a zombie */
        bool is_between; /* executing: whose it is cannot be told at this moment */
        bool is_judged;
} Entry;

typedef struct Snapshot {
        GArray *entries;   /* Entry */
        GHashTable *index; /* pid → position + 1 */
        pid_t self;
} Snapshot;

/* All processes, each judged. A negative errno where /proc cannot be read. */
int snapshot_take(ProcessHost *host, Snapshot *ret) MUST_CHECK;
void snapshot_done(Snapshot *snapshot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Snapshot, snapshot_done)

/* Whose is PID? NULL: nobody's we know. */
Process *snapshot_find_owner(ProcessHost *host, pid_t pid);
/* Sends SIGNAL to just the process that was seen; false when it is another one by now, or gone. */
bool entry_signal(ProcessHost *host, const Entry *entry, int signal);
/* Are there no orphans but main processes that are to live? Cheap; false when that cannot be told. */
bool snapshot_is_idle(ProcessHost *host);
/* Has PROCESS ended, or is to, with something of its session possibly left? */
bool process_is_leaving(const Process *process);
