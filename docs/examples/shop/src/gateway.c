/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The face of the shop: HTTP. GET /products/N asks the catalogue, POST /orders/N tells the mail room; where they are
 * stands in the environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

typedef struct Rooms {
        const char *catalog, *mail; /* paths of sockets; NULL: there is none */
} Rooms;

static void respond(char *answer, size_t size, const char *status, const char *body)
{
        (void) snprintf(
                answer, size,
                "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
                status, strlen(body) + 1, body);
}

/* Passes REQUEST on to ROOM and turns "ok TEXT", "none", "error …" and silence into HTTP. */
static const char *forward(const char *room, const char *request, char *answer, size_t size)
{
        char heard[LINE_MAX_BYTES];
        const char *status = "502 Bad Gateway";

        if (!room || line_ask(room, request, heard, sizeof(heard)) < 0) {
                status = "503 Service Unavailable";
                respond(answer, size, status, "{\"error\": \"closed at the moment\"}");
        } else if (strncmp(heard, "ok ", 3) == 0) {
                status = "200 OK";
                respond(answer, size, status, heard + 3);
        } else if (strcmp(heard, "none") == 0) {
                status = "404 Not Found";
                respond(answer, size, status, "{\"error\": \"no such product\"}");
        } else
                respond(answer, size, status, "{\"error\": \"not understood\"}");
        return status;
}

static void on_request(char *request, char *answer, size_t size, void *userdata)
{
        const Rooms *rooms = userdata;
        char ask[64];
        const char *status = "404 Not Found";
        unsigned number;

        if (sscanf(request, "GET /products/%u HTTP/", &number) == 1) {
                (void) snprintf(ask, sizeof(ask), "product %u", number);
                status = forward(rooms->catalog, ask, answer, size);
        } else if (sscanf(request, "POST /orders/%u HTTP/", &number) == 1) {
                (void) snprintf(ask, sizeof(ask), "order %u", number);
                status = forward(rooms->mail, ask, answer, size);
        } else
                respond(answer, size, status, "{\"error\": \"try GET /products/1 or POST /orders/1\"}");
        printf("%.*s: %s\n", (int) strcspn(request, "\r\n"), request, status);
}

int main(int argc, char **argv)
{
        Rooms rooms = {.catalog = getenv("REEVE_REF_CATALOG_LINES"), .mail = getenv("REEVE_REF_MAIL_LINES")};
        LineServer server = {.end = "\r\n\r\n", .closes = 1, .handler = on_request, .userdata = &rooms};

        line_begin();
        if (argc != 2) {
                fprintf(stderr, "usage: shop-gateway ADDRESS\n");
                return 2;
        }
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("serving http://%s\n", argv[1]);
        line_ready("serving");
        return line_serve(&server);
}
