/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: Resolve and TryResolve of the container, and the calls whose answer is still due.
 * Does not own: the verb (run/resolve); the same on the connection of a component. */
#pragma once

#include "link.h"

/* The handler of both. USERDATA is the Link. */
int api_on_resolve(sd_bus_message *message, void *userdata, sd_bus_error *error);
/* The caller is gone: nobody waits for LINK any more. */
void api_resolve_forget(Link *link);
