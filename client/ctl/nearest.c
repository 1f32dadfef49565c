/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 128

/* Optimal string alignment: an exchange of two neighbours is one edit, as fingers make it. */
static size_t distance(const char *a, const char *b)
{
        size_t n_a = strlen(a), n_b = strlen(b), rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1],
               *now = rows[2];

        if (n_a > WORD_MAX || n_b > WORD_MAX)
                return SIZE_MAX;
        for (size_t j = 0; j <= n_b; j++)
                last[j] = j;
        for (size_t i = 1; i <= n_a; i++) {
                size_t *free_row = before;

                now[0] = i;
                for (size_t j = 1; j <= n_b; j++) {
                        now[j] = MIN(last[j - 1] + (a[i - 1] != b[j - 1]), MIN(last[j], now[j - 1]) + 1);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                now[j] = MIN(now[j], before[j - 2] + 1);
                }
                before = last;
                last = now;
                now = free_row;
        }
        return last[n_b];
}

size_t nearest_find(const char *word, const char *const *words, const char *ret[NEAREST_MAX])
{
        size_t distances[NEAREST_MAX] = {0}, n = 0, length = strlen(word), limit = MAX(length / 3, 1);

        for (; *words; words++) {
                size_t d, i;

                /* a prefix is what somebody types who does not know the whole name: as near as one edit */
                d = length > 1 && g_str_has_prefix(*words, word) ? 1 : distance(word, *words);
                if (d > limit)
                        continue;
                for (i = n; i > 0 && distances[i - 1] > d; i--)
                        if (i < NEAREST_MAX) {
                                distances[i] = distances[i - 1];
                                ret[i] = ret[i - 1];
                        }
                if (i == NEAREST_MAX)
                        continue;
                distances[i] = d;
                ret[i] = *words;
                n = MIN(n + 1, NEAREST_MAX);
        }
        return n;
}

char *nearest_hint(const char *word, const char *const *words)
{
        const char *found[NEAREST_MAX];
        size_t n = nearest_find(word, words, found);
        GString *out = g_string_new(NULL);

        for (size_t i = 0; i < n; i++)
                g_string_append_printf(out, "%s“%s”",
                                       i == 0       ? "; did you mean "
                                       : i + 1 == n ? " or "
                                                    : ", ",
                                       found[i]);
        if (n > 0)
                g_string_append_c(out, '?');
        return g_string_free(out, FALSE);
}
