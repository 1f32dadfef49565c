/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which component was given what by Resolve, so that it can be told when that no longer holds (§73); what of it a
 * component had not declared (§148).
 * Does not own: how it is told (bus). Nobody outside the room includes this. */
#pragma once

#include "resolve.h"

/* Keys that are remembered for one component; who asks for more is told of everything. */
#define HOLDS_MAX 256

typedef struct HoldTable {
        GHashTable *by_provider;  /* node + 1 → GHashTable of Hold, as a set */
        GHashTable *by_requester; /* node + 1 → Holder */
        uint32_t n_overflowing;   /* of these */
        GHashTable *undeclared;   /* "node:key" of those that were told */
        InvalidationHandler handler;
        void *userdata;
} HoldTable;

void hold_table_init(HoldTable *table);
void hold_table_done(HoldTable *table);

/* REQUESTER was given PROVIDER for KEY. */
void hold_add(HoldTable *table, uint32_t requester, uint32_t provider, const char *key);
void hold_remove(HoldTable *table, uint32_t requester, const char *key);
void hold_forget(HoldTable *table, uint32_t requester);
/* Tells all to whom PROVIDER was given, and forgets that. */
void hold_invalidate(HoldTable *table, uint32_t provider);

/* REQUESTER says in its module file that it refers to KEY, without a route, or to NODE, which may be NODE_NONE. */
bool hold_is_declared(const Plan *plan, uint32_t requester, const char *key, uint32_t node);
/* It does not. *RET_IS_NEWS: that was not known yet. */
bool hold_is_undeclared(HoldTable *table, const Plan *plan, uint32_t requester, const char *key, uint32_t node,
                        bool *ret_is_news);
