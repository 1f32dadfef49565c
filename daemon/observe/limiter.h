/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the memory of what was said in the last second, so that one class of event says one thing a second (P18).
 * Does not own: what is said. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#define LIMITER_INTERVAL_USEC G_USEC_PER_SEC
/* Classes that are remembered at a time; above that the oldest is forgotten. */
#define LIMITER_CLASSES_MAX 256

typedef struct Limiter Limiter;

Limiter *limiter_new(void);
void limiter_free(Limiter *limiter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limiter, limiter_free)

/* True: say it, and *RET_HELD says how many of this class were held back since the last one. BURST are let through an
 * interval. NOW is monotonic µs. */
bool limiter_pass(Limiter *limiter, const char *class_name, uint32_t burst, uint64_t now, uint32_t *ret_held);

/* A class whose interval is over at NOW and of which something was held back: its name, borrowed until the next call,
 * and how many; it is forgotten. NULL: none (any more). */
const char *limiter_sweep(Limiter *limiter, uint64_t now, uint32_t *ret_held);
