/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: memory that is taken piece by piece and given back all at once.
 * Does not own: what lies in it; nothing in an arena has a destructor. */
#pragma once

#include <stddef.h>

#include <glib.h>

typedef struct ArenaBlock ArenaBlock;

typedef struct Arena {
        ArenaBlock *blocks; /* the newest first */
        size_t n_free;      /* at the end of the newest */
} Arena;

void arena_init(Arena *arena);
void arena_done(Arena *arena);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arena, arena_done)

/* N_BYTES of zeroes, aligned for any type. Never NULL. */
void *arena_take(Arena *arena, size_t n_bytes);
#define arena_new(arena, Type, n) ((Type *) arena_take((arena), sizeof(Type) * (size_t) (n)))

/* A copy of N_BYTES; NULL for none. */
void *arena_copy(Arena *arena, const void *bytes, size_t n_bytes);
/* Copies of a text, terminated; arena_text(NULL) is NULL. */
char *arena_text(Arena *arena, const char *text);
char *arena_text_n(Arena *arena, const char *bytes, size_t n_bytes);
