/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pass.h"

#include <string.h>

#include "own_table.h"

#define PASSED_MAX 253 /* SCM_MAX_FD of the kernel */

typedef union Control {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(PASSED_MAX * sizeof(int))];
} Control;

int pass_send(int socket, const int *fds, int n)
{
        size_t n_bytes = (size_t) n * sizeof(int);
        Control control = {
                .header = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(n_bytes)}};
        char byte = 0;
        struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
        struct msghdr message = {
                .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(n_bytes),
        };

        if (n > PASSED_MAX)
                return -E2BIG;
        memcpy(CMSG_DATA(&control.header), fds, n_bytes);
        if (sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1)
                return 0;
        return errno == ETOOMANYREFS ? -EAGAIN : -errno;
}

int pass_receive(int socket, int *fds, int *n)
{
        Control control;
        char byte;
        struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
        struct msghdr message = {
                .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
        };
        int n_sent = *n;
        ssize_t n_bytes;

        *n = 0;
        do
                n_bytes = own_receive(socket, &message, MSG_CMSG_CLOEXEC);
        while (n_bytes < 0 && errno == EINTR);
        if (n_bytes < 0)
                return -errno;
        if (CMSG_FIRSTHDR(&message) && CMSG_FIRSTHDR(&message)->cmsg_type == SCM_RIGHTS) {
                *n = MIN((int) ((control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int)), n_sent);
                memcpy(fds, CMSG_DATA(&control.header), (size_t) *n * sizeof(int));
        }
        return *n == n_sent ? 0 : -EMFILE;
}
