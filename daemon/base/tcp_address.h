/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a numeric TCP address is, for those who check one and those who use it.
 * Does not own: looking anything up: a zone stays a name. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cleanup.h"

typedef struct TcpAddress {
        bool is_v6;
        uint8_t bytes[16]; /* the first four of an IPv4 address; network order */
        uint16_t port;     /* host order; 0: any that is free, of an own address only */
        char zone[16];     /* of a link-local IPv6 address: the interface, or empty */
} TcpAddress;

/* "ADDRESS:PORT", an IPv6 address in brackets: 127.0.0.1:80, [::1]:80, [fe80::1%eth0]:80. -EINVAL. */
int tcp_address_parse(const char *text, TcpAddress *ret) MUST_CHECK;
/* The same for an address to be bound: port 0 is any that is free. */
int tcp_address_parse_own(const char *text, TcpAddress *ret) MUST_CHECK;
