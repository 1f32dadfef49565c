/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how the two ends of a component's private connection are made.
 * Does not own: either of them, nor what is said over it. */
#pragma once

#include "base/cleanup.h"

/* Two connected streams, closed by exec: the daemon's own, which does not block, and the one to be inherited. Both are
 * the caller's. */
int pair_open(int *ret_own, int *ret_other) MUST_CHECK;
