/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the insides of Process and ProcessHost, shared by process, process_host and sweep.
 * Does not own: anything another room may see. Private to os. */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "process.h"
#include "ready.h"
#include "spare_fds.h"
#include "spawner.h"

/* Without control groups: whose a process is, as it was found a moment ago. */
typedef struct Judged {
        GHashTable *owners; /* pid → Process, or NULL */
        uint64_t since;
} Judged;

/* When it is looked for what is left of those that have ended. */
typedef struct Sweeping {
        sd_event_source *source; /* a sweep that has been asked for */
        sd_event_source *search; /* it was not enough */
        Timer *again;            /* one left something, or could not look */
        unsigned n_undecided;    /* looks in a row that found somebody executing: whose, they could not tell */
} Sweeping;

struct ProcessHost {
        Loop *loop;               /* borrowed */
        CgroupTree *cgroups;      /* NULL: sessions */
        SpawnContext context;
        Spawner *spawner;
        ReadySet *ends;           /* of Process: the pidfds of leaders and main processes */
        SpareFds reserve;
        bool is_reaper;           /* orphans become our children: sub-reaper or the first process */
        sd_event_source *child_source;
        int children_fd;          /* of /proc: the children of the loop's thread; -1: the kernel does not tell */
        Timer *go_on;             /* for those that were asked */
        bool is_going_on;         /* it is set */
        Sweeping sweeping;
        uint64_t random[32];      /* for tokens: n_random of it are left */
        unsigned n_random;
        GHashTable *processes;    /* Process itself, owned: from spawn until freed and gone */
        GHashTable *leaving;      /* those of PROCESSES that process_is_leaving() */
        GHashTable *pids;         /* pid of a leader or main process not reaped yet → Process */
        Judged judged;
};

struct Process {
        ProcessHost *host;        /* borrowed */
        const ProcessHandlers *handlers; /* NULL: freed by its owner, on its way out */
        void *userdata;
        Spawn *spawn;             /* lent to the spawner: there is no leader yet */
        int asked_signal;         /* meanwhile; 0: none */
        pid_t leader;             /* the one we spawned; names the session */
        pid_t main;               /* 0: it has ended, and was: */
        pid_t ended;
        int leader_fd, main_fd;   /* pidfds; leader_fd only while the leader is not the main process */
        Cgroup *cgroup;           /* or NULL */
        uint64_t token[2];        /* INVOCATION_ID= in the environment of the incarnation */
        bool is_to_continue;      /* asked a moment ago, and stopped perhaps */
        bool is_asked;            /* everything of it has been told to end */
        bool is_killed;           /* everything of it is to go */
        bool is_exited, is_gone;
};

/* process.c: the program of a process runs, or does not. */
void process_on_spawned(Spawn *spawn);
/* process_end.c: a pidfd of ITEM, a Process, is readable. */
void process_on_end(void *item);
/* PID, the main process or the leader, peeked at by the reaper, has ended. */
void process_on_child(Process *process, pid_t pid);
/* Without the loop: does what is to be done about PROCESS, which is being killed; frees it when it is gone. */
void process_finish(Process *process);

/* process_gone.c: takes the number out of the table once it has been reaped. */
void process_forget_pid(Process *process, pid_t pid);
/* Nothing is left in the session: on_gone. PROCESS may be freed. */
void process_set_gone(Process *process);

/* process_signal.c: SIGCONT, where that is still owed. */
void process_continue(Process *process);

/* process_later.c: as soon as the loop gets to it. */
void process_host_ask_sweep(ProcessHost *host);
/* SIGCONT to those that were asked and have not gone, in a moment. */
void process_host_ask_continue(ProcessHost *host);

/* process_host.c: reaps orphans, the main processes through their own way. */
void process_host_reap(ProcessHost *host);
