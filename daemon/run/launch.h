/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the way from a definition to a process of it: the main one, or a line of a hook, which is given the same
 * account, limits, folder, cgroup and output. Does not own: when, nor what follows from its end. */
#pragma once

#include "inject.h"
#include "live.h"

/* 0 or a negative errno with *RET_ERROR filled. LIVE's handles of what could not be used are freed. */
int launch_main(struct Live *live, const ProcessHandlers *handlers, SpawnError *ret_error) MUST_CHECK;
/* The line of LIVE's hook run that is due. */
int launch_hook(struct Live *live, const ProcessHandlers *handlers, SpawnError *ret_error) MUST_CHECK;
