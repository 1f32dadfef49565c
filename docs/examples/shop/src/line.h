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
        int listener;    /* -1: none */
        const char *end; /* what ends a request: "\n", or "\r\n\r\n" for the head of an HTTP request */
        int closes;      /* after each answer */
        LineHandler handler;
        void *userdata;
} LineServer;

/* The first act of main: SIGTERM and SIGINT end line_serve() instead of the process, and lines are printed at once. */
void line_begin(void);

/* The socket that was bound for this component and handed over: Listen= of its module. -1 after saying on standard
 * error that there is none. */
int line_listen(void);

/* Serves until SIGTERM or SIGINT, or just waits for that where there is no LISTENER; returns the exit status. */
int line_serve(const LineServer *server);

/* Asks whoever listens at PATH one thing and waits at most a second for the answer. 0, or -1: nobody can be reached. */
int line_ask(const char *path, const char *request, char *answer, size_t size);

/* sd_notify(3) without its library: READY=1 and a STATUS= of one line. Does nothing outside a service manager. */
void line_ready(const char *status);
