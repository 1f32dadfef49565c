/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: `analyze critical-chain`: the steps back from a component as a tree of one branch.
 * Does not own: which steps those are; the daemon says (GetCriticalPath). */
#pragma once

#include "reply.h"

/* METRICS is StartupMetrics. PATH: steps, what settled last first; not empty. */
void chain_format(JsonObject *metrics, JsonArray *path, bool has_colour, GString *out);

int analyze_chain(Ctl *ctl);
