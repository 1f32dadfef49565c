/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the answers that hold, by the key that was asked ("key" or "key:route"). Bounded: a full one begins anew.
 * Does not own: when an answer holds no longer; lifecycle.c and invalidated.c hear of that. */
#pragma once

#include "resolution.h"

#define CACHE_BUCKETS 256
#define CACHE_MAX 1024

typedef struct CacheEntry CacheEntry;

typedef struct Cache {
        CacheEntry *buckets[CACHE_BUCKETS];
        size_t n;
} Cache;

/* Borrowed, or NULL. ROUTE may be NULL or "". */
reeve_resolution *cache_find(const Cache *cache, const char *key, const char *route);
/* Takes a reference. Where memory is short it is not kept, which is no error. */
void cache_put(Cache *cache, const char *key, const char *route, reeve_resolution *resolution);
/* What was asked as KEY, and with any route of it. */
void cache_drop(Cache *cache, const char *key);
void cache_clear(Cache *cache);
