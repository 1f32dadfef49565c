/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers "product N" from the cache, or from the store when the cache does not know, or is not there at all. Its
 * environment says where they are: STORE, which the module sets, and REEVE_REF_CACHE_LINES, which the daemon does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

typedef struct Sources {
        const char *store, *cache; /* paths of sockets; there may be no cache */
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
        if (sources->cache && line_ask(sources->cache, ask, found, sizeof(found)) == 0 &&
            strncmp(found, "ok ", 3) == 0) {
                (void) snprintf(answer, size, "%s", found);
                return;
        }
        if (line_ask(sources->store, ask, found, sizeof(found)) < 0) {
                (void) snprintf(answer, size, "error no store");
                return;
        }
        if (sources->cache && strncmp(found, "ok ", 3) == 0) {
                (void) snprintf(ask, sizeof(ask), "set product/%u %.900s", number, found + 3);
                (void) line_ask(sources->cache, ask, ignored, sizeof(ignored));
        }
        (void) snprintf(answer, size, "%s", found);
}

int main(void)
{
        Sources sources = {.store = getenv("STORE"), .cache = getenv("REEVE_REF_CACHE_LINES")};
        LineServer server = {.end = "\n", .handler = on_request, .userdata = &sources};

        line_begin();
        if (!sources.store) {
                fprintf(stderr, "STORE does not say where the store is\n");
                return 2;
        }
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("answers from the store%s\n", sources.cache ? " and the cache" : "");
        line_ready("answering");
        return line_serve(&server);
}
