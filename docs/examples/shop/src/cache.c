/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Remembers the answers given last: "get KEY" and "set KEY VALUE". When it is full the oldest goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

#define N_SLOTS 64

typedef struct Slot {
        char key[64];
        char value[512];
} Slot;

typedef struct Cache {
        Slot slots[N_SLOTS];
        unsigned next;
} Cache;

static Slot *cache_find(Cache *cache, const char *key)
{
        for (size_t i = 0; i < N_SLOTS; i++)
                if (strcmp(cache->slots[i].key, key) == 0)
                        return &cache->slots[i];
        return NULL;
}

static void cache_set(Cache *cache, const char *key, const char *value)
{
        Slot *slot = cache_find(cache, key);

        if (strlen(key) >= sizeof(slot->key) || strlen(value) >= sizeof(slot->value))
                return; /* not remembering is always right for a cache */
        if (!slot)
                slot = &cache->slots[cache->next++ % N_SLOTS];
        strcpy(slot->key, key);
        strcpy(slot->value, value);
}

static void on_request(char *request, char *answer, size_t size, void *userdata)
{
        Cache *cache = userdata;
        char *rest = request;
        const char *verb = strsep(&rest, " ");
        const char *key = strsep(&rest, " ");
        const Slot *slot = NULL;

        if (key && *key && rest && strcmp(verb, "set") == 0) {
                cache_set(cache, key, rest);
                (void) snprintf(answer, size, "ok");
                return;
        }
        if (key && *key)
                slot = cache_find(cache, key);
        printf("%s %s\n", slot ? "hit" : "miss", key ? key : "");
        (void) snprintf(answer, size, "%s%s", slot ? "ok " : "none", slot ? slot->value : "");
}

int main(void)
{
        static Cache cache;
        LineServer server = {.end = "\n", .handler = on_request, .userdata = &cache};

        line_begin();
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("%d slots\n", N_SLOTS);
        return line_serve(&server);
}
