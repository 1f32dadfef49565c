/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The floor of the figures: the least that starts processes in the order of a graph, waits for READY=1 of each, starts
 * again what dies, and stops all in the reverse order, waiting at every edge. No supervisor with one loop can do less.
 *   floor [--cgroups DIRECTORY] N EDGES PROGRAM [ARGUMENT...]
 * EDGES: a file of "dependent dependency" numbers. READY=1 to NOTIFY_SOCKET when all are up; SIGTERM stops, then it
 * prints JSON. */
#include "floor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIDS_MAX (4 * 1024 * 1024 + 1)
#define EVENTS 64

enum { UP, DOWN };
enum { TOKEN_NOTIFY = 1u << 30, TOKEN_TERM, TOKEN_STATUS };

static _Noreturn void die(const char *what, int error)
{
        (void) fprintf(stderr, "floor: %s: %s\n", what, strerror(error < 0 ? -error : error));
        exit(1);
}

static uint64_t now_usec(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000;
}

static void watch(const Floor *floor, int fd, uint32_t token)
{
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = token};

        if (epoll_ctl(floor->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
                die("epoll", errno);
}

static void start(Floor *floor, uint32_t i)
{
        int r = floor_spawn(floor, i);

        if (r < 0)
                die(floor->argv[0], r);
        watch(floor, floor->parts[i].pidfd, i);
}

/* I has settled: its neighbours in that direction wait for one less. */
static void settle(Floor *floor, uint32_t i, int direction)
{
        const Part *part = &floor->parts[i];

        floor->n_left--;
        for (uint32_t k = 0; k < part->n[direction]; k++) {
                uint32_t other = floor->edges[direction][part->first[direction] + k];

                if (--floor->parts[other].n_pending == 0)
                        floor->stack[floor->n_stack++] = other;
        }
}

static void on_notify(Floor *floor)
{
        for (;;) {
                char text[256], control[CMSG_SPACE(sizeof(struct ucred))] __attribute__((aligned(8)));
                struct iovec vector = {.iov_base = text, .iov_len = sizeof(text)};
                struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                                         .msg_controllen = sizeof(control)};
                struct ucred who;
                uint32_t i;

                if (recvmsg(floor->notify, &message, MSG_DONTWAIT) < 0)
                        return;
                if (!CMSG_FIRSTHDR(&message))
                        continue;
                memcpy(&who, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(who));
                i = floor->by_pid[who.pid];
                if (i == 0 || floor->parts[i - 1].is_ready)
                        continue;
                floor->parts[i - 1].is_ready = true;
                if (!floor->is_stopping && floor->n_left > 0)
                        settle(floor, i - 1, UP);
        }
}

static void on_end(Floor *floor, uint32_t i)
{
        siginfo_t info;

        if (waitid((idtype_t) P_PIDFD, (id_t) floor->parts[i].pidfd, &info, WEXITED) < 0)
                die("waitid", errno);
        floor_forget(floor, i);
        if (floor->is_stopping)
                settle(floor, i, DOWN);
        else
                start(floor, i);
}

static void begin(Floor *floor, int direction)
{
        floor->n_left = floor->n_parts;
        floor->n_stack = 0;
        for (uint32_t i = floor->n_parts; i-- > 0;) {
                Part *part = &floor->parts[i];

                part->n_pending = part->n[direction == UP ? DOWN : UP];
                if (part->n_pending == 0)
                        floor->stack[floor->n_stack++] = i;
        }
}

static void on_status(const Floor *floor)
{
        char text[64];
        int fd = accept4(floor->status, NULL, NULL, SOCK_CLOEXEC);
        int n = snprintf(text, sizeof(text), "%u of %u ready\n", floor->n_parts - floor->n_left, floor->n_parts);

        (void) !write(fd, text, (size_t) n);
        (void) close(fd);
}

static bool turn(Floor *floor, int timeout)
{
        struct epoll_event events[EVENTS];
        int n = epoll_wait(floor->epoll, events, EVENTS, timeout);
        bool is_told = false;

        for (int k = 0; k < n; k++)
                if (events[k].data.u32 == TOKEN_NOTIFY)
                        on_notify(floor);
                else if (events[k].data.u32 == TOKEN_STATUS)
                        on_status(floor);
                else if (events[k].data.u32 == TOKEN_TERM)
                        is_told = true;
                else
                        on_end(floor, events[k].data.u32);
        return is_told;
}

static void start_all(Floor *floor)
{
        begin(floor, UP);
        while (floor->n_left > 0) {
                /* Its queue holds ten: who finds it full has to wait for us. */
                if (floor->n_stack > 0) {
                        start(floor, floor->stack[--floor->n_stack]);
                        on_notify(floor);
                } else
                        (void) turn(floor, -1);
        }
}

static void stop_all(Floor *floor)
{
        floor->is_stopping = true;
        begin(floor, DOWN);
        while (floor->n_left > 0) {
                while (floor->n_stack > 0) {
                        int pidfd = floor->parts[floor->stack[--floor->n_stack]].pidfd;

                        (void) syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0);
                }
                (void) turn(floor, -1);
        }
}

