/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: every part a component can play in a scenario, well-behaved and not.
 * Does not own: judging; it appends what it does to a log and holds a lock, the tests read both. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"

#define N_TIMES 5
#define NEVER UINT64_MAX

typedef enum Flag {
        FLAG_LOG,
        FLAG_NAME,
        FLAG_READY,
        FLAG_READY_FROM_CHILD,
        FLAG_STATUS,
        FLAG_EXIT,
        FLAG_AFTER,
        FLAG_SIGNAL,
        FLAG_FAIL_FIRST,
        FLAG_EXIT_IF,
        FLAG_IGNORE_TERM,
        FLAG_TERM_EXIT,
        FLAG_STOP_SLOW,
        FLAG_STOP_SELF,
        FLAG_DOUBLE_FORK,
        FLAG_SETSID_CHILD,
        FLAG_FORK_MANY,
        FLAG_RESPAWN,
        FLAG_POLITE_CHILD,
        FLAG_FLOOD_STDOUT,
        FLAG_FLOOD_NOTIFY,
        FLAG_GARBAGE_NOTIFY,
        FLAG_NOTIFY,
        FLAG_MAINPID,
        FLAG_EXTEND,
        FLAG_CHECK_CLEAN,
        FLAG_REQUIRE_FILE,
        FLAG_CRASH_ON,
        FLAG_LISTEN,
        FLAG_SAY,
        FLAG_PROVIDERS,
        FLAG_DEPENDENTS,
        FLAG_DO,
        FLAG_DO_ON_TERM,
        FLAG_BORN,
        FLAG_POUR,
        FLAG_WATCHDOG,
        FLAG_BUS,
        FLAG_UNTIL,
        FLAG_N_,
} Flag;

/* A flag is --name or --name=value; what a value means stands beside its use. */
static const char *const flag_names[FLAG_N_] = {
        "log",          "name",         "ready",        "ready-from-child", "status",      "exit",
        "after",        "signal",       "fail-first",   "exit-if",          "ignore-term", "term-exit",
        "stop-slow",    "stop-self",    "double-fork",  "setsid-child",     "fork-many",   "respawn",
        "polite-child", "flood-stdout", "flood-notify", "garbage-notify",   "notify",      "mainpid",
        "extend",       "check-clean",  "require-file", "crash-on",         "listen",      "say",
        "providers",    "dependents",   "do",           "do-on-term",       "born",        "pour",
        "watchdog",     "bus",          "until",
};

static const char *values[FLAG_N_]; /* NULL: not given */

static uint64_t now_usec(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t) time.tv_sec * 1000000U + (uint64_t) time.tv_nsec / 1000U;
}

static uint64_t msec_of(Flag flag, uint64_t fallback)
{
        return values[flag] && *values[flag] ? strtoull(values[flag], NULL, 10) : fallback;
}

void actor_log(const char *event, const char *detail)
{
        char line[1024];
        int fd, n;

        if (!values[FLAG_LOG])
                return;
        n = snprintf(line, sizeof(line), "%llu %s %s %s\n", (unsigned long long) now_usec(), values[FLAG_NAME], event,
                     detail);
        fd = open(values[FLAG_LOG], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0 || write(fd, line, (size_t) n) != n)
                _exit(70);
        close(fd);
}

/* When this process was forked, in whole ticks: a busy machine may let it write its first line much later. */
static void log_birth(void)
{
        char text[1024] = "", *rest;
        int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
        long long ticks = 0, asleep;
        struct timespec time;

        clock_gettime(CLOCK_BOOTTIME, &time);
        asleep = (long long) time.tv_sec * 1000000 + time.tv_nsec / 1000 - (long long) now_usec();
        if (fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && (rest = strrchr(text, ')')) != NULL)
                sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lld",
                       &ticks);
        snprintf(text, sizeof(text), "%lld", ticks * 1000000 / sysconf(_SC_CLK_TCK) - asleep);
        actor_log("born", text);
        close(fd);
}

static void logged_exit(int status)
{
        char text[16];

        snprintf(text, sizeof(text), "%d", status);
        actor_log("exit", text);
        _exit(status);
}

/* Beside the log: NAME.lock is held by every process of the actor as long as one of them lives, NAME.ready is there
 * from just before READY=1 to the stop. */
static void beside(const char *name, const char *suffix, char path[static 512])
{
        const char *slash = values[FLAG_LOG] ? strrchr(values[FLAG_LOG], '/') : NULL;

        snprintf(path, 512, "%.*s/%s.%s", slash ? (int) (slash - values[FLAG_LOG]) : 1, slash ? values[FLAG_LOG] : ".",
                 name, suffix);
}

static bool is_locked(const char *name)
{
        char path[512];
        int fd;
        bool locked;

        beside(name, "lock", path);
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0)
                return false;
        locked = flock(fd, LOCK_SH | LOCK_NB) < 0; /* shared: two may look at once */
        close(fd);
        return locked;
}

