/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what one connection has been told of the events so far, and telling it more as fast as it reads: Event first,
 * then one PropertiesChanged for all that it changed (§63). A deaf subscriber is a cursor, a bit a component and the
 * ids of the Changes it was told of, no queue (P32). Does not own: the events (observe/history). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Signals that may lie in sd-bus's queue of a connection. */
#define NEWS_QUEUED_MAX 64
#define NEWS_A_TURN 128

typedef struct Link Link;

typedef struct News {
        uint64_t cursor;  /* sequence number of the next event to tell */
        uint64_t *marks;  /* one bit a node: its properties are to be told */
        uint32_t n_nodes; /* that `marks` has room for */
        uint32_t n_marked;
        uint32_t next_word; /* where to look for the next mark */
        GArray *changes;    /* of uint64_t, rising: the Changes that the client has heard of */
        bool are_changes_due; /* some of them may be gone */
        bool is_subscribed;
        bool is_container_marked;
} News;

void news_done(News *news);

/* From the next event on; of the Changes that are there now it hears when they go. */
void news_subscribe(News *news, Link *link);
/* The properties of NODE have changed, and no event says so. */
void news_mark(News *news, const Link *link, uint32_t node);
bool news_is_due(const News *news, const Link *link);
/* Tells what the connection takes now, at most NEWS_A_TURN signals. True: it would take more. */
bool news_tell(News *news, Link *link);
