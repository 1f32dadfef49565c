/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: text → struct sockaddr.
 * Does not own: sockets. Private to os. */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"

/* PATH, absolute, of any length: one that does not fit goes through its directory, *RET_FD, which has to stay open
 * until the address has been used; else *RET_FD is -1. */
int socket_address_set_unix(const char *path, struct sockaddr_un *ret, int *ret_fd) MUST_CHECK;

/* As base/tcp_address. -EINVAL; -ENODEV: there is no interface of the name of its zone. */
int socket_address_parse_tcp(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size) MUST_CHECK;
/* The same for an address to be bound, whose port may be 0. */
int socket_address_parse_own_tcp(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size) MUST_CHECK;

/* Gives the socket's file at PATH, which was just made, to UID:GID. */
int socket_address_give(const char *path, uid_t uid, gid_t gid) MUST_CHECK;
