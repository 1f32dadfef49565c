/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: containment without cgroups, the weaker one: stopping and killing those of our descendants that belong to an
 * incarnation until none is left (P6).
 * Does not own: who belongs to it (snapshot), reaping. One that leaves its session, its parent and its environment
 * behind is found only when the host is freed. Private to os. */
#pragma once

#include "process_host.h"

/* Nobody is left of any: tells those gone. */
void sweep_pass(ProcessHost *host);
/* Kills the members of all incarnations that have ended or are to be killed, tells those gone that have none left. */
void sweep_run(ProcessHost *host);
/* SIGKILL to all our descendants, whoever they belong to; how many there are. */
size_t sweep_kill_all(ProcessHost *host);
