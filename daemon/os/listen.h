/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: sockets that are bound for a component before it runs, and ports that are kept free for one.
 * Does not own: whose they are, nor how long they are kept. No call blocks. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"

typedef struct ListenSocket {
        int fd;      /* close-on-exec */
        char *path;  /* of a Unix socket, whose file goes with it; else NULL */
        char *text;  /* where it is reached: ADDRESS:PORT, or the path */
        dev_t device;
        ino_t inode; /* of the file */
} ListenSocket;

/* ADDRESS:PORT as in tcp_address_parse_own(). Listens; the kernel chooses the port where it is 0. */
int listen_tcp(const char *address, ListenSocket *ret) MUST_CHECK;
/* PATH is absolute. The file belongs to UID:GID, and all may connect who can reach it. A socket file that nobody
 * listens on is replaced. -EADDRINUSE: somebody does; -EEXIST: the file is no socket. */
int listen_unix(const char *path, uid_t uid, gid_t gid, ListenSocket *ret) MUST_CHECK;
/* A free port of 127.0.0.1: bound, but nobody can connect. As long as it is open nobody else is given the port; who is
 * to have it binds it when it is closed. */
int listen_reserve(ListenSocket *ret, uint16_t *ret_port) MUST_CHECK;
/* Removes the file too, unless another one stands there by now. */
void listen_close(ListenSocket *socket);
