/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reserve.h"

#include <fcntl.h>
#include <sys/syscall.h>

static void reserve_fill(Reserve *reserve)
{
        for (size_t i = 0; i < RESERVE_SIZE; i++)
                if (reserve->fds[i] < 0)
                        reserve->fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void reserve_init(Reserve *reserve)
{
        for (size_t i = 0; i < RESERVE_SIZE; i++)
                reserve->fds[i] = -1;
        reserve_fill(reserve);
}

void reserve_done(Reserve *reserve)
{
        for (size_t i = 0; i < RESERVE_SIZE; i++)
                close_descriptor(&reserve->fds[i]);
}

static int reserve_give(Reserve *reserve)
{
        for (size_t i = 0; i < RESERVE_SIZE; i++)
                if (reserve->fds[i] >= 0) {
                        close_descriptor(&reserve->fds[i]);
                        return 0;
                }
        return -EMFILE;
}

int reserve_open(Reserve *reserve, int directory_fd, const char *path, int flags)
{
        int fd = openat(directory_fd, path, flags | O_CLOEXEC);

        if (fd < 0 && (errno == EMFILE || errno == ENFILE) && reserve_give(reserve) == 0)
                fd = openat(directory_fd, path, flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

int reserve_pidfd(Reserve *reserve, pid_t pid)
{
        int fd = (int) syscall(SYS_pidfd_open, pid, 0);

        if (fd < 0 && (errno == EMFILE || errno == ENFILE) && reserve_give(reserve) == 0)
                fd = (int) syscall(SYS_pidfd_open, pid, 0);
        return fd < 0 ? -errno : fd;
}

/* Only where one was given up is anything missing: the usual case costs the close alone. */
void reserve_close(Reserve *reserve, int fd)
{
        close_descriptor(&fd);
        reserve_fill(reserve);
}
