/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spawn_ground.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "own_table.h"

#define COMMON_UMASK 0022

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2U
#endif

static int compare(const void *a, const void *b)
{
        return *(const int *) a - *(const int *) b;
}

/* What is above all that are kept is not even copied. */
static bool leave_files(int *kept, size_t n)
{
        unsigned int next = STDERR_FILENO + 1;

        qsort(kept, n, sizeof(*kept), compare);
        for (; n > 0 && *kept < 0; n--)
                kept++;
        if (n == 0 || *kept <= STDERR_FILENO ||
            syscall(SYS_close_range, (unsigned int) kept[n - 1] + 1, ~0U, CLOSE_RANGE_UNSHARE) < 0)
                return false;
        for (size_t i = 0; i < n; i++) {
                if ((unsigned int) kept[i] > next)
                        (void) syscall(SYS_close_range, next, (unsigned int) kept[i] - 1, 0U);
                next = (unsigned int) kept[i] + 1;
        }
        return true;
}

/* The standard ones were the daemon's; every child begins with none. */
static void clear_standard(int null_fd)
{
        for (int fd = 0; fd <= STDERR_FILENO; fd++)
                if (own_duplicate(null_fd, fd) < 0)
                        own_close(fd);
}

void child_ground_enter(ChildGround *ground, int *kept, size_t n_kept)
{
        ground->has_own_files = leave_files(kept, n_kept);
        ground->null_fd = own_open(AT_FDCWD, "/dev/null", O_RDWR | O_NOCTTY);
        if (ground->has_own_files)
                clear_standard(ground->null_fd);
        ground->has_own_directory = unshare(CLONE_FS) == 0 && chdir("/") == 0;
        ground->umask = COMMON_UMASK;
        if (ground->has_own_directory)
                (void) umask(COMMON_UMASK);
}
