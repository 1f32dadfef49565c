/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define END_TIMEOUT_USEC UINT64_C(5000000)

/* Runs in the parent's memory: only what changes nothing there. Returns the errno that stopped it. */
static int become(const ChildSpec *spec, pid_t parent, int null_fd)
{
        struct sigaction normal = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};

        if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
                return errno;
        if (getppid() != parent)
                return ESRCH; /* died before it could be told to us */
        (void) sigaction(SIGPIPE, &normal, NULL);
        if (spec->is_background) {
                /* a background group that writes to a terminal with TOSTOP would be stopped */
                (void) sigaction(SIGTTOU, &ignore, NULL);
                if (setpgid(0, 0) < 0 || dup2(null_fd, STDIN_FILENO) < 0)
                        return errno;
        }
        if (spec->has_output_as_error && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
                return errno;
        if (sigprocmask(SIG_SETMASK, spec->mask, NULL) < 0)
                return errno;
        (void) execvpe(spec->file, spec->arguments, spec->environment);
        return errno;
}

static __attribute__((noinline)) pid_t start(const ChildSpec *spec, int null_fd, volatile int *ret_error)
{
        pid_t parent = getpid(), pid = vfork();

        if (pid == 0) {
                *ret_error = become(spec, parent, null_fd);
                _exit(127);
        }
        return pid;
}

int child_start(const ChildSpec *spec, pid_t *ret)
{
        int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        volatile int error = 0;
        pid_t pid;

        if (null_fd < 0)
                return -errno;
        pid = start(spec, null_fd, &error);
        if (pid < 0)
                error = errno;
        (void) close(null_fd);
        if (error != 0) {
                if (pid > 0)
                        (void) waitpid(pid, NULL, 0);
                return -error;
        }
        *ret = pid;
        return 0;
}

int child_exit_status(const siginfo_t *info)
{
        return info->si_code == CLD_EXITED ? info->si_status : 128 + info->si_status;
}

void child_adopt_orphans(void)
{
        (void) prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Children that were not waited for: their ids cannot have been given to strangers. */
static void kill_children(void)
{
        g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int) getpid()), *text = NULL;
        g_auto(GStrv) pids = NULL;

        if (!g_file_get_contents(path, &text, NULL, NULL))
                return;
        pids = g_strsplit(g_strstrip(text), " ", -1);
        for (char **pid = pids; *pid; pid++)
                if (atoi(*pid) > 1)
                        (void) kill(atoi(*pid), SIGKILL);
}

void child_end_all(void)
{
        uint64_t end = clock_monotonic() + END_TIMEOUT_USEC;
        struct timespec interval = {.tv_nsec = 100000000};
        sigset_t set;

        (void) sigemptyset(&set);
        (void) sigaddset(&set, SIGCHLD);
        while (clock_monotonic() < end) {
                pid_t pid;

                kill_children();
                do
                        pid = waitpid(-1, NULL, WNOHANG);
                while (pid > 0);
                if (pid < 0)
                        return;
                (void) sigtimedwait(&set, NULL, &interval);
        }
}
