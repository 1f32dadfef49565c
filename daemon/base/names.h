/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one way from an enum value to its word and back, and "did you mean".
 * Does not own: the tables, which stand beside their enum. */
#pragma once

#include <stddef.h>

/* The word of VALUE in WORDS[0..N_WORDS), "?" when VALUE lies outside it. Borrowed, never NULL. */
const char *name_of(const char *const *words, size_t n_words, int value);

/* The index of WORD, or -1. Case counts. */
int name_find(const char *const *words, size_t n_words, const char *word);

/* The word nearest to WORD by edit distance, or NULL when none is near enough to be meant. Borrowed. */
const char *name_nearest(const char *const *words, size_t n_words, const char *word);

/* Edit distance (insert, delete, replace, swap of two neighbours) in bytes, with early exit: LIMIT + 1 when it would be
 * larger than LIMIT. Texts over 255 bytes are equal or not near. */
size_t name_distance(const char *a, const char *b, size_t limit);
