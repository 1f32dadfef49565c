/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BOMB_MAX 300
#define BLOCK 65536
#define N_ORPHANS 1000

extern char **environ;

static void be_deaf(void)
{
        sigset_t set;

        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
}

static void sleep_msec(long msec)
{
        nanosleep(&(struct timespec){msec / 1000, msec % 1000 * 1000000}, NULL);
}

/* Without end, and deaf: only SIGKILL ends a flood. */
static void flood(int fd, const char *text, size_t n)
{
        static char block[BLOCK];

        for (size_t i = 0; i < BLOCK; i++)
                block[i] = text[i % n];
        be_deaf();
        for (;;)
                if (write(fd, block, BLOCK) < 0)
                        sleep_msec(10);
}

static void flood_datagrams(const char *text, size_t n, int n_fds)
{
        be_deaf();
        notify_send("READY=1");
        for (;;)
                notify_bytes(text, n, n_fds);
}

static void flood_stdout(void) { flood(STDOUT_FILENO, "a line of it\n", 13); }
static void flood_stderr(void) { flood(STDERR_FILENO, "a line of it\n", 13); }
static void flood_newlines(void) { flood(STDOUT_FILENO, "\n", 1); }
static void flood_endless(void) { flood(STDOUT_FILENO, "x", 1); }
static void flood_nul(void) { flood(STDOUT_FILENO, "\0", 1); }
static void flood_binary(void) { flood(STDOUT_FILENO, "\377\0\200\n\r\b\33[2J", 10); }
static void flood_escapes(void) { flood(STDOUT_FILENO, "\33]0;owned\7\33[2J\33[31m\33[6n\n", 23); }
static void flood_status(void) { flood_datagrams("STATUS=again", 12, 0); }
static void flood_ready(void) { flood_datagrams("READY=1", 7, 0); }
static void flood_reloading(void) { flood_datagrams("RELOADING=1", 11, 0); }
static void flood_empty(void) { flood_datagrams("", 0, 0); }
static void flood_fds(void) { flood_datagrams("FDSTORE=1", 9, 253); }
static void flood_barrier(void) { flood_datagrams("BARRIER=1", 9, 1); }
static void flood_lines(void) { flood_datagrams("\n\n\n\n\n\n\n\n", 8, 0); }

static void flood_huge(void)
{
        static char text[200000];

        memset(text, 'S', sizeof(text));
        flood_datagrams(text, sizeof(text), 0);
}

static void flood_unready(void)
{
        be_deaf();
        for (;;)
                notify_send("STATUS=never ready");
}

static void flood_noise(void)
{
        static char text[4096];
        uint32_t noise = 1;

        be_deaf();
        for (;;) {
                for (size_t i = 0; i < sizeof(text); i++)
                        text[i] = (char) ((noise = noise * 1664525 + 1013904223) >> 24);
                notify_bytes(text, noise % sizeof(text), 0);
        }
}

static void flood_hangup(void)
{
        be_deaf();
        for (int i = 0; i < 2000; i++) {
                kill(getppid(), SIGHUP);
                kill(getppid(), SIGCHLD);
                sleep_msec(1);
        }
}

static void huge_status(void)
{
        static char text[100007] = "STATUS=";

        memset(text + 7, 's', sizeof(text) - 8);
        notify_send(text);
        text[3000] = '\0';
        notify_send(text);
}

static void mainpid_of_daemon(void)
{
        char pid[16];

        snprintf(pid, sizeof(pid), "%d", getppid());
        notify_mainpid(pid);
}

/* Of whoever was started just before. */
static void mainpid_of_other(void)
{
        for (pid_t pid = getpid() - 1; pid > 1; pid--)
                if (kill(pid, 0) == 0 && getpgid(pid) != getpgid(0)) {
                        char text[16];

                        snprintf(text, sizeof(text), "%d", pid);
                        notify_mainpid(text);
                        return;
                }
}

static void mainpid_of_dying(void)
{
        char text[32];
        pid_t pid = fork();

        if (pid == 0)
                _exit(0);
        snprintf(text, sizeof(text), "MAINPID=%d", pid);
        notify_send(text);
        waitpid(pid, NULL, 0);
        notify_send(text);
}

