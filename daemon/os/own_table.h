/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the calls on descriptors for a thread, or a child in our memory, whose table is not that of the process. They
 * are the kernel's own: what watches the descriptors of the process by number, as a sanitizer does in the C library's
 * calls, must not take one table for the other.
 * Does not own: any descriptor. Private to os. */
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int own_open(int directory_fd, const char *path, int flags)
{
        return (int) syscall(SYS_openat, directory_fd, path, flags | O_CLOEXEC, 0);
}

static inline ssize_t own_write(int fd, const void *bytes, size_t n)
{
        return (ssize_t) syscall(SYS_write, fd, bytes, n);
}

static inline ssize_t own_receive(int fd, struct msghdr *message, int flags)
{
        return (ssize_t) syscall(SYS_recvmsg, fd, message, flags);
}

/* FROM and TO are not the same; TO is not closed by exec. */
static inline int own_duplicate(int from, int to)
{
        return (int) syscall(SYS_dup3, from, to, 0);
}

static inline int own_control(int fd, int command, long argument)
{
        return (int) syscall(SYS_fcntl, fd, command, argument);
}

static inline void own_close(int fd)
{
        (void) syscall(SYS_close, fd);
}
