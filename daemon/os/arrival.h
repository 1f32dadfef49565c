/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: hearing that somebody has connected to a listening socket, or has sent to it: once.
 * Does not own: the socket, nor the connection: nothing is accepted or read here. */
#pragma once

#include "base/cleanup.h"
#include "loop.h"

typedef struct Arrival Arrival;

/* Once. Somebody waits there; until he is served a new Arrival hears of him again. */
typedef void (*ArrivalHandler)(Arrival *arrival, void *userdata);

/* FD is borrowed. */
int arrival_new(Loop *loop, int fd, ArrivalHandler handler, void *userdata, Arrival **ret) MUST_CHECK;
/* Before FD is closed. Also from within the handler. */
void arrival_free(Arrival *arrival);
