/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers "product N" from the cache, or from the database when the cache does not know, or is not there at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

typedef struct Sources {
        const char *database, *cache;
} Sources;

static void on_request(char *request, char *answer, size_t size, void *userdata)
{
        const Sources *sources = userdata;
        char ask[LINE_MAX_BYTES], found[LINE_MAX_BYTES], ignored[64];
        unsigned number;

        if (sscanf(request, "product %u", &number) != 1) {
                (void) snprintf(answer, size, "error expected product N");
                return;
        }
        (void) snprintf(ask, sizeof(ask), "get product/%u", number);
        if (line_ask(sources->cache, ask, found, sizeof(found)) == 0 && strncmp(found, "ok ", 3) == 0) {
                (void) snprintf(answer, size, "%s", found);
                return;
        }
        if (line_ask(sources->database, ask, found, sizeof(found)) < 0) {
                (void) snprintf(answer, size, "error no database");
                return;
        }
        if (strncmp(found, "ok ", 3) == 0) {
                (void) snprintf(ask, sizeof(ask), "set product/%u %.900s", number, found + 3);
                (void) line_ask(sources->cache, ask, ignored, sizeof(ignored));
        }
        (void) snprintf(answer, size, "%s", found);
}

int main(int argc, char **argv)
{
        Sources sources;
        LineServer server = {.end = "\n", .handler = on_request, .userdata = &sources};

        line_begin();
        if (argc != 3) {
                fprintf(stderr, "usage: shop-catalog DATABASE CACHE\n");
                return 2;
        }
        sources = (Sources){.database = argv[1], .cache = argv[2]};
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("answers from %s and %s\n", sources.cache, sources.database);
        line_ready("answering");
        return line_serve(&server);
}
