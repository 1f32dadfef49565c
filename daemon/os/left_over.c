/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "left_over.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"

#define ENVIRONMENT_MAX (128 * 1024)
#define ROUNDS 50
#define ROUND_MSEC 20

/* Has PID an entry of its environment that begins with MARK? Those of others cannot be read, and are not ours. */
static bool has_mark(pid_t pid, const char *mark, char *buffer)
{
        char path[32];
        autofd fd = -1;
        ssize_t n;

        (void) snprintf(path, sizeof(path), "/proc/%d/environ", (int) pid);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        n = fd < 0 ? -1 : read(fd, buffer, ENVIRONMENT_MAX - 1);
        if (n <= 0)
                return false;
        buffer[n] = '\0';
        for (const char *p = buffer; p < buffer + n; p += strlen(p) + 1)
                if (g_str_has_prefix(p, mark))
                        return true;
        return false;
}

/* Looked at again once the pidfd holds the number fast (P8). */
static bool kill_marked(pid_t pid, const char *mark, char *buffer)
{
        autofd fd = -1;

        if (!has_mark(pid, mark, buffer))
                return false;
        fd = (int) syscall(SYS_pidfd_open, pid, 0);
        return fd >= 0 && has_mark(pid, mark, buffer) && syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) == 0;
}

static bool kill_round(const char *mark, char *buffer)
{
        DIR *proc = opendir("/proc");
        pid_t self = getpid();
        bool any = false;

        if (!proc)
                return false;
        for (struct dirent *entry; (entry = readdir(proc));) {
                pid_t pid = (pid_t) atoi(entry->d_name);

                if (pid > 1 && pid != self && kill_marked(pid, mark, buffer))
                        any = true;
        }
        (void) closedir(proc);
        return any;
}

void left_over_kill(const char *runtime_directory)
{
        g_autofree char *mark = g_strdup_printf("REEVE_RUNTIME_DIR=%s/c/", runtime_directory);
        g_autofree char *buffer = g_malloc(ENVIRONMENT_MAX);

        for (int round = 0; round < ROUNDS && kill_round(mark, buffer); round++)
                (void) poll(NULL, 0, ROUND_MSEC);
}
