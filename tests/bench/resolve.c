/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libreeve adds to a D-Bus call, and what its cache saves: a bare sd-bus call over a socketpair, the same through
 * reeve_resolve_wait() for a key that is not kept, and for one that is. All three take turns, the servers are alike.
 *   resolve N     N turns; prints p50 and p99 in ns, and the ratios of the medians to the bare call */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "names.h"
#include "reeve.h"

/* Hits are shorter than the clock is fine. */
#define HITS 16

typedef enum Kind { BARE, MISS, HIT, KIND_N_ } Kind;

static const char *const kind_names[KIND_N_] = {"bare sd-bus call", "resolve, miss", "resolve, hit"};

static _Noreturn void die(const char *what, int r)
{
        (void) fprintf(stderr, "resolve: %s: %s\n", what, strerror(-r));
        exit(1);
}

static int on_resolve(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return sd_bus_reply_method_return(call, "oa{ss}", REEVE_COMPONENT_PATH "/db", 2, "url",
                                          "unix:/run/reeve/c/db/sql", "admin", "127.0.0.1:45123");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Resolve", "ssa{sv}", "oa{ss}", on_resolve, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static _Noreturn void serve(int fd)
{
        sd_bus *bus = NULL;
        sd_id128_t id;
        int r = sd_id128_randomize(&id);

        if (r >= 0)
                r = sd_bus_new(&bus);
        if (r >= 0)
                r = sd_bus_set_fd(bus, fd, fd);
        if (r >= 0)
                r = sd_bus_set_server(bus, 1, id);
        if (r >= 0)
                r = sd_bus_set_anonymous(bus, 1);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, REEVE_PATH, REEVE_SESSION_INTERFACE, vtable, NULL);
        while (r >= 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        _exit(0);
}

/* All ends on the processor where we are: otherwise the scheduler is what is measured. */
static void stay_here(void)
{
        cpu_set_t one;
        int cpu = sched_getcpu();

        CPU_ZERO(&one);
        CPU_SET(cpu < 0 ? 0 : (size_t) cpu, &one);
        (void) sched_setaffinity(0, sizeof(one), &one);
}

/* A server in a process of its own; what is returned is the client's end. */
static int begin_server(void)
{
        int pair[2];
        pid_t child;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                die("socketpair", -errno);
        child = fork();
        if (child < 0)
                die("fork", -errno);
        if (child == 0) {
                (void) close(pair[1]);
                serve(pair[0]);
        }
        (void) close(pair[0]);
        return pair[1];
}

static sd_bus *open_bare(void)
{
        int fd = begin_server();
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r >= 0)
                r = sd_bus_set_fd(bus, fd, fd);
        if (r >= 0)
                r = sd_bus_set_anonymous(bus, 1);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r < 0)
                die("sd-bus", r);
        return bus;
}

static reeve_component *open_component(void)
{
        reeve_component *component;
        char number[16];
        int r;

        (void) snprintf(number, sizeof(number), "%d", begin_server());
        (void) setenv("REEVE_BUS_FD", number, 1);
        r = reeve_component_new(NULL, NULL, &component);
        if (r < 0)
                die("libreeve", r);
        return component;
}

static void call_bare(sd_bus *bus, const char *route)
{
        const char *path, *name, *value;
        sd_bus_message *reply = NULL;
        int r = sd_bus_call_method(bus, NULL, REEVE_PATH, REEVE_SESSION_INTERFACE, "Resolve", NULL, &reply, "ssa{sv}",
                                   "db", route, 0);

        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "{ss}");
        while (r > 0)
                r = sd_bus_message_read(reply, "{ss}", &name, &value);
        sd_bus_message_unref(reply);
        if (r < 0)
                die("bare", r);
}

static void call_component(reeve_component *component, const char *route)
{
        reeve_resolution *resolution;
        int r = reeve_resolve_wait(component, "db", route, 0, &resolution);

        if (r < 0 || !reeve_resolution_endpoint(resolution, "url"))
                die("component", r);
        reeve_resolution_unref(resolution);
}

static uint64_t now_nsec(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
        const uint64_t *left = a, *right = b;

        return *left < *right ? -1 : *left > *right;
}

static void report(uint64_t *times[KIND_N_], size_t n)
{
        double bare = 1;

        for (int kind = 0; kind < KIND_N_; kind++) {
                double median;

                qsort(times[kind], n, sizeof(uint64_t), compare);
                median = (double) times[kind][n / 2] / (kind == HIT ? HITS : 1);
                if (kind == BARE)
                        bare = median;
                (void) printf("%-18s p50 %8.0f ns  p99 %8.0f ns  %6.3f x\n", kind_names[kind], median,
                              (double) times[kind][n * 99 / 100] / (kind == HIT ? HITS : 1), median / bare);
        }
}

int main(int argc, char **argv)
{
        size_t n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
        uint64_t *times[KIND_N_];
        reeve_component *component;
        sd_bus *bus;

        stay_here();
        bus = open_bare();
        component = open_component();
        for (int kind = 0; kind < KIND_N_; kind++)
                times[kind] = calloc(n + 1, sizeof(uint64_t));
        if (n == 0 || !times[BARE] || !times[MISS] || !times[HIT])
                die("resolve N", -EINVAL);
        for (size_t i = 0; i < n; i++) {
                uint64_t at[KIND_N_ + 1];
                char route[24];

                (void) snprintf(route, sizeof(route), "%zu", i);
                at[BARE] = now_nsec();
                call_bare(bus, route);
                at[MISS] = now_nsec();
                call_component(component, route);
                at[HIT] = now_nsec();
                for (int j = 0; j < HITS; j++)
                        call_component(component, route);
                at[KIND_N_] = now_nsec();
                for (int kind = 0; kind < KIND_N_; kind++)
                        times[kind][i] = at[kind + 1] - at[kind];
        }
        report(times, n);
        for (int kind = 0; kind < KIND_N_; kind++)
                free(times[kind]);
        reeve_component_free(component);
        sd_bus_flush_close_unref(bus);
        return 0;
}
