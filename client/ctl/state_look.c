/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state_look.h"

#include <inttypes.h>

const StateLook state_looks[] = {
        {"ready", COLOUR_GOOD},      {"starting", COLOUR_BUSY}, {"waiting", COLOUR_BUSY},
        {"stopping", COLOUR_BUSY},   {"backoff", COLOUR_BUSY},  {"failed", COLOUR_BAD},
        {"blocked", COLOUR_BAD},     {"inactive", COLOUR_DIM},  {"skipped", COLOUR_DIM},

        {"created", COLOUR_BUSY},    {"loading", COLOUR_BUSY},  {"validating", COLOUR_BUSY},
        {"gating", COLOUR_BUSY},     {"running", COLOUR_GOOD},  {"reloading", COLOUR_BUSY},
        {"draining", COLOUR_BUSY},   {"stopped", COLOUR_DIM},

        {"doing", COLOUR_BUSY},      {"done", COLOUR_GOOD},
};
const size_t n_state_looks = G_N_ELEMENTS(state_looks);

/* n_state_looks: not in the table. */
static size_t rank_of(const char *state)
{
        size_t i = 0;

        while (i < n_state_looks && !g_str_equal(state_looks[i].state, state))
                i++;
        return i;
}

Colour colour_of_state(const char *state)
{
        size_t rank = rank_of(state);

        return rank < n_state_looks ? state_looks[rank].colour : COLOUR_NONE;
}

const char *state_symbol(const char *state)
{
        switch (colour_of_state(state)) {
        case COLOUR_GOOD:
                return "●";
        case COLOUR_BUSY:
                return "↻";
        case COLOUR_BAD:
                return "×";
        default:
                return "○";
        }
}

void state_counts_add(GArray *counts, const char *state, uint64_t n)
{
        StateCount count = {state, n};

        for (guint i = 0; i < counts->len; i++)
                if (g_str_equal(g_array_index(counts, StateCount, i).state, state)) {
                        g_array_index(counts, StateCount, i).n += n;
                        return;
                }
        g_array_append_val(counts, count);
}

static int compare(const void *a, const void *b)
{
        const StateCount *one = a, *other = b;
        size_t rank = rank_of(one->state), other_rank = rank_of(other->state);

        return rank != other_rank ? (rank < other_rank ? -1 : 1) : g_strcmp0(one->state, other->state);
}

void state_counts_append(GString *out, GArray *counts)
{
        const char *separator = ": ";

        g_array_sort(counts, compare);
        for (guint i = 0; i < counts->len; i++) {
                const StateCount *count = &g_array_index(counts, StateCount, i);

                if (count->n == 0)
                        continue;
                g_string_append_printf(out, "%s%" PRIu64 " ", separator, count->n);
                text_append(out, count->state);
                separator = ", ";
        }
}
