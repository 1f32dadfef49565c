/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: reading the daemon's ring of events, page by page.
 * Does not own: following it (events.c) nor showing it (event.h). */
#pragma once

#include "reply.h"

/* Appends the events with a sequence number of SINCE or more to EVENTS. RET_NEXT is what to ask for the next time,
 * RET_DROPPED how many of those asked for are held no more; both may be NULL. */
int history_read(Ctl *ctl, uint64_t since, JsonArray *events, uint64_t *ret_next, uint64_t *ret_dropped) MUST_CHECK;
