/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: containment without cgroups, the weaker one: who of our descendants belongs to an incarnation, by session,
 * process group, descent, or INVOCATION_ID= in its environment; stopping and killing them until none is left (P6).
 * Does not own: reaping. One that leaves its session, its parent and its environment behind is found only when the
 * host is freed. Private to os. */
#pragma once

#include "process_host.h"

/* Kills the members of all incarnations that have ended or are to be killed, tells those gone that have none left. */
void sweep_run(ProcessHost *host);
/* Is PID of PROCESS? */
bool sweep_is_member(const Process *process, pid_t pid);
/* SIGKILL to all our descendants, whoever they belong to; how many there are. */
size_t sweep_kill_all(ProcessHost *host);
