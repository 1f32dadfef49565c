/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the foreground's display: progress lines, the components' output under a coloured name, the summary of the stop
 * (§102). Foreign bytes are escaped, a tab kept. Never waits for the terminal (P17).
 * Does not own: the events (run) nor the way onto the terminal (screen). */
#pragma once

#include "metrics.h"

typedef struct Console Console;

typedef struct ConsoleOptions {
        int fd;           /* borrowed; 1 as a rule */
        bool has_colours; /* console_has_colours(fd) as a rule */
        /* Something could not be written just now: call console_flush() in a while, until it says true. Or NULL. */
        void (*on_stall)(void *userdata);
        void *userdata;
} ConsoleOptions;

/* A terminal that is not dumb, and NO_COLOR is not set. */
bool console_has_colours(int fd);

/* Made before the container, because its options name console_line(); attached after it was made. */
Console *console_new(const ConsoleOptions *options);
/* To be freed before CONTAINER and METRICS, both borrowed. */
void console_attach(Console *console, Container *container, const Metrics *metrics);
void console_free(Console *console);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Console, console_free)

/* A ContainerLineHandler; USERDATA is the Console. */
void console_line(const char *component, const char *line, size_t n_line, uint32_t n_lost, void *userdata);
/* True: nothing is kept. */
bool console_flush(Console *console);
