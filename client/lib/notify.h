/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a datagram to $NOTIFY_SOCKET, without ever waiting for room in its queue.
 * Does not own: what it says. */
#pragma once

/* 0, also where there is no such socket. -EAGAIN: it is full. -E2BIG: ASSIGNMENTS is longer than a page, or so is
 * the path. */
int notify_send(const char *assignments);
/* The same of NAME=VALUE. */
int notify_send_pair(const char *name, const char *value);
