/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: D-Bus addresses: reading, writing, connecting. Does not own: what is said there (bus.h). */
#pragma once

#include "ctl.h"

/* "unix:path=" with what D-Bus addresses reserve escaped. Newly allocated. */
char *bus_address_of_path(const char *path);

/* A connected, non-blocking stream socket, or a negative errno; see bus_open(). Waits until END_USEC at most. */
int bus_address_connect(const char *address, uint64_t end_usec) MUST_CHECK;
