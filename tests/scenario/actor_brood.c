/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static void sit(const char *what)
{
        char pid[16];
        sigset_t set;

        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal(SIGTERM, SIG_IGN);
        snprintf(pid, sizeof(pid), "%d", getpid());
        actor_log(what, pid);
        for (;;)
                pause();
}

void brood_double_fork(void)
{
        int ends[2];
        char byte;

        if (pipe(ends) < 0)
                _exit(72);
        if (fork() == 0) {
                setsid();
                if (fork() != 0)
                        _exit(0);
                close(ends[0]);
                close(ends[1]);
                sit("grandchild");
        }
        close(ends[1]);
        (void) !read(ends[0], &byte, 1); /* both have gone their way */
        close(ends[0]);
}

void brood_setsid(void)
{
        if (fork() != 0)
                return;
        setsid();
        sit("child");
}

void brood_many(int n)
{
        for (int i = 0; i < n; i++)
                if (fork() == 0)
                        sit("child");
}

void brood_polite(void)
{
        char pid[16];
        sigset_t set;

        if (fork() != 0)
                return;
        sigemptyset(&set);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, NULL);
        snprintf(pid, sizeof(pid), "%d", getpid());
        actor_log("child", pid);
        sigwaitinfo(&set, NULL);
        actor_log("child-term", pid);
        _exit(0);
}

/* Each looks every millisecond whether the other lives, and forks a new one when it does not. */
static void guard(pid_t other)
{
        struct timespec pause_ = {0, 1000000};

        for (;;) {
                if (getppid() != other && kill(other, 0) < 0) {
                        pid_t self = getpid(), pid = fork();

                        other = pid == 0 ? self : pid;
                }
                nanosleep(&pause_, NULL);
        }
}

void brood_respawn(void)
{
        pid_t pid = fork();

        if (pid != 0)
                return;
        setsid();
        signal(SIGTERM, SIG_IGN);
        signal(SIGCHLD, SIG_IGN);
        {
                pid_t self = getpid();

                pid = fork();
                guard(pid == 0 ? self : pid);
        }
}
