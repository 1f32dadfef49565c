/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: descriptors on their way from one table to another, over a socket pair; one message for each call.
 * Does not own: the descriptors on either side. Private to os. */
#pragma once

#include "base/cleanup.h"

/* Does not block. -EAGAIN: too many messages are on their way; -E2BIG: more than the kernel takes in one. */
int pass_send(int socket, const int *fds, int n) MUST_CHECK;
/* On a table of the calling thread's own. *FDS has room for *N, which were sent. Close-on-exec. Whatever is returned,
 * *N have come. -EMFILE: fewer than sent. */
int pass_receive(int socket, int *fds, int *n) MUST_CHECK;
