/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_SIZE ((size_t) 64 * 1024)
#define ALIGNMENT sizeof(uint64_t) /* pointers and numbers; nothing here is a long double */

struct ArenaBlock {
        ArenaBlock *older;
        size_t size;
        alignas(max_align_t) char bytes[];
};

void arena_init(Arena *arena)
{
        *arena = (Arena){0};
}

void arena_done(Arena *arena)
{
        while (arena->blocks) {
                ArenaBlock *block = arena->blocks;

                arena->blocks = block->older;
                g_free(block);
        }
        arena->n_free = 0;
}

static char *arena_add_block(Arena *arena, size_t size)
{
        ArenaBlock *block = g_malloc0(sizeof(ArenaBlock) + size);

        block->size = size;
        block->older = arena->blocks;
        arena->blocks = block;
        return block->bytes;
}

void *arena_take(Arena *arena, size_t n_bytes)
{
        size_t size = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        char *bytes;

        if (size > BLOCK_SIZE / 4) {
                /* A block of its own, put behind the newest so that what is free there stays usable. */
                ArenaBlock *newest = arena->blocks;

                bytes = arena_add_block(arena, size);
                if (newest) {
                        ArenaBlock *block = arena->blocks;

                        arena->blocks = newest;
                        block->older = newest->older;
                        newest->older = block;
                } else
                        arena->n_free = 0;
                return bytes;
        }
        if (size > arena->n_free) {
                (void) arena_add_block(arena, BLOCK_SIZE);
                arena->n_free = BLOCK_SIZE;
        }
        bytes = arena->blocks->bytes + arena->blocks->size - arena->n_free;
        arena->n_free -= size;
        return bytes;
}

void *arena_copy(Arena *arena, const void *bytes, size_t n_bytes)
{
        if (n_bytes == 0)
                return NULL;
        return memcpy(arena_take(arena, n_bytes), bytes, n_bytes);
}

char *arena_text(Arena *arena, const char *text)
{
        return text ? arena_text_n(arena, text, strlen(text)) : NULL;
}

char *arena_text_n(Arena *arena, const char *bytes, size_t n_bytes)
{
        char *copy = arena_take(arena, n_bytes + 1);

        memcpy(copy, bytes, n_bytes);
        return copy;
}