/* Each forks two, deaf, until there are BOMB_MAX of them. */
static void bomb(void)
{
        int *n = mmap(NULL, sizeof(*n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        be_deaf();
        if (n == MAP_FAILED || fork() != 0)
                return;
        for (;;) {
                if (__atomic_add_fetch(n, 1, __ATOMIC_RELAXED) < BOMB_MAX)
                        (void) !fork();
                else
                        sleep_msec(1000);
        }
}

/* They end at once, and belong to whoever adopts them; those in between are reaped at the end. */
static void orphans(void)
{
        char text[16];
        int n = 0;

        for (int i = 0; i < N_ORPHANS; i++)
                if (fork() == 0)
                        _exit(fork() < 0);
        for (int status; wait(&status) > 0;)
                n += status == 0;
        snprintf(text, sizeof(text), "%d", n);
        actor_log("orphans", text);
}

static void stop_group(void) { kill(0, SIGSTOP); }

static void close_all(void)
{
        for (int fd = 0; fd < 64; fd++)
                close(fd);
}

static void hold_output(void)
{
        if (fork() != 0)
                return;
        setsid();
        be_deaf();
        for (;;)
                pause();
}

static void *other_thread(void *unused)
{
        (void) unused;
        sleep_msec(600);
        _exit(6);
}

/* The first thread has ended, and looks dead; the process has not. */
static void leave_a_thread(void)
{
        pthread_t thread;

        notify_send("READY=1");
        if (pthread_create(&thread, NULL, other_thread, NULL) == 0)
                pthread_exit(NULL);
}

static void odd_name(void)
{
        char *first = *environ;

        prctl(PR_SET_NAME, ") Z 1 (\n");
        memset(first, 'E', strlen(first));
        prctl(PR_SET_DUMPABLE, 0);
}

static void new_group(void)
{
        if (fork() == 0) {
                setpgid(0, 0);
                be_deaf();
                for (;;)
                        pause();
        }
}

static const char *run_directory(void)
{
        const char *path = getenv("REEVE_RUNTIME_DIR");

        return path && chdir(path) == 0 ? path : NULL;
}

static void fill_directory(void)
{
        char name[32];

        for (int i = 0; run_directory() && i < 3000; i++) {
                snprintf(name, sizeof(name), "file-%d", i);
                (void) !mkfifo(name, 0600);
        }
}

static void deep_directory(void)
{
        for (int i = 0; run_directory() && i < 400; i++)
                for (int j = 0; j <= i % 2; j++)
                        if (mkdir("d", 0700) < 0 || chdir("d") < 0)
                                return;
        for (int i = 0; i < 400; i++)
                if (mkdir("d", 0700) < 0 || chdir("d") < 0)
                        return;
}

static void odd_directory(void)
{
        if (!run_directory())
                return;
        (void) !symlink("/", "root");
        (void) !symlink("../../..", "up");
        (void) !mkdir("closed", 0);
        (void) !chmod(".", 0);
}

static void no_directory(void)
{
        const char *path = run_directory(), *socket = getenv("NOTIFY_SOCKET");

        if (!path)
                return;
        (void) !unlink(socket ? socket : "");
        (void) !rmdir(path);
}

/* A directory, with something in it, where its socket was. */
static void replace_socket(void)
{
        const char *socket = getenv("NOTIFY_SOCKET");
        char path[512];

        if (!socket)
                return;
        notify_send("READY=1");
        (void) !unlink(socket);
        snprintf(path, sizeof(path), "%s/kept", socket);
        (void) !(mkdir(socket, 0700) + mkdir(path, 0700));
}

static void no_working_directory(void)
{
        char path[512];

        if (getcwd(path, sizeof(path)))
                (void) !rmdir(path);
}

static void no_program(void)
{
        char path[512];
        ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

        path[n > 0 ? n : 0] = '\0';
        (void) !unlink(path);
}

static void spin(void)
{
        be_deaf();
        notify_send("READY=1");
        for (;;)
                __asm__ volatile("");
}

static const struct {
        const char *name;
        void (*act)(void);
} mischiefs[] = {
        {"flood-stdout", flood_stdout},
        {"flood-stderr", flood_stderr},
        {"flood-newlines", flood_newlines},
        {"flood-endless", flood_endless},
        {"flood-nul", flood_nul},
        {"flood-binary", flood_binary},
        {"flood-escapes", flood_escapes},
        {"flood-status", flood_status},
        {"flood-ready", flood_ready},
        {"flood-reloading", flood_reloading},
        {"flood-empty", flood_empty},
        {"flood-fds", flood_fds},
        {"flood-barrier", flood_barrier},
        {"flood-lines", flood_lines},
        {"flood-huge", flood_huge},
        {"flood-unready", flood_unready},
        {"flood-noise", flood_noise},
        {"flood-hangup", flood_hangup},
        {"huge-status", huge_status},
        {"mainpid-of-daemon", mainpid_of_daemon},
        {"mainpid-of-other", mainpid_of_other},
        {"mainpid-of-dying", mainpid_of_dying},
        {"bomb", bomb},
        {"orphans", orphans},
        {"deaf", be_deaf},
        {"stop-group", stop_group},
        {"close-all", close_all},
        {"hold-output", hold_output},
        {"leave-a-thread", leave_a_thread},
        {"odd-name", odd_name},
        {"new-group", new_group},
        {"fill-directory", fill_directory},
        {"deep-directory", deep_directory},
        {"odd-directory", odd_directory},
        {"no-directory", no_directory},
        {"replace-socket", replace_socket},
        {"no-working-directory", no_working_directory},
        {"no-program", no_program},
        {"spin", spin},
};

/* So many times a million bytes a second; until a signal is there to be taken. */
void pour(double rate)
{
        static char block[BLOCK];
        uint64_t n = 0;
        struct timespec begin, now;
        sigset_t pending;

        memset(block, 'p', sizeof(block));
        for (size_t i = 79; i < sizeof(block); i += 80)
                block[i] = '\n';
        clock_gettime(CLOCK_MONOTONIC, &begin);
        do {
                double passed;

                clock_gettime(CLOCK_MONOTONIC, &now);
                passed = (double) (now.tv_sec - begin.tv_sec) + (double) (now.tv_nsec - begin.tv_nsec) / 1e9;
                if ((double) n > passed * rate * 1e6)
                        sleep_msec(1);
                else if (write(STDOUT_FILENO, block, sizeof(block)) > 0)
                        n += sizeof(block);
                sigpending(&pending);
        } while (!sigismember(&pending, SIGTERM));
}

void mischief(const char *names)
{
        words_each(names, name)
        {
                size_t i = 0;

                while (i < sizeof(mischiefs) / sizeof(mischiefs[0]) && strcmp(mischiefs[i].name, name) != 0)
                        i++;
                if (i == sizeof(mischiefs) / sizeof(mischiefs[0]))
                        _exit(64);
                mischiefs[i].act();
        }
}
