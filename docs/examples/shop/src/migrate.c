/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads the catalogue into the store at the socket named on the command line, then ends: Type=oneshot is ready when
 * it has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

static const char *const products[] = {
        "{\"id\": 1, \"name\": \"tea pot\", \"price\": \"18.00\"}",
        "{\"id\": 2, \"name\": \"cup\", \"price\": \"4.50\"}",
        "{\"id\": 3, \"name\": \"sugar tongs\", \"price\": \"7.20\"}",
};
static const size_t n_products = sizeof(products) / sizeof(products[0]);

int main(int argc, char **argv)
{
        char request[LINE_MAX_BYTES], answer[LINE_MAX_BYTES];

        line_begin();
        if (argc != 2) {
                fprintf(stderr, "usage: shop-migrate STORE\n");
                return 2;
        }
        for (size_t i = 0; i < n_products; i++) {
                (void) snprintf(request, sizeof(request), "set product/%zu %s", i + 1, products[i]);
                if (line_ask(argv[1], request, answer, sizeof(answer)) < 0) {
                        fprintf(stderr, "%s does not answer\n", argv[1]);
                        return EXIT_FAILURE;
                }
                if (strcmp(answer, "ok") != 0) {
                        fprintf(stderr, "%s refused product %zu: %s\n", argv[1], i + 1, answer);
                        return EXIT_FAILURE;
                }
        }
        printf("%zu products loaded\n", n_products);
        return EXIT_SUCCESS;
}
