/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pair.h"

#include <fcntl.h>
#include <sys/socket.h>

int pair_open(int *ret_own, int *ret_other)
{
        int fds[2], flags;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        flags = fcntl(fds[0], F_GETFL);
        if (flags < 0 || fcntl(fds[0], F_SETFL, flags | O_NONBLOCK) < 0) {
                int r = -errno;

                close_descriptor(&fds[0]);
                close_descriptor(&fds[1]);
                return r;
        }
        *ret_own = fds[0];
        *ret_other = fds[1];
        return 0;
}
