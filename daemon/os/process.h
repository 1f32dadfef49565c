/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one incarnation's processes: the spawn in a clean state, the pidfd of the main process, the exit report, and
 * that nothing of it is left. The only place of the daemon that starts or signals a process.
 * Does not own: why it is started or stopped, and time-outs (run). */
#pragma once

#include "base/cleanup.h"
#include "loop.h"
#include "spawn_spec.h"

typedef struct ProcessHost ProcessHost;
/* USE_CGROUPS false: sessions all the same. LOCK_FD, borrowed, or -1: a child holds it until it has executed its
 * program, so that who takes the lock after us finds no child that is still to come (P10). Raises RLIMIT_NOFILE;
 * processes get the one from before. */
int process_host_new(Loop *loop, bool use_cgroups, int lock_fd, ProcessHost **ret) MUST_CHECK;
/* Kills and reaps what is left, also of processes that were freed before; waits for that a second at most. */
void process_host_free(ProcessHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProcessHost, process_host_free)

/* "cgroup" or "session" (weaker, see reliability): for status. */
const char *process_host_containment(const ProcessHost *host);

/* The first act of main: blocks every signal the daemon handles, and SIGPIPE, which it does not care for. */
void process_block_signals(void);

typedef struct ExitReport {
        int code;      /* CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0: unknown */
        int status;    /* exit status or signal */
        uint64_t usec; /* monotonic: when it was seen */
} ExitReport;

typedef struct ProcessHandlers {
        /* ERROR NULL: the program has been executed, from here on there is a pid. Otherwise nothing runs nor ran, the
         * process may be freed, and none of the others is called: what failed, or ECANCELED where it was asked to end
         * or killed before. First, once. Or NULL: a failure is then told by the others, as an exit with status 127. */
        void (*on_spawned)(Process *process, const SpawnError *error, void *userdata);
        /* The main process has ended: the moment to notify_drain(). Where that leads to process_set_main() nothing
         * else happens. Or NULL. */
        void (*on_last_words)(Process *process, void *userdata);
        /* The main process ended. Once. What is left has been sent SIGKILL, or was asked to end (process_ask()). */
        void (*on_exit)(Process *process, const ExitReport *report, void *userdata);
        /* Nothing is left. Once, after on_exit; the process may be freed from here on, also inside. */
        void (*on_gone)(Process *process, void *userdata);
} ProcessHandlers;

/* 0, and what becomes of it is told by HANDLERS, never from inside the call; or a negative errno with *RET_ERROR
 * filled. HANDLERS is borrowed and must be static. Does not wait for the execution: spawns are carried out in their
 * order. Adds INVOCATION_ID= and fills in entries that read SPAWN_LISTEN_PID or SPAWN_WATCHDOG_PID. */
int process_spawn(ProcessHost *host, const SpawnSpec *spec, const ProcessHandlers *handlers, void *userdata,
                  Process **ret, SpawnError *ret_error) MUST_CHECK;

/* Of an incarnation with processes left: kills them all without a word and forgets them. */
void process_free(Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Process, process_free)

pid_t process_pid(const Process *process); /* 0 before on_spawned and after on_exit */

/* SIGNAL (0: none yet), and SIGCONT a moment later, once to each process of the incarnation: without a cgroup to its
 * process group only. From now on the others do not end with the main process, but at process_kill() at the latest.
 * What has not begun yet does not begin at all. -ESRCH: it is gone. */
int process_ask(Process *process, int signal);
/* SIGKILL to everything of the incarnation. on_exit and on_gone follow. */
void process_kill(Process *process);

/* Is PID, as told by SCM_CREDENTIALS, part of this incarnation (§65)? Of the main process also after its end. */
bool process_has_member(const Process *process, pid_t pid);
/* MAINPID=: PID is the main process from now on, whatever becomes of the one before. -EPERM: not a member. */
int process_set_main(Process *process, pid_t pid) MUST_CHECK;
