/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the one line that the daemon says before D-Bus begins, "OK …", and that sd-bus reads it alone. libsystemd 252
 * reads as much as there is then, and aborts the process if that has another CR LF in it, such as in the message behind
 * it. So sd-bus reads from a socket of our own until it has had that line; then the connection takes that one's place.
 * Does not own: what is said before and after. */
#pragma once

#include "core.h"

typedef struct Greeting Greeting;

/* RET_INPUT is where sd-bus is to read from, which is the caller's to give away. */
int greeting_new(Greeting **ret, int *ret_input);
void greeting_free(Greeting *greeting);

/* Hands over what has come on FD, and puts FD in the place of INPUT when that is all. 1: it is; 0: it is not;
 * -ECONNRESET, -EPROTO: it never will be. */
int greeting_turn(Greeting *greeting, int fd, int input, sd_bus *bus);
