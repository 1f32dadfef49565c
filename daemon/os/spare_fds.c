/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spare_fds.h"

#include <fcntl.h>
#include <sys/syscall.h>

static void spare_fds_fill(SpareFds *reserve)
{
        for (size_t i = 0; i < SPARE_FDS_N; i++)
                if (reserve->fds[i] < 0)
                        reserve->fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void spare_fds_init(SpareFds *reserve)
{
        for (size_t i = 0; i < SPARE_FDS_N; i++)
                reserve->fds[i] = -1;
        spare_fds_fill(reserve);
}

void spare_fds_done(SpareFds *reserve)
{
        for (size_t i = 0; i < SPARE_FDS_N; i++)
                close_descriptor(&reserve->fds[i]);
}

static int spare_fds_give(SpareFds *reserve)
{
        for (size_t i = 0; i < SPARE_FDS_N; i++)
                if (reserve->fds[i] >= 0) {
                        close_descriptor(&reserve->fds[i]);
                        return 0;
                }
        return -EMFILE;
}

int spare_fds_open(SpareFds *reserve, int directory_fd, const char *path, int flags)
{
        int fd = openat(directory_fd, path, flags | O_CLOEXEC);

        if (fd < 0 && (errno == EMFILE || errno == ENFILE) && spare_fds_give(reserve) == 0)
                fd = openat(directory_fd, path, flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

int spare_fds_pidfd(SpareFds *reserve, pid_t pid)
{
        int fd = (int) syscall(SYS_pidfd_open, pid, 0);

        if (fd < 0 && (errno == EMFILE || errno == ENFILE) && spare_fds_give(reserve) == 0)
                fd = (int) syscall(SYS_pidfd_open, pid, 0);
        return fd < 0 ? -errno : fd;
}

/* Only where one was given up is anything missing: the usual case costs the close alone. */
void spare_fds_close(SpareFds *reserve, int fd)
{
        close_descriptor(&fd);
        spare_fds_fill(reserve);
}
