/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one way in which a component is started by somebody's wish: with all that it cannot do without (§56).
 * Does not own: who wishes it (verbs, resolve), nor when each of them may start (settle). Neither turns the wheel. */
#pragma once

#include "container.h"

/* The explicit start: what was stopped by hand is started again, back-off is cut short (§71, §72). */
void pull_explicitly(Container *container, Instance *instance, const char *reason);
/* Because somebody needs it: what somebody stopped stays stopped, what gave up stays so until its limit is over, and
 * nobody is hurried. -EHOSTDOWN: so one of them is in the way; nothing is started. */
int pull_for(Container *container, Instance *instance, const char *reason, DiagList *diags) MUST_CHECK;
/* One of those that would be started for INSTANCE which is still to stop, and only after NODE has; NULL: there is
 * none. */
const Instance *pull_find_held_up(Container *container, const Instance *instance, uint32_t node);
