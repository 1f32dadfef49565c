/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the parts of Process ask of each other: its spawn (process), its end, what is left then, its signals, its
 * main process.
 * Does not own: its struct (process_host). Private to os. */
#pragma once

#include "process_host.h"

/* process_gone.c: closes *FD, of a leader or main process, and sees it no more. */
void process_close_pidfd(Process *process, int *fd);
/* Frees what the kernel has of it, whether or not it has been told gone. */
void process_destroy(Process *process);
/* It has ended or is to: without a cgroup the next sweep looks for what is left of it. */
void process_note_leaving(Process *process);
/* Gone when its cgroup is empty; AND_KILL: who joins that meanwhile is killed too. */
void process_await_empty(Process *process, bool and_kill);
int process_signal_pidfd(int pidfd, int signal);

/* process_end.c */
bool process_has_ended(int pidfd);
