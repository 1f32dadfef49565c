/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cache.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct CacheEntry {
        CacheEntry *next;
        reeve_resolution *resolution;
        size_t size; /* of ID, without its NUL */
        char id[];
};

/* FNV-1a. Whoever chooses the keys is the program itself. */
static uint32_t hash_more(uint32_t hash, const char *text, size_t size)
{
        for (size_t i = 0; i < size; i++)
                hash = (hash ^ (uint8_t) text[i]) * UINT32_C(16777619);
        return hash;
}

typedef struct Id {
        const char *key, *route;
        size_t n_key, n_route;
        uint32_t hash;
} Id;

static Id id_of(const char *key, const char *route)
{
        Id id = {.key = key, .route = route ? route : "", .n_key = strlen(key), .n_route = route ? strlen(route) : 0};

        id.hash = hash_more(UINT32_C(2166136261), key, id.n_key);
        if (id.n_route > 0)
                id.hash = hash_more(hash_more(id.hash, ":", 1), id.route, id.n_route);
        return id;
}

static bool is_entry(const CacheEntry *entry, const Id *id)
{
        if (id->n_route == 0)
                return entry->size == id->n_key && memcmp(entry->id, id->key, id->n_key) == 0;
        return entry->size == id->n_key + 1 + id->n_route && memcmp(entry->id, id->key, id->n_key) == 0 &&
               entry->id[id->n_key] == ':' && memcmp(entry->id + id->n_key + 1, id->route, id->n_route) == 0;
}

static CacheEntry *const *find(CacheEntry *const *place, const Id *id)
{
        while (*place && !is_entry(*place, id))
                place = &(*place)->next;
        return place;
}

reeve_resolution *cache_find(const Cache *cache, const char *key, const char *route)
{
        Id id = id_of(key, route);
        const CacheEntry *entry = *find(&cache->buckets[id.hash % CACHE_BUCKETS], &id);

        return entry ? entry->resolution : NULL;
}

static void unlink_entry(Cache *cache, CacheEntry **place)
{
        CacheEntry *entry = *place;

        *place = entry->next;
        cache->n--;
        reeve_resolution_unref(entry->resolution);
        free(entry);
}

void cache_put(Cache *cache, const char *key, const char *route, reeve_resolution *resolution)
{
        Id id = id_of(key, route);
        CacheEntry **bucket = &cache->buckets[id.hash % CACHE_BUCKETS], *entry = *find(bucket, &id);
        size_t size = id.n_key + (id.n_route > 0 ? 1 + id.n_route : 0);

        if (entry) {
                reeve_resolution_unref(entry->resolution);
                entry->resolution = reeve_resolution_ref(resolution);
                return;
        }
        entry = malloc(sizeof(CacheEntry) + size + 1);
        if (!entry)
                return;
        if (cache->n >= CACHE_MAX)
                cache_clear(cache);
        memcpy(entry->id, key, id.n_key);
        if (id.n_route > 0) {
                entry->id[id.n_key] = ':';
                memcpy(entry->id + id.n_key + 1, id.route, id.n_route);
        }
        entry->id[size] = '\0';
        entry->size = size;
        entry->resolution = reeve_resolution_ref(resolution);
        entry->next = *bucket;
        *bucket = entry;
        cache->n++;
}

void cache_drop(Cache *cache, const char *key)
{
        size_t n_key = strlen(key);

        for (size_t i = 0; i < CACHE_BUCKETS && cache->n > 0; i++)
                for (CacheEntry **place = &cache->buckets[i]; *place;)
                        if ((*place)->size >= n_key && memcmp((*place)->id, key, n_key) == 0 &&
                            ((*place)->id[n_key] == '\0' || (*place)->id[n_key] == ':'))
                                unlink_entry(cache, place);
                        else
                                place = &(*place)->next;
}

void cache_clear(Cache *cache)
{
        for (size_t i = 0; i < CACHE_BUCKETS && cache->n > 0; i++)
                while (cache->buckets[i])
                        unlink_entry(cache, &cache->buckets[i]);
}
