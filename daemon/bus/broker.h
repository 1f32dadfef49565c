/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: on the private socket, as much of org.freedesktop.DBus as clients of a bus need: Hello, AddMatch, who owns
 * what. So busctl and message-bus libraries work there without a broker. Does not own: routing: there are only we and
 * the client. */
#pragma once

#include "base/cleanup.h"
#include "link.h"

/* How we are called there; peers are ":1.1" and up. */
#define BROKER_OWN_NAME ":1.0"

int broker_register(Link *link) MUST_CHECK;
