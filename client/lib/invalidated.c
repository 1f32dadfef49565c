/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "invalidated.h"

#include <stdlib.h>

/* Each key looks through the cache; beyond this many it is cheaper, and as right, to forget everything. */
#define KEYS_MAX 64
/* A program that does not look is told of everything at once in the end; nothing piles up. */
#define QUEUED_MAX (CORE_QUEUE_MAX / 2)

typedef struct Invalidated {
        QueueNode node;
        char **keys; /* NULL-terminated, each to be freed */
} Invalidated;

static void free_keys(char **keys)
{
        for (char **key = keys; key && *key; key++)
                free(*key);
        free(keys);
}

static void drop(QueueNode *node)
{
        free_keys(((Invalidated *) node)->keys);
        free(node);
}

static void tell(reeve_component *component, const char *const *keys)
{
        if (component->ops.on_invalidated)
                component->ops.on_invalidated(component, keys, component->userdata);
}

static void dispatch(reeve_component *component, QueueNode *node)
{
        tell(component, (const char *const *) ((Invalidated *) node)->keys);
        drop(node);
}

static void dispatch_all(reeve_component *component, QueueNode *node)
{
        static const char *const everything[] = {NULL};

        tell(component, everything);
}

static void drop_all(QueueNode *node)
{
}

void invalidated_init(reeve_component *component)
{
        component->all_invalid = (QueueNode){.dispatch = dispatch_all, .drop = drop_all};
}

/* One node of its own tells it, which needs no memory; that stands in the queue once, at its last place. */
static void invalidate_all(reeve_component *component)
{
        cache_clear(&component->cache);
        queue_remove(&component->all_invalid);
        queue_append(&component->queue, &component->all_invalid);
}

void invalidated_hear(reeve_component *component, sd_bus_message *message)
{
        Invalidated *invalidated;
        char **keys = NULL;
        size_t n = 0;

        if (sd_bus_message_read_strv(message, &keys) < 0 || !keys || !keys[0]) {
                free_keys(keys);
                invalidate_all(component);
                return;
        }
        while (keys[n] && n <= KEYS_MAX)
                cache_drop(&component->cache, keys[n++]);
        if (n > KEYS_MAX)
                cache_clear(&component->cache);
        if (!component->ops.on_invalidated) {
                free_keys(keys);
                return;
        }
        invalidated = component->queue.n < QUEUED_MAX ? malloc(sizeof(Invalidated)) : NULL;
        if (!invalidated) {
                free_keys(keys);
                invalidate_all(component);
                return;
        }
        *invalidated = (Invalidated){.node = {.dispatch = dispatch, .drop = drop}, .keys = keys};
        queue_append(&component->queue, &invalidated->node);
}
