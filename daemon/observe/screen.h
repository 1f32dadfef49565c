/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: getting whole lines onto a terminal, pipe or file without ever waiting for it (P17): what it does not take now
 * is kept, bounded, and above the bound lines are dropped and counted.
 * Does not own: what the lines say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define SCREEN_KEPT_MAX (256 * 1024)
#define SCREEN_RESERVED (32 * 1024)

typedef struct Screen Screen;

/* FD is borrowed and its flags are left alone: others may share it. */
Screen *screen_new(int fd);
/* Gives what is kept a moment to be taken (0.1 s in all), and forgets the rest. */
void screen_free(Screen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_free)

/* One or more whole lines. False: something is kept; call screen_flush() before long. What others say is DISPENSABLE: a
 * part of the room is kept from it, so that their flood leaves our own lines standing. */
bool screen_write(Screen *screen, const char *lines, size_t n_bytes, bool is_dispensable);
bool screen_flush(Screen *screen);
