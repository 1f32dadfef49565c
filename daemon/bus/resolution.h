/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how what a key came to looks in a message: an object and its endpoints.
 * Does not own: what it came to (run/resolve), who asked (api_resolve, and the connection of a component). */
#pragma once

#include <systemd/sd-bus.h>

#include "link.h"
#include "run/resolve.h"

/* An "o" and an "a{ss}": of a component its object and its endpoints; of a value "/" and {"value": text}; of the
 * container itself its object and {"bus": address}; of nothing "/" and no entry. */
int resolution_append(sd_bus_message *message, const BusContext *context, const Resolution *resolution);
/* "unix:path=…" of the private socket at PATH, newly allocated. */
char *resolution_address(const char *path);
