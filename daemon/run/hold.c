/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hold.h"

/* Undeclared keys that are told one by one; beyond that they are counted. */
#define TOLD_MAX 4096

typedef struct Hold {
        uint32_t requester, provider;
        char *key; /* owned; in the table of its holder, too */
} Hold;

typedef struct Holder {
        GHashTable *keys;    /* key → Hold, which it owns */
        bool is_overflowing; /* it was given more than is remembered */
} Holder;

static gpointer key_of(uint32_t node)
{
        return GUINT_TO_POINTER(node + 1);
}

static void hold_free(void *userdata)
{
        Hold *hold = userdata;

        g_free(hold->key);
        g_free(hold);
}

static void holder_free(void *userdata)
{
        Holder *holder = userdata;

        g_hash_table_unref(holder->keys);
        g_free(holder);
}

void hold_table_init(HoldTable *table)
{
        *table = (HoldTable){
                .by_provider = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_hash_table_unref),
                .by_requester = g_hash_table_new_full(NULL, NULL, NULL, holder_free),
                .undeclared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        };
}

void hold_table_done(HoldTable *table)
{
        g_clear_pointer(&table->by_provider, g_hash_table_unref);
        g_clear_pointer(&table->by_requester, g_hash_table_unref);
        g_clear_pointer(&table->undeclared, g_hash_table_unref);
}

static void unlink_hold(HoldTable *table, Hold *hold)
{
        GHashTable *holds = g_hash_table_lookup(table->by_provider, key_of(hold->provider));

        g_hash_table_remove(holds, hold);
        if (g_hash_table_size(holds) == 0)
                g_hash_table_remove(table->by_provider, key_of(hold->provider));
}

static void remove_key(HoldTable *table, uint32_t requester, Holder *holder, const char *key)
{
        Hold *hold = g_hash_table_lookup(holder->keys, key);

        if (!hold)
                return;
        unlink_hold(table, hold);
        g_hash_table_remove(holder->keys, key);
        if (g_hash_table_size(holder->keys) == 0 && !holder->is_overflowing)
                g_hash_table_remove(table->by_requester, key_of(requester));
}

static Holder *get_holder(HoldTable *table, uint32_t requester)
{
        Holder *holder = g_hash_table_lookup(table->by_requester, key_of(requester));

        if (!holder) {
                holder = g_new0(Holder, 1);
                holder->keys = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, hold_free);
                g_hash_table_insert(table->by_requester, key_of(requester), holder);
        }
        return holder;
}

static GHashTable *get_holds(HoldTable *table, uint32_t provider)
{
        GHashTable *holds = g_hash_table_lookup(table->by_provider, key_of(provider));

        if (!holds) {
                holds = g_hash_table_new(NULL, NULL);
                g_hash_table_insert(table->by_provider, key_of(provider), holds);
        }
        return holds;
}

void hold_add(HoldTable *table, uint32_t requester, uint32_t provider, const char *key)
{
        Holder *holder = get_holder(table, requester);
        Hold *hold;

        if (g_hash_table_contains(holder->keys, key))
                return; /* a key is one component for as long as the plan holds */
        if (g_hash_table_size(holder->keys) >= HOLDS_MAX) {
                table->n_overflowing += !holder->is_overflowing;
                holder->is_overflowing = true;
                return;
        }
        hold = g_new(Hold, 1);
        *hold = (Hold){.requester = requester, .provider = provider, .key = g_strdup(key)};
        g_hash_table_insert(holder->keys, hold->key, hold);
        g_hash_table_add(get_holds(table, provider), hold);
}

void hold_remove(HoldTable *table, uint32_t requester, const char *key)
{
        Holder *holder = g_hash_table_lookup(table->by_requester, key_of(requester));

        if (holder)
                remove_key(table, requester, holder, key);
}

