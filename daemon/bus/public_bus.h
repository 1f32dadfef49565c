/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: being on the system or user bus: connecting without waiting, asking for the name as the last step, and coming
 * back when the broker dies (P33). Does not own: what is served there (link). */
#pragma once

#include "conf/settings.h"
#include "link.h"

typedef struct PublicBus PublicBus;

/* The bus that CHOICE means for this process: BUS_SYSTEM, BUS_USER or BUS_NONE. */
BusChoice public_bus_choose(BusChoice choice);

/* Never fails for want of a bus: that is waited for, without waking up for it. ON_TURN as of a link. */
int public_bus_new(sd_event *event, BusChoice choice, const BusContext *context,
                   void (*on_turn)(Link *link, void *userdata), void *userdata, PublicBus **ret) MUST_CHECK;
void public_bus_free(PublicBus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PublicBus, public_bus_free)

/* Borrowed, or NULL: not connected now. */
Link *public_bus_link(const PublicBus *bus);