static void hold_lock(void)
{
        char path[512];
        int fd;

        if (!values[FLAG_LOG])
                return;
        beside(values[FLAG_NAME], "lock", path);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
                actor_log("violation", "another incarnation lives");
}

static void check_providers(void)
{
        words_each(values[FLAG_PROVIDERS], name)
        {
                char path[512];

                beside(name, "ready", path);
                if (access(path, F_OK) < 0 || !is_locked(name))
                        actor_log("violation", name);
        }
}

static void check_dependents(void)
{
        words_each(values[FLAG_DEPENDENTS], name) if (is_locked(name)) actor_log("violation", name);
}

static void be_ready(bool is_ready)
{
        char path[512];
        int fd;

        beside(values[FLAG_NAME], "ready", path);
        if (!is_ready) {
                unlink(path);
                return;
        }
        fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (fd >= 0)
                close(fd);
        actor_log("ready", "");
        if (values[FLAG_READY_FROM_CHILD]) {
                pid_t pid = fork();

                if (pid == 0) {
                        notify_send("READY=1");
                        pause();
                }
        } else {
                notify_send("READY=1");
        }
}

static void count_attempts(void)
{
        const char *comma = strchr(values[FLAG_FAIL_FIRST], ',');
        char path[512];
        int fd;

        /* N,FILE: the first N attempts fail; FILE has a byte for each */
        snprintf(path, sizeof(path), "%s", comma + 1);
        fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0 || lseek(fd, 0, SEEK_END) >= strtol(values[FLAG_FAIL_FIRST], NULL, 10))
                return;
        if (write(fd, ".", 1) == 1)
                logged_exit(7);
}

static void on_term(int signal)
{
        actor_log(signal == SIGTERM ? "term" : "signal", strsignal(signal));
        check_dependents();
        if (values[FLAG_IGNORE_TERM])
                return;
        mischief(values[FLAG_DO_ON_TERM]);
        be_ready(false);
        if (values[FLAG_STOP_SLOW])
                usleep((useconds_t) (msec_of(FLAG_STOP_SLOW, 0) * 1000));
        logged_exit((int) msec_of(FLAG_TERM_EXIT, 0));
}

static void die_as_told(void)
{
        if (values[FLAG_SIGNAL]) {
                int number = (int) msec_of(FLAG_SIGNAL, SIGKILL);
                sigset_t set;

                actor_log("crash", "");
                signal(number, SIG_DFL);
                sigemptyset(&set);
                sigaddset(&set, number);
                sigprocmask(SIG_UNBLOCK, &set, NULL);
                raise(number);
        }
        be_ready(false);
        logged_exit((int) msec_of(FLAG_EXIT, 0));
}

static void act_once(void)
{
        if (values[FLAG_SAY])
                dprintf(STDOUT_FILENO, "%s\n", values[FLAG_SAY]);
        if (values[FLAG_STATUS]) {
                char text[512];

                snprintf(text, sizeof(text), "STATUS=%s", values[FLAG_STATUS]);
                notify_send(text);
        }
        if (values[FLAG_MAINPID])
                notify_mainpid(values[FLAG_MAINPID]);
        if (values[FLAG_NOTIFY])
                notify_send(values[FLAG_NOTIFY]);
        if (values[FLAG_GARBAGE_NOTIFY])
                notify_garbage();
        if (values[FLAG_LISTEN])
                listen_at(values[FLAG_LISTEN]);
        if (values[FLAG_DOUBLE_FORK])
                brood_double_fork();
        if (values[FLAG_SETSID_CHILD])
                brood_setsid();
        if (values[FLAG_FORK_MANY])
                brood_many((int) msec_of(FLAG_FORK_MANY, 10));
        if (values[FLAG_RESPAWN])
                brood_respawn();
        if (values[FLAG_POLITE_CHILD])
                brood_polite();
        if (values[FLAG_BUS])
                bus_serve(values[FLAG_BUS]);
        mischief(values[FLAG_DO]);
}

static bool is_flooding(void)
{
        static char block[65536];

        if (values[FLAG_FLOOD_STDOUT]) {
                memset(block, 'x', sizeof(block));
                for (size_t i = 79; i < sizeof(block); i += 80)
                        block[i] = '\n';
                (void) !write(STDOUT_FILENO, block, sizeof(block));
        }
        if (values[FLAG_FLOOD_NOTIFY])
                for (int i = 0; i < 64; i++)
                        notify_send("STATUS=flood\nWATCHDOG=1");
        return values[FLAG_FLOOD_STDOUT] || values[FLAG_FLOOD_NOTIFY];
}

