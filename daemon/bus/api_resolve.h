/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: Resolve and TryResolve of the container: who may have something started by them.
 * Does not own: the verb (run/resolve), calls whose answer is still due (resolving). */
#pragma once

#include "link.h"

/* The handler of both. USERDATA is the Link. */
int api_on_resolve(sd_bus_message *message, void *userdata, sd_bus_error *error);
