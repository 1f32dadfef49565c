/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spawn_child.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "own_table.h"

/* The child has a stack that the sanitizers do not know of and leaves it without returning. */
#define CHILD_FUNCTION __attribute__((no_sanitize("address", "thread", "undefined")))

#define PID_DIGITS_MAX 10

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4U
#endif

/* Where there are older calls for numbers of 16 bits, those have the plain names. */
#ifdef SYS_setresuid32
#define CALL_SETRESUID SYS_setresuid32
#define CALL_SETRESGID SYS_setresgid32
#define CALL_SETGROUPS SYS_setgroups32
#else
#define CALL_SETRESUID SYS_setresuid
#define CALL_SETRESGID SYS_setresgid
#define CALL_SETGROUPS SYS_setgroups
#endif

CHILD_FUNCTION static int fail(Child *child, const char *step)
{
        child->error = errno;
        child->step = step;
        return -1;
}

/* glibc keeps two real-time signals for itself and refuses them; the kernel's call does not. An ignored signal would
 * stay ignored after exec, a handler must not run in the daemon's memory once the mask is empty. */
CHILD_FUNCTION static void reset_signals(uint64_t changed)
{
        KernelAction action = { 0 };

        for (int signal = 1; signal < _NSIG; signal++)
                if (changed & UINT64_C(1) << (signal - 1))
                        (void) syscall(SYS_rt_sigaction, signal, &action, NULL, (size_t) _NSIG / 8);
}

CHILD_FUNCTION static int empty_signal_mask(void)
{
        unsigned long mask[2] = { 0 };

        return (int) syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, NULL, (size_t) _NSIG / 8);
}

CHILD_FUNCTION static int write_file(const char *path, int number)
{
        char text[12], *p = text + sizeof(text);
        unsigned int rest = number < 0 ? 0U - (unsigned int) number : (unsigned int) number;
        int fd = own_open(AT_FDCWD, path, O_WRONLY);
        ssize_t n;

        if (fd < 0)
                return -1;
        do {
                *--p = (char) ('0' + rest % 10);
                rest /= 10;
        } while (rest > 0);
        if (number < 0)
                *--p = '-';
        n = own_write(fd, p, (size_t) (text + sizeof(text) - p));
        own_close(fd);
        return n < 0 ? -1 : 0;
}

CHILD_FUNCTION static int join_cgroup(Child *child)
{
        int fd;

        if (!child->procs)
                return 0;
        fd = own_open(child->ground->tree_fd, child->procs, O_WRONLY);
        if (fd < 0 || own_write(fd, "0", 1) != 1)
                return fail(child, "cgroup");
        return 0; /* closed by exec */
}

/* The kernel counts descriptors with the limit when it hands out numbers, so this comes after set_descriptors(). */
CHILD_FUNCTION static int set_limits(Child *child)
{
        const SpawnSpec *spec = &child->spec;

        if (child->context->is_nofile_raised && setrlimit(RLIMIT_NOFILE, &child->context->original_nofile) < 0)
                return fail(child, "limit");
        for (uint32_t i = 0; i < spec->n_limits; i++) {
                struct rlimit limit = { .rlim_cur = spec->limits[i].soft, .rlim_max = spec->limits[i].hard };

                if (setrlimit((__rlimit_resource_t) spec->limits[i].resource, &limit) < 0)
                        return fail(child, "limit");
        }
        return 0;
}

/* Going back to 0 may need a privilege that a daemon without any has not; only what was asked for must be had. */
CHILD_FUNCTION static int set_priority(Child *child)
{
        const SpawnSpec *spec = &child->spec;

        if (spec->oom_score_adjust != child->context->oom_score_adjust &&
            write_file("/proc/self/oom_score_adj", spec->oom_score_adjust) < 0 && spec->oom_score_adjust != 0)
                return fail(child, "oom-score-adjust");
        if (spec->nice != child->context->nice && setpriority(PRIO_PROCESS, 0, spec->nice) < 0 && spec->nice != 0)
                return fail(child, "nice");
        return 0;
}

CHILD_FUNCTION static int set_identity(Child *child)
{
        const ChildIdentity *identity = &child->identity;

        if (!identity->is_changed)
                return 0;
        /* glibc's own would tell the other threads of the daemon; these speak for the child alone. */
        if (syscall(CALL_SETGROUPS, (long) identity->n_groups, identity->groups) < 0)
                return fail(child, "group");
        if (syscall(CALL_SETRESGID, identity->gid, identity->gid, identity->gid) < 0)
                return fail(child, "group");
        if (syscall(CALL_SETRESUID, identity->uid, identity->uid, identity->uid) < 0)
                return fail(child, "user");
        return 0;
}