static void read_edges(Floor *floor, const char *path)
{
        FILE *file = fopen(path, "re");
        uint32_t from, to, n = 0, n_max = 1024, *pairs = malloc(2 * n_max * sizeof(*pairs));

        if (!file || !pairs)
                die(path, errno);
        while (fscanf(file, "%" SCNu32 " %" SCNu32, &from, &to) == 2) {
                if (from >= floor->n_parts || to >= floor->n_parts)
                        die(path, ERANGE);
                if (n == n_max) {
                        n_max *= 2;
                        pairs = realloc(pairs, 2 * n_max * sizeof(*pairs));
                        assert(pairs);
                }
                pairs[2 * n] = from;
                pairs[2 * n + 1] = to;
                n++;
        }
        (void) fclose(file);
        for (int direction = UP; direction <= DOWN; direction++) {
                int self = direction == UP ? 1 : 0;
                uint32_t sum = 0;

                floor->edges[direction] = calloc(n + 1, sizeof(uint32_t));
                assert(floor->edges[direction]);
                for (uint32_t k = 0; k < n; k++)
                        floor->parts[pairs[2 * k + (uint32_t) self]].n[direction]++;
                for (uint32_t i = 0; i < floor->n_parts; i++) {
                        floor->parts[i].first[direction] = sum;
                        sum += floor->parts[i].n[direction];
                        floor->parts[i].n[direction] = 0;
                }
                for (uint32_t k = 0; k < n; k++) {
                        Part *part = &floor->parts[pairs[2 * k + (uint32_t) self]];
                        uint32_t at = part->first[direction] + part->n[direction]++;

                        floor->edges[direction][at] = pairs[2 * k + 1 - (uint32_t) self];
                }
        }
        free(pairs);
}

static int listen_at(const char *path, int type, struct sockaddr_un *address)
{
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;

        *address = (struct sockaddr_un){.sun_family = AF_UNIX};
        (void) snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
        (void) unlink(path);
        if (fd < 0 || bind(fd, (struct sockaddr *) address, sizeof(*address)) < 0)
                die(path, errno);
        if (type == SOCK_DGRAM && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0)
                die("SO_PASSCRED", errno);
        if (type != SOCK_DGRAM && listen(fd, 16) < 0)
                die("listen", errno);
        return fd;
}

static void open_all(Floor *floor)
{
        static char notify[128];
        static char *environment[] = {notify, NULL};
        const char *directory = getenv("FLOOR_DIRECTORY");
        struct sockaddr_un address;
        char path[100];
        sigset_t set;

        if (!directory)
                die("FLOOR_DIRECTORY", ENOENT);
        (void) snprintf(path, sizeof(path), "%s/notify", directory);
        (void) snprintf(notify, sizeof(notify), "NOTIFY_SOCKET=%s", path);
        floor->environment = environment;
        floor->epoll = epoll_create1(EPOLL_CLOEXEC);
        floor->notify = listen_at(path, SOCK_DGRAM, &address);
        (void) snprintf(path, sizeof(path), "%s/status", directory);
        floor->status = listen_at(path, SOCK_SEQPACKET, &address);
        (void) sigemptyset(&set);
        (void) sigaddset(&set, SIGTERM);
        (void) sigprocmask(SIG_BLOCK, &set, NULL);
        floor->term = signalfd(-1, &set, SFD_CLOEXEC);
        watch(floor, floor->notify, TOKEN_NOTIFY);
        watch(floor, floor->status, TOKEN_STATUS);
        watch(floor, floor->term, TOKEN_TERM);
}

static void announce(void)
{
        const char *path = getenv("NOTIFY_SOCKET");
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (!path)
                return;
        (void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        if (sendto(fd, "READY=1", 7, 0, (struct sockaddr *) &address, sizeof(address)) < 0)
                die(path, errno);
        (void) close(fd);
}

int main(int argc, char **argv)
{
        uint64_t entry = now_usec(), ready, told;
        bool has_cgroups = argc > 2 && strcmp(argv[1], "--cgroups") == 0;
        char **words = argv + (has_cgroups ? 3 : 1);
        Floor floor = {.cgroups = -1};
        struct rusage usage;

        if (argc < (has_cgroups ? 6 : 4))
                die("floor [--cgroups DIRECTORY] N EDGES PROGRAM [ARGUMENT...]", EINVAL);
        floor.n_parts = (uint32_t) strtoul(words[0], NULL, 10);
        floor.argv = words + 2;
        floor.parts = calloc(floor.n_parts, sizeof(Part));
        floor.stack = calloc(floor.n_parts, sizeof(uint32_t));
        floor.by_pid = calloc(PIDS_MAX, sizeof(uint32_t));
        assert(floor.n_parts > 0 && floor.parts && floor.stack && floor.by_pid);
        if (has_cgroups && (floor.cgroups = floor_open_cgroups(argv[2])) < 0)
                die(argv[2], floor.cgroups);
        read_edges(&floor, words[1]);
        open_all(&floor);

        start_all(&floor);
        ready = now_usec();
        announce();
        while (!turn(&floor, -1))
                continue;
        told = now_usec();
        stop_all(&floor);
        (void) getrusage(RUSAGE_SELF, &usage);
        (void) printf("{\"start_usec\": %" PRIu64 ", \"stop_usec\": %" PRIu64
                      ", \"cpu_usec\": %" PRIu64 ", \"rss_kib\": %ld}\n",
                      ready - entry, now_usec() - told,
                      (uint64_t) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                              (uint64_t) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec),
                      usage.ru_maxrss);
        if (floor.cgroups >= 0)
                floor_close_cgroups(&floor, argv[2]);
        free(floor.parts);
        free(floor.stack);
        free(floor.by_pid);
        free(floor.edges[UP]);
        free(floor.edges[DOWN]);
        return 0;
}
