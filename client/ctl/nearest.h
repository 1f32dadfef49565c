/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: "did you mean": the words of a list that are near to one that was typed.
 * Does not own: the lists. The daemon has its own; client and daemon share no code (architecture). */
#pragma once

#include <glib.h>

#define NEAREST_MAX 3

/* Fills RET with up to NEAREST_MAX words of NULL-terminated WORDS, nearest first, borrowed, and returns their number. A
 * word is near when it begins with WORD, or is a third of its length in edits away, at least one. */
size_t nearest_find(const char *word, const char *const *words, const char *ret[NEAREST_MAX]);

/* "; did you mean “a” or “b”?", or "" when nothing is near. Newly allocated. */
char *nearest_hint(const char *word, const char *const *words);
