/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a list of what is to be done in the order in which it came; its links are in the things themselves, so that
 * adding cannot fail. Anything can leave it at any time.
 * Does not own: the things. */
#pragma once

#include <stddef.h>

typedef struct QueueNode QueueNode;
typedef struct Queue Queue;
struct reeve_component;

struct QueueNode {
        Queue *queue; /* NULL: in none */
        QueueNode *previous, *next;
        /* Does it; the node has left the queue, and is the function's to free. */
        void (*dispatch)(struct reeve_component *component, QueueNode *node);
        /* Frees it undone. */
        void (*drop)(QueueNode *node);
};

struct Queue {
        QueueNode *first, *last;
        size_t n;
};

static inline void queue_append(Queue *queue, QueueNode *node)
{
        node->queue = queue;
        node->previous = queue->last;
        node->next = NULL;
        if (queue->last)
                queue->last->next = node;
        else
                queue->first = node;
        queue->last = node;
        queue->n++;
}

static inline void queue_remove(QueueNode *node)
{
        Queue *queue = node->queue;

        if (!queue)
                return;
        if (node->previous)
                node->previous->next = node->next;
        else
                queue->first = node->next;
        if (node->next)
                node->next->previous = node->previous;
        else
                queue->last = node->previous;
        queue->n--;
        node->queue = NULL;
}

static inline QueueNode *queue_take(Queue *queue)
{
        QueueNode *node = queue->first;

        if (node)
                queue_remove(node);
        return node;
}
