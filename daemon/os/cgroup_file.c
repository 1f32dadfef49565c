/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup_tree.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "remove.h"

#define CLEAR_USEC (1000 * 1000)
#define CLEAR_STEP_MSEC 20
#define KILL_ROUNDS 64

int cgroup_tree_write(CgroupTree *tree, const char *file, const char *text)
{
        int fd = spare_fds_open(&tree->reserve, tree->fd, file, O_WRONLY), r = 0;

        if (fd < 0)
                return fd;
        if (write(fd, text, strlen(text)) < 0)
                r = -errno;
        spare_fds_close(&tree->reserve, fd);
        return r;
}

int cgroup_tree_read(CgroupTree *tree, const char *file, char *buffer, size_t n_buffer)
{
        int fd = spare_fds_open(&tree->reserve, tree->fd, file, O_RDONLY), r = 0;
        ssize_t n;

        if (fd < 0)
                return fd;
        n = read(fd, buffer, n_buffer - 1);
        if (n < 0)
                r = -errno;
        else
                buffer[n] = '\0';
        spare_fds_close(&tree->reserve, fd);
        return r;
}

/* One that is not there is not populated; of one that cannot be read, for want of a descriptor say, one cannot know. */
bool cgroup_tree_is_populated(CgroupTree *tree, const char *name)
{
        g_autofree char *file = g_strconcat(name, "/cgroup.events", NULL);
        char text[256];
        int r = cgroup_tree_read(tree, file, text, sizeof(text));

        if (r < 0)
                return r != -ENOENT && r != -ENODEV;
        return strstr(text, "populated 1") != NULL;
}

/* A number from cgroup.procs is turned into a pidfd, and looked for again, before it is signalled (P8). */
static void kill_member(CgroupTree *tree, const char *file, pid_t pid)
{
        g_autofree char *line = g_strdup_printf("%d\n", (int) pid);
        int fd = (int) syscall(SYS_pidfd_open, pid, 0);
        char text[4096];

        if (fd < 0)
                return;
        if (cgroup_tree_read(tree, file, text, sizeof(text)) == 0) {
                const char *found = strstr(text, line);

                if (found && (found == text || found[-1] == '\n'))
                        (void) syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
        }
        (void) close(fd);
}

/* Before Linux 5.14 there is no cgroup.kill; there, leaves that a component made within its own are not reached. */
static int kill_one_by_one(CgroupTree *tree, const char *name)
{
        g_autofree char *file = g_strconcat(name, "/cgroup.procs", NULL);
        char text[4096];

        for (int round = 0; round < KILL_ROUNDS; round++) {
                int r = cgroup_tree_read(tree, file, text, sizeof(text));

                if (r < 0)
                        return r == -ENOENT || r == -ENODEV ? 0 : r;
                if (!*text)
                        return 0;
                for (char *p = text; *p;) {
                        char *end;
                        long pid = strtol(p, &end, 10);

                        if (end == p || *end != '\n')
                                break;
                        kill_member(tree, file, (pid_t) pid);
                        p = end + 1;
                }
        }
        return 0;
}

int cgroup_tree_kill(CgroupTree *tree, const char *name)
{
        g_autofree char *file = g_strconcat(name, "/cgroup.kill", NULL);
        int r = cgroup_tree_write(tree, file, "1");

        if (r == -ENOENT && cgroup_tree_is_populated(tree, name))
                return kill_one_by_one(tree, name);
        return r == -ENOENT || r == -ENODEV ? 0 : r;
}

static int wait_empty(CgroupTree *tree, const char *name)
{
        g_autofree char *file = g_strconcat(name, "/cgroup.events", NULL);
        int fd = spare_fds_open(&tree->reserve, tree->fd, file, O_RDONLY);
        struct pollfd events = { .fd = fd, .events = POLLPRI };
        uint64_t end = clock_monotonic() + CLEAR_USEC;

        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        while (cgroup_tree_is_populated(tree, name) && clock_monotonic() < end) {
                (void) cgroup_tree_kill(tree, name);
                (void) poll(&events, 1, CLEAR_STEP_MSEC);
        }
        spare_fds_close(&tree->reserve, fd);
        return cgroup_tree_is_populated(tree, name) ? -EBUSY : 0;
}

int cgroup_tree_clear(CgroupTree *tree, const char *name)
{
        int r = cgroup_tree_kill(tree, name);

        if (r >= 0)
                r = wait_empty(tree, name);
        if (r >= 0)
                r = remove_tree(tree->fd, name, true);
        return r;
}
