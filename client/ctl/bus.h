/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a connection to one D-Bus peer or to a broker: authentication, calls, signals, deadlines. It is our own because
 * it needs nothing but libc and GLib: loading libsystemd with its libraries costs more than all that `status` asks.
 * Does not own: the wire format (wire.h), which peer (connect.h). Calls that wait say so. */
#pragma once

#include "wire.h"

/* Calls may be sent before the replies of others were read, but no more than these: the daemon drops who floods it. */
#define BUS_CALLS_MAX 64

typedef struct Bus Bus;

/* What a peer answered instead of a reply. */
typedef struct BusError {
        char *name, *message; /* NULL: none, the call itself failed; MESSAGE is never NULL beside a name */
} BusError;

void bus_error_done(BusError *error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BusError, bus_error_done)
bool bus_error_is(const BusError *error, const char *name);

/* ADDRESS: unix:path=… or unix:abstract=…, several with ";", the first that can be opened. Authentication goes on with
 * the first call. -EINVAL: not an address; -ETIMEDOUT: the queue of the socket stays full. */
int bus_open(const char *address, Bus **ret) MUST_CHECK;
/* The same, and Hello: behind it is a broker. */
int bus_open_broker(const char *address, Bus **ret) MUST_CHECK;
void bus_free(Bus *bus);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bus, bus_free)

/* Queues a call; see wire_append_call(). RET_SERIAL is for bus_wait_reply(). */
int bus_send(Bus *bus, const WireTarget *target, uint32_t *ret_serial, const char *types, va_list list) MUST_CHECK;
/* Waits. 0, or a negative errno, with ERROR set where the peer gave one. */
int bus_wait_reply(Bus *bus, uint32_t serial, BusError *error, JsonArray **ret) MUST_CHECK;
/* The same until END_USEC (CLOCK_MONOTONIC), for calls that wait for something. -ETIMEDOUT: not yet. */
int bus_wait_reply_until(Bus *bus, uint32_t serial, uint64_t end_usec, BusError *error, JsonArray **ret) MUST_CHECK;
/* Both. */
int bus_call(Bus *bus, const WireTarget *target, BusError *error, JsonArray **ret, const char *types, ...) MUST_CHECK;

/* Has a broker send what RULE says; a peer sends everything unasked (see Container.xml). */
int bus_subscribe(Bus *bus, const char *rule) MUST_CHECK;
/* Waits until there is a signal or END_USEC (CLOCK_MONOTONIC; UINT64_MAX: for ever). 1: RET is the oldest that was not
 * taken; 0: none; or a negative errno: the connection is gone. */
int bus_take_signal(Bus *bus, uint64_t end_usec, WireMessage **ret) MUST_CHECK;
