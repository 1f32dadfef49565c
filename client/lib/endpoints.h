/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a set of endpoints as it came in a message, in one block of memory.
 * Does not own: anything in the message. */
#pragma once

#include <systemd/sd-bus.h>

#include "include/reeve.h"

/* More than anybody can have: 64 published ones and the sockets. */
#define ENDPOINTS_MAX 256

/* Reads an a{ss}. RET is to be free()d. -EBADMSG: it is something else, or too many. */
int endpoints_read(sd_bus_message *message, reeve_endpoints **ret);
/* Without any; static. */
extern const reeve_endpoints endpoints_none;
