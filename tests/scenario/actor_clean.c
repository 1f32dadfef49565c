/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static void write_signals(FILE *file)
{
        sigset_t set;

        sigprocmask(SIG_BLOCK, NULL, &set);
        fprintf(file, "blocked");
        for (int i = 1; i < 65; i++)
                if (sigismember(&set, i) == 1)
                        fprintf(file, " %d", i);
        fprintf(file, "\nhandled");
        for (int i = 1; i < 65; i++) {
                struct sigaction action;

                if (sigaction(i, NULL, &action) == 0 && action.sa_handler != SIG_DFL)
                        fprintf(file, " %d", i);
        }
        fprintf(file, "\n");
}

static void write_fds(FILE *file)
{
        DIR *dir = opendir("/proc/self/fd");
        struct dirent *entry;

        while (dir && (entry = readdir(dir))) {
                char path[512], target[256] = "";

                if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(dir) || atoi(entry->d_name) == fileno(file))
                        continue;
                snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
                (void) !readlink(path, target, sizeof(target) - 1);
                fprintf(file, "fd %s %s\n", entry->d_name, target);
        }
        if (dir)
                closedir(dir);
}

static void write_limits(FILE *file)
{
        for (int i = 0; i < RLIMIT_NLIMITS; i++) {
                struct rlimit limit;

                if (getrlimit((__rlimit_resource_t) i, &limit) == 0)
                        fprintf(file, "limit %d %llu %llu\n", i, (unsigned long long) limit.rlim_cur,
                                (unsigned long long) limit.rlim_max);
        }
}

static void write_ids(FILE *file)
{
        gid_t groups[64];
        int n = getgroups(64, groups), death = 0;
        mode_t mask = umask(0);
        char cwd[512] = "";

        (void) !getcwd(cwd, sizeof(cwd));
        prctl(PR_GET_PDEATHSIG, &death);
        fprintf(file, "uid %d %d\ngid %d %d\ngroups", getuid(), geteuid(), getgid(), getegid());
        for (int i = 0; i < n; i++)
                fprintf(file, " %d", groups[i]);
        fprintf(file, "\numask %04o\ncwd %s\npid %d\nsid %d\npgid %d\nnnp %d\npdeathsig %d\n", mask, cwd, getpid(),
                getsid(0), getpgid(0), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), death);
        umask(mask);
        errno = 0;
        fprintf(file, "nice %d\n", getpriority(PRIO_PROCESS, 0));
}

static void copy_file(FILE *file, const char *what, const char *path)
{
        FILE *from = fopen(path, "re");
        char line[512];

        while (from && fgets(line, sizeof(line), from))
                fprintf(file, "%s %s", what, line);
        if (from)
                fclose(from);
}

/* Written beside PATH and renamed: who sees PATH sees all of it. */
void clean_write(const char *path, int argc, char **argv)
{
        char beside[512];
        FILE *file;

        snprintf(beside, sizeof(beside), "%s.new", path);
        file = fopen(beside, "we");
        if (!file)
                _exit(73);
        write_signals(file);
        write_fds(file);
        write_limits(file);
        write_ids(file);
        copy_file(file, "oom", "/proc/self/oom_score_adj");
        copy_file(file, "cgroup", "/proc/self/cgroup");
        for (int i = 0; i < argc; i++)
                fprintf(file, "argument %s\n", argv[i]);
        for (char **variable = environ; *variable; variable++)
                fprintf(file, "environment %s\n", *variable);
        fclose(file);
        if (rename(beside, path) < 0)
                _exit(73);
}
