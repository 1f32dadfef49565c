/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the hand of a test on the twin of daemon/os: a clock that moves only here, processes that do what they are
 * told, a log of what the engine did, in order. Link reeve-os-fake in place of reeve-os; its headers are those of
 * daemon/os.
 * Does not own: any real process, socket or file. Everything is in one place and starts anew with fake_os_reset(). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/process.h"

#define FAKE_NEVER UINT64_MAX

/* A part of a component beside its main process has a name of its own: "NAME:PART", "web:startup". Without a behaviour
 * it ends at once with status 0.
 *
 * What the processes of a component do without being told; the default is NEVER and zero: they run until SIGTERM. */
typedef struct FakeBehaviour {
        uint64_t ready_usec;  /* READY=1 so long after the spawn, or FAKE_NEVER */
        uint64_t exit_usec;   /* exits so long after the spawn with CODE and STATUS, or FAKE_NEVER */
        int code, status;
        uint64_t stop_usec;   /* dies of SIGTERM so long after it */
        bool is_deaf;         /* does not die of SIGTERM at all */
        bool has_survivors;   /* on_gone waits for process_kill() or fake_os_gone() */
} FakeBehaviour;

extern const FakeBehaviour fake_behaviour_default;

/* First thing in a test; the clock stands at an hour. Also forgets behaviours, failures and the log. */
void fake_os_reset(void);
/* Handles all that is due now, as loop_run() does, which also says when it was left by loop_exit(). */
void fake_os_run(void);
/* Moves the clock on from one due thing to the next, handling each, USEC in all. */
void fake_os_advance(uint64_t usec);
/* When the next timer is due, or FAKE_NEVER. */
uint64_t fake_os_next(void);
bool fake_os_has_exited(int *ret_code);

/* NAME NULL: of all that have none of their own. */
void fake_os_set_behaviour(const char *name, const FakeBehaviour *behaviour);
/* Of the next spawn whatever it is, or, with a NAME, of every spawn of that until ERROR is 0. STEP is static. */
void fake_os_fail_next_spawn(int error, const char *step);
void fake_os_fail_spawn(const char *name, int error, const char *step);
/* Of the next N_CALLS-th call of "timer", "notify", "output", "directory", "account", "probe", "announce" or "pair":
 * -ERROR. */
void fake_os_fail_call(const char *call, unsigned int n_calls, int error);

/* The following are queued, and come to pass on the loop. NAME has a living process or the test aborts. */
void fake_os_exit(const char *name, int code, int status);
void fake_os_gone(const char *name);
void fake_os_notify(const char *name, const char *datagram);
void fake_os_notify_from(const char *name, pid_t sender, const char *datagram);
void fake_os_line(const char *name, const char *line);
void fake_os_signal(int signal);
/* What probes of ADDRESS find from now on; without it ECONNREFUSED. */
void fake_os_set_probe(const char *address, int error);
/* Somebody connects to a listening socket, and waits there until he is served. */
void fake_os_connect(int fd);
void fake_os_serve(int fd);
bool fake_os_is_awaiting(int fd);
/* For process_has_member() and process_set_main(). */
void fake_os_add_member(const char *name, pid_t pid);

bool fake_os_is_running(const char *name);
pid_t fake_os_pid(const char *name);
uint32_t fake_os_n_running(void);
uint32_t fake_os_n_spawned(const char *name);
/* As given to the latest spawn of NAME; the strings are copies. NULL: there was none. */
const SpawnSpec *fake_os_spec(const char *name);
/* The value of an environment entry of that spawn, or NULL. */
const char *fake_os_environment(const char *name, const char *variable);
/* What was written with runtime_directory_write(), or NULL. */
const char *fake_os_written(const char *name);

/* "spawn NAME", "fail NAME", "signal NAME TERM", "kill NAME", "exit NAME", "gone NAME", "main NAME PID", "ready",
 * "stopping", … in order, newline after each; borrowed until the next call. PREFIX selects, "spawn "; NULL: all. */
const char *fake_os_log(const char *prefix);
void fake_os_log_clear(void);