static void wait_until(uint64_t moment, const sigset_t *set)
{
        uint64_t now = now_usec(), left = moment > now ? moment - now : 0;
        struct timespec wait = {0};
        int signal;

        if ((values[FLAG_CRASH_ON] || values[FLAG_UNTIL]) && left > 5000)
                left = 5000;
        if (!is_flooding())
                wait = (struct timespec){(time_t) (left / 1000000), (long) (left % 1000000) * 1000};
        signal = moment == NEVER && wait.tv_sec > 0 ? sigwaitinfo(set, NULL)
                                                                              : sigtimedwait(set, NULL, &wait);
        if (signal > 0)
                on_term(signal);
        if (values[FLAG_CRASH_ON] && access(values[FLAG_CRASH_ON], F_OK) == 0) {
                unlink(values[FLAG_CRASH_ON]);
                values[FLAG_SIGNAL] = "9";
                die_as_told();
        }
        if (values[FLAG_UNTIL] && access(values[FLAG_UNTIL], F_OK) == 0)
                die_as_told();
}

static uint64_t moment_of(Flag flag, bool is_wanted, uint64_t start)
{
        return is_wanted ? start + msec_of(flag, 0) * 1000 : NEVER;
}

/* USEC[,EVERY-MS] */
static uint64_t extend(uint64_t now)
{
        const char *comma = strchr(values[FLAG_EXTEND], ',');
        char text[64];

        snprintf(text, sizeof(text), "EXTEND_TIMEOUT_USEC=%llu", strtoull(values[FLAG_EXTEND], NULL, 10));
        notify_send(text);
        return comma ? now + strtoull(comma + 1, NULL, 10) * 1000 : NEVER;
}

/* EVERY-MS,TIMES */
static uint64_t feed(uint64_t now)
{
        static unsigned n;
        const char *comma = strchr(values[FLAG_WATCHDOG], ',');

        notify_send("WATCHDOG=1");
        return comma && ++n >= strtoul(comma + 1, NULL, 10) ? NEVER : now + msec_of(FLAG_WATCHDOG, 0) * 1000;
}

static void perform(const sigset_t *set)
{
        uint64_t start = now_usec(), times[N_TIMES];

        times[0] = moment_of(FLAG_READY, values[FLAG_READY] != NULL, start);
        times[1] = moment_of(FLAG_AFTER, (values[FLAG_EXIT] || values[FLAG_SIGNAL]) && !values[FLAG_UNTIL], start);
        times[2] = values[FLAG_EXTEND] ? start : NEVER;
        times[4] = values[FLAG_WATCHDOG] ? start : NEVER;
        times[3] = moment_of(FLAG_STOP_SELF, values[FLAG_STOP_SELF] != NULL, start);
        for (;;) {
                int next = 0;

                for (int i = 1; i < N_TIMES; i++)
                        if (times[i] < times[next])
                                next = i;
                if (times[next] > now_usec()) {
                        wait_until(times[next], set);
                        continue;
                }
                if (next == 0) {
                        be_ready(true);
                        if (values[FLAG_POUR])
                                pour(atof(values[FLAG_POUR]));
                } else if (next == 1)
                        die_as_told();
                else if (next == 2)
                        times[2] = extend(now_usec());
                else if (next == 4)
                        times[4] = feed(now_usec());
                else
                        raise(SIGSTOP);
                if (next != 2 && next != 4)
                        times[next] = NEVER;
        }
}

static void parse(int argc, char **argv)
{
        for (int i = 1; i < argc; i++) {
                const char *word = argv[i] + 2;
                size_t n = strcspn(word, "=");
                int flag = 0;

                while (flag < FLAG_N_ && (strncmp(flag_names[flag], word, n) != 0 || flag_names[flag][n]))
                        flag++;
                if (strncmp(argv[i], "--", 2) != 0 || flag == FLAG_N_) {
                        dprintf(STDERR_FILENO, "actor: %s?\n", argv[i]);
                        _exit(64);
                }
                values[flag] = word[n] ? word + n + 1 : "";
        }
        if (!values[FLAG_NAME])
                values[FLAG_NAME] = getenv("REEVE_COMPONENT") ? getenv("REEVE_COMPONENT") : "nameless";
}

int main(int argc, char **argv)
{
        char pid[16];
        sigset_t set;

        parse(argc, argv);
        if (values[FLAG_CHECK_CLEAN])
                clean_write(values[FLAG_CHECK_CLEAN], argc, argv);
        sigemptyset(&set);
        for (size_t i = 0; i < 5; i++)
                sigaddset(&set, (int[]){SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}[i]);
        sigprocmask(SIG_BLOCK, &set, NULL);
        snprintf(pid, sizeof(pid), "%d", getpid());
        actor_log("start", pid);
        if (values[FLAG_BORN])
                log_birth();
        hold_lock();
        check_providers();
        if (values[FLAG_REQUIRE_FILE] && access(values[FLAG_REQUIRE_FILE], F_OK) < 0) {
                actor_log("violation", values[FLAG_REQUIRE_FILE]);
                logged_exit(9);
        }
        if (values[FLAG_FAIL_FIRST])
                count_attempts();
        if (values[FLAG_EXIT_IF] && access(values[FLAG_EXIT_IF], F_OK) == 0)
                logged_exit(8);
        act_once();
        perform(&set);
}
