/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "names.h"

#include <string.h>

#include <glib.h>

enum { NAME_MAX_COMPARED = 255 };

const char *name_of(const char *const *words, size_t n_words, int value)
{
        if (value < 0 || (size_t) value >= n_words || !words[value])
                return "?";
        return words[value];
}

int name_find(const char *const *words, size_t n_words, const char *word)
{
        if (!word)
                return -1;
        for (size_t i = 0; i < n_words; i++)
                if (words[i] && strcmp(words[i], word) == 0)
                        return (int) i;
        return -1;
}

/* Optimal string alignment: a swap of two neighbours, the commonest slip of all, counts as one edit. */
size_t name_distance(const char *a, const char *b, size_t limit)
{
        size_t rows[3][NAME_MAX_COMPARED + 1];
        size_t *before = rows[0], *previous = rows[1], *current = rows[2];
        size_t n_a = strnlen(a, NAME_MAX_COMPARED + 1), n_b = strnlen(b, NAME_MAX_COMPARED + 1);

        if (n_a > NAME_MAX_COMPARED || n_b > NAME_MAX_COMPARED)
                return strcmp(a, b) == 0 ? 0 : limit + 1;
        if ((n_a > n_b ? n_a - n_b : n_b - n_a) > limit)
                return limit + 1;

        for (size_t j = 0; j <= n_b; j++)
                previous[j] = j;
        for (size_t i = 1; i <= n_a; i++) {
                size_t *oldest = before;
                size_t best = i;

                current[0] = i;
                for (size_t j = 1; j <= n_b; j++) {
                        size_t cost = previous[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);

                        cost = MIN(cost, previous[j] + 1);
                        cost = MIN(cost, current[j - 1] + 1);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                cost = MIN(cost, before[j - 2] + 1);
                        current[j] = cost;
                        best = MIN(best, cost);
                }
                if (best > limit)
                        return limit + 1;
                before = previous;
                previous = current;
                current = oldest;
        }
        return MIN(previous[n_b], limit + 1);
}

const char *name_nearest(const char *const *words, size_t n_words, const char *word)
{
        const char *nearest = NULL;
        size_t length = strnlen(word, NAME_MAX_COMPARED + 1);
        size_t limit = length < 3 ? 1 : MIN((length + 2) / 3, 4);

        if (length == 0 || length > NAME_MAX_COMPARED)
                return NULL;
        for (size_t i = 0; i < n_words; i++) {
                size_t distance, n_candidate;

                if (!words[i])
                        continue;
                if (g_ascii_strcasecmp(words[i], word) == 0)
                        return words[i];
                distance = name_distance(word, words[i], limit);
                n_candidate = strnlen(words[i], NAME_MAX_COMPARED + 1);
                /* Nothing in common is not a slip of the finger, however short the words are. */
                if (distance > limit || distance >= MAX(length, n_candidate))
                        continue;
                nearest = words[i];
                if (distance == 0)
                        break;
                limit = distance - 1;
        }
        return nearest;
}
