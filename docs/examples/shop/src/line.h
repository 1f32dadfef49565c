/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the programs of the shop share: requests and answers of one line each over sockets, being served and being
 * asked, and telling the service manager that they are ready.
 * Does not own: what a line means. A request is at most LINE_MAX_BYTES long. */
#pragma once

#include <stddef.h>

#define LINE_MAX_BYTES 1024

/* Writes the answer to REQUEST, without a newline, into ANSWER: room for SIZE bytes. */
typedef void (*LineHandler)(char *request, char *answer, size_t size, void *userdata);

typedef struct LineServer {
        int listener;
        const char *end; /* what ends a request: "\n", or "\r\n\r\n" for the head of an HTTP request */
        int closes;      /* after each answer */
        LineHandler handler;
        void *userdata;
} LineServer;

/* The first act of main: SIGTERM and SIGINT end line_serve() instead of the process, and lines are printed at once. */
void line_begin(void);

/* The path of NAME's socket, where NAME is a component of the same container. Static storage, good until the next call.
 */
const char *line_path(const char *name);

/* A listening socket at this component's own path, or on 127.0.0.1; -1 after saying why on standard error. */
int line_listen(void);
int line_listen_tcp(const char *port);

/* Serves until SIGTERM or SIGINT; returns the exit status of the process. */
int line_serve(const LineServer *server);

/* Asks the component NAME one thing and waits at most a second for its answer. 0, or -1: it cannot be reached. */
int line_ask(const char *name, const char *request, char *answer, size_t size);

/* sd_notify(3) without its library: READY=1 and a STATUS= of one line. Does nothing outside a service manager. */
void line_ready(const char *status);
