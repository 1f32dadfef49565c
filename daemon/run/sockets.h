/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the sockets that the daemon holds for a component (Listen=), the ports it keeps for one (AllocatePort=), and
 * how long: from before the first spawn, over restarts, until it is down for good; clients that connect meanwhile wait
 * in the queue. Their addresses are endpoints from the moment they are open. Does not own: socket activation. */
#pragma once

#include "engine.h"

/* Opens all that are not open yet. 0, or a negative errno and *RET_FAILED: the one that cannot be; what is open stays.
 */
int sockets_open(Engine *engine, Instance *instance, const DeclaredEndpoint **ret_failed) MUST_CHECK;
/* The process is about to be spawned: it binds its ports itself. */
void sockets_hand_over_ports(Instance *instance);
/* Of Listen=, in the order of LISTEN_FDS; NULL and 0: none are open. Borrowed, till sockets_close(). */
const int *sockets_descriptors(const Instance *instance, uint32_t *ret_n);
/* LISTEN_FDNAMES= */
char *sockets_names(const Definition *definition);
/* Who connects from now on is refused; the addresses are no endpoints any more. */
void sockets_close(Engine *engine, Instance *instance);
/* INSTANCE is down: the same, but for a lazy one that has ended by itself, which is started again by who connects. */
void sockets_give_up(Engine *engine, Instance *instance);
void sockets_free(Sockets *sockets);