void hold_forget(HoldTable *table, uint32_t requester)
{
        Holder *holder = g_hash_table_lookup(table->by_requester, key_of(requester));
        GHashTableIter iter;
        gpointer hold;

        if (!holder)
                return;
        g_hash_table_iter_init(&iter, holder->keys);
        while (g_hash_table_iter_next(&iter, NULL, &hold))
                unlink_hold(table, hold);
        table->n_overflowing -= holder->is_overflowing;
        g_hash_table_remove(table->by_requester, key_of(requester));
}

/* Node + 1 of who holds PROVIDER → its keys, of char *, owned. NULL in place of them: everything. */
static GHashTable *find_holders(HoldTable *table, uint32_t provider)
{
        GHashTable *holders = g_hash_table_new(NULL, NULL),
                   *holds = g_hash_table_lookup(table->by_provider, key_of(provider));
        GHashTableIter iter;
        gpointer key, value;

        if (holds) {
                g_hash_table_iter_init(&iter, holds);
                while (g_hash_table_iter_next(&iter, &key, NULL)) {
                        const Hold *hold = key;
                        GPtrArray *keys = g_hash_table_lookup(holders, key_of(hold->requester));

                        if (!keys) {
                                keys = g_ptr_array_new_with_free_func(g_free);
                                g_hash_table_insert(holders, key_of(hold->requester), keys);
                        }
                        g_ptr_array_add(keys, g_strdup(hold->key));
                }
        }
        g_hash_table_iter_init(&iter, table->by_requester);
        while (table->n_overflowing > 0 && g_hash_table_iter_next(&iter, &key, &value))
                if (((const Holder *) value)->is_overflowing) {
                        GPtrArray *keys = g_hash_table_lookup(holders, key);

                        if (keys)
                                g_ptr_array_unref(keys);
                        g_hash_table_insert(holders, key, NULL);
                }
        return holders;
}

static void tell(HoldTable *table, uint32_t requester, GPtrArray *keys)
{
        Holder *holder = g_hash_table_lookup(table->by_requester, key_of(requester));

        for (guint i = 0; holder && keys && i < keys->len; i++)
                remove_key(table, requester, holder, keys->pdata[i]);
        if (!keys)
                hold_forget(table, requester);
        else
                g_ptr_array_add(keys, NULL);
        if (table->handler)
                table->handler(requester, keys ? (const char *const *) keys->pdata : NULL, table->userdata);
        if (keys)
                g_ptr_array_unref(keys);
}

void hold_invalidate(HoldTable *table, uint32_t provider)
{
        g_autoptr(GHashTable) holders = NULL;
        GHashTableIter iter;
        gpointer key, keys;

        if (table->n_overflowing == 0 && !g_hash_table_contains(table->by_provider, key_of(provider)))
                return;
        holders = find_holders(table, provider);
        g_hash_table_iter_init(&iter, holders);
        while (g_hash_table_iter_next(&iter, &key, &keys))
                tell(table, GPOINTER_TO_UINT(key) - 1, keys);
}

bool hold_is_declared(const Plan *plan, uint32_t requester, const char *key, uint32_t node)
{
        const Wiring *wiring = plan_definition(plan, requester)->wiring;
        uint32_t n;
        const uint32_t *edges = graph_edges(&plan->graph, requester, DOWN, &n);

        for (uint32_t i = 0; i < wiring->n_refs; i++)
                if (wiring->refs[i].kind != REF_AFTER && g_str_equal(wiring->refs[i].key, key))
                        return true;
        for (uint32_t i = 0; i < n && node != NODE_NONE; i++) {
                const Edge *edge = &plan->graph.edges[edges[i]];

                if (edge->to == node && edge->kind != EDGE_AFTER && edge->kind != EDGE_MODULE)
                        return true;
        }
        return false;
}

bool hold_is_undeclared(HoldTable *table, const Plan *plan, uint32_t requester, const char *key, uint32_t node,
                        bool *ret_is_news)
{
        if (hold_is_declared(plan, requester, key, node))
                return false;
        *ret_is_news = g_hash_table_size(table->undeclared) < TOLD_MAX &&
                       g_hash_table_add(table->undeclared, g_strdup_printf("%u:%s", requester, key));
        return true;
}