/* First out of the way of each other, the lock among them, then into place; what is in place already only loses its
 * close-on-exec mark. */
CHILD_FUNCTION static int set_descriptors(Child *child)
{
        int *fds = child->descriptors, n = child->n_descriptors, lock_fd = child->ground->lock_fd;

        if (lock_fd >= 0 && lock_fd < n && own_control(lock_fd, F_DUPFD_CLOEXEC, n) < 0)
                return fail(child, "descriptors");
        for (int i = 0; i < n; i++) {
                if (fds[i] < 0 && child->ground->has_own_files && i <= STDERR_FILENO && child->ground->null_fd >= 0)
                        continue;
                if (fds[i] < 0)
                        fds[i] = child->ground->null_fd;
                errno = EBADF;
                if (fds[i] >= 0 && fds[i] < n && fds[i] != i)
                        fds[i] = own_control(fds[i], F_DUPFD_CLOEXEC, n);
                if (fds[i] < 0)
                        return fail(child, "descriptors");
        }
        for (int i = 0; i < n; i++)
                if (fds[i] >= 0 && (fds[i] == i ? own_control(i, F_SETFD, 0) : own_duplicate(fds[i], i)) < 0)
                        return fail(child, "descriptors");
        return 0;
}

/* Files of the daemon are closed by exec anyway; what a library or our own parent left open is not. */
CHILD_FUNCTION static void mark_others(const Child *child)
{
        unsigned int first = (unsigned int) child->n_descriptors;
        struct rlimit limit;

        if (child->ground->has_own_files || syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
                return;
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return;
        for (int fd = child->n_descriptors; (rlim_t) fd < MIN(limit.rlim_cur, 65536); fd++)
                (void) own_control(fd, F_SETFD, FD_CLOEXEC);
}

CHILD_FUNCTION static int set_directory(Child *child)
{
        const char *directory = child->spec.working_directory;
        bool is_own = child->ground->has_own_directory;

        if (!is_own || child->ground->umask != (mode_t) child->spec.umask)
                (void) umask((mode_t) child->spec.umask);
        if ((!is_own || directory) && chdir(directory ? directory : "/") < 0)
                return fail(child, "working-directory");
        return 0;
}

CHILD_FUNCTION static void fill_own_number(char *p)
{
        char digits[PID_DIGITS_MAX];
        int n = 0;

        if (!p)
                return;
        for (unsigned int rest = (unsigned int) getpid(); rest > 0; rest /= 10)
                digits[n++] = (char) ('0' + rest % 10);
        while (n > 0)
                *p++ = digits[--n];
        *p = '\0';
}

/* As execvp(3): a file that cannot be had there is looked for further on, and a refusal is remembered. */
CHILD_FUNCTION static void execute(Child *child)
{
        bool is_refused = false;

        errno = ENOENT;
        for (char **path = child->paths; *path; path++) {
                (void) execve(*path, (char *const *) child->spec.argv, child->environment);
                if (errno == EACCES)
                        is_refused = true;
                else if (errno != ENOENT && errno != ENOTDIR && errno != ESTALE)
                        break;
        }
        if (is_refused && (errno == ENOENT || errno == ENOTDIR))
                errno = EACCES;
        (void) fail(child, "exec");
}

CHILD_FUNCTION static int child_prepare(Child *child)
{
        const SpawnSpec *spec = &child->spec;

        reset_signals(child->context->changed_signals);
        if (setsid() < 0)
                return fail(child, "session");
        if (join_cgroup(child) < 0 || set_priority(child) < 0 || set_descriptors(child) < 0)
                return -1;
        mark_others(child);
        if (set_limits(child) < 0 || set_identity(child) < 0 || set_directory(child) < 0)
                return -1;
        if (spec->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return fail(child, "no-new-privileges");
        fill_own_number(child->own_numbers[0]);
        fill_own_number(child->own_numbers[1]);
        return empty_signal_mask() < 0 ? fail(child, "signal-mask") : 0;
}

CHILD_FUNCTION int child_main(void *arg)
{
        Child *child = arg;

        if (child_prepare(child) == 0)
                execute(child);
        _exit(EXIT_FAILURE);
}
