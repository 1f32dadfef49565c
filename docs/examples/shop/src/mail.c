/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends a letter for each "order N": it only says so, being an example. */
#include <stdio.h>
#include <stdlib.h>

#include "line.h"

static void on_request(char *request, char *answer, size_t size, void *userdata)
{
        unsigned *n_letters = userdata;
        unsigned number;

        if (sscanf(request, "order %u", &number) != 1) {
                (void) snprintf(answer, size, "error expected order N");
                return;
        }
        printf("letter %u: thank you for ordering product %u\n", ++*n_letters, number);
        (void) snprintf(answer, size, "ok {\"letter\": %u}", *n_letters);
}

int main(void)
{
        unsigned n_letters = 0;
        LineServer server = {.end = "\n", .handler = on_request, .userdata = &n_letters};

        line_begin();
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("waiting for orders\n");
        return line_serve(&server);
}
