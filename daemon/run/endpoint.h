/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the endpoints of an instance, name → text: plain data, bounded, sorted by name. What of them others see: all
 * while it is ready, none otherwise (§73). Does not own: the sockets behind them, nor who may ask. */
#pragma once

#include "base/cleanup.h"
#include "engine.h"

#define ENDPOINTS_MAX 64
#define ENDPOINT_VALUE_MAX 4096

/* Who says it: how long it holds, and who may say something else. */
typedef enum EndpointSource {
        ENDPOINT_SOCKET,   /* Listen=, AllocatePort=: as long as the socket, over restarts */
        ENDPOINT_DECLARED, /* Publish=: of one incarnation */
        ENDPOINT_SAID,     /* by the component while it runs: the same */
} EndpointSource;

typedef struct Endpoint {
        char *name, *value;
        EndpointSource source;
} Endpoint;

/* The component says it, at any time; what is no longer true is said anew, and goes with the incarnation. 0; -EINVAL:
 * no name of an endpoint, or a value that is not UTF-8 text or has control characters; -ENOSPC: longer than
 * ENDPOINT_VALUE_MAX, or more than ENDPOINTS_MAX names; -EEXIST: the name is that of a socket, whose address the daemon
 * knows. Tells RUN_ENDPOINTS when others see a difference. */
int endpoint_publish(Engine *engine, Instance *instance, const char *name, const char *value) MUST_CHECK;
/* The daemon says it: the same, and a socket's name is no obstacle to a socket. */
int endpoint_set(Engine *engine, Instance *instance, EndpointSource source, const char *name,
                 const char *value) MUST_CHECK;

/* As others see it; NULL: there is none, or INSTANCE is not ready. Borrowed, till the next change. */
const char *endpoint_find(const Instance *instance, const char *name);
/* All that others see, sorted by name; NULL and 0 while INSTANCE is not ready. */
const Endpoint *endpoint_list(const Instance *instance, uint32_t *ret_n);
/* As the component itself sees it (${self.NAME}), whatever its state. */
const char *endpoint_find_own(const Instance *instance, const char *name);

/* A new incarnation begins: what the last one said is forgotten. */
void endpoint_forget_incarnation(Instance *instance);
/* The sockets are closed. */
void endpoint_forget_sockets(Instance *instance);
void endpoints_free(Endpoints *endpoints);
