/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024)
#define LEAF "bench-floor"

/* Everything between clone and exec is on this stack, one child at a time: CLONE_VFORK. */
static char stack[STACK_SIZE] __attribute__((aligned(64)));

typedef struct Child {
        char **argv, **environment;
        int procs;
        volatile int error;
} Child;

__attribute__((no_sanitize("address"))) static int child_main(void *userdata)
{
        Child *child = userdata;
        sigset_t none;

        (void) sigemptyset(&none);
        (void) sigprocmask(SIG_SETMASK, &none, NULL);
        if (child->procs < 0 || write(child->procs, "0", 1) == 1)
                (void) execve(child->argv[0], child->argv, child->environment);
        child->error = errno;
        _exit(127);
}

static int cgroup_make(const Floor *floor, uint32_t i)
{
        char name[32];
        int fd;

        (void) snprintf(name, sizeof(name), "c%u", i);
        if (mkdirat(floor->cgroups, name, 0755) < 0 && errno != EEXIST)
                return -errno;
        (void) snprintf(name, sizeof(name), "c%u/cgroup.procs", i);
        fd = openat(floor->cgroups, name, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

int floor_spawn(Floor *floor, uint32_t i)
{
        Part *part = &floor->parts[i];
        Child child = {.argv = floor->argv, .environment = floor->environment, .procs = -1};
        char name[16];
        char *argv[8] = {0};
        int pidfd = -1, pid;

        for (int k = 0; k < 6 && floor->argv[k]; k++) {
                argv[k] = floor->argv[k];
                if (strcmp(argv[k], "@name@") == 0) {
                        (void) snprintf(name, sizeof(name), "c%u", i);
                        argv[k] = name;
                }
        }
        child.argv = argv;
        if (floor->cgroups >= 0) {
                child.procs = cgroup_make(floor, i);
                if (child.procs < 0)
                        return child.procs;
        }
        pid = clone(child_main, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &child, &pidfd);
        if (child.procs >= 0)
                (void) close(child.procs);
        if (pid < 0 || child.error)
                return pid < 0 ? -errno : -child.error;
        part->pid = pid;
        part->pidfd = pidfd;
        floor->by_pid[pid] = i + 1;
        return 0;
}

void floor_forget(Floor *floor, uint32_t i)
{
        Part *part = &floor->parts[i];
        char name[32];

        floor->by_pid[part->pid] = 0;
        (void) close(part->pidfd);
        part->pidfd = -1;
        part->pid = 0;
        part->is_ready = false;
        (void) snprintf(name, sizeof(name), "c%u", i);
        if (floor->cgroups >= 0)
                (void) unlinkat(floor->cgroups, name, AT_REMOVEDIR);
}

int floor_open_cgroups(const char *parent)
{
        char path[4096];
        int fd;

        (void) snprintf(path, sizeof(path), "%s/" LEAF, parent);
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

void floor_close_cgroups(const Floor *floor, const char *parent)
{
        char path[4096];

        (void) snprintf(path, sizeof(path), "%s/" LEAF, parent);
        (void) close(floor->cgroups);
        (void) rmdir(path);
}
