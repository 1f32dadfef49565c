/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two bare sd-bus peers: the least that a D-Bus call can cost.
 *   peers serve PATH      a socket there with one object of one property, named as the daemon's
 *   peers call PATH N     reads that property N times: of this server, or of the daemon; prints the median in µs */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "names.h"


static _Noreturn void die(const char *what, int r)
{
        (void) fprintf(stderr, "peers: %s: %s\n", what, strerror(-r));
        exit(1);
}

static int get_version(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", "0.1.0");
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

static void serve_one(int fd)
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
                r = sd_bus_start(bus);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, REEVE_PATH, REEVE_CONTAINER_INTERFACE, vtable, NULL);
        while (r >= 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        sd_bus_unref(bus);
}

static void serve(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        (void) snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof(address)) < 0 || listen(fd, 4) < 0)
                die(path, -errno);
        for (;;) {
                int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

                if (connection < 0)
                        die("accept", -errno);
                serve_one(connection);
        }
}

static int compare(const void *a, const void *b)
{
        const uint64_t *left = a, *right = b;

        return *left < *right ? -1 : *left > *right;
}

static uint64_t now_nsec(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * 1000000000 + (uint64_t) now.tv_nsec;
}

static void call(const char *path, size_t n)
{
        uint64_t *times = calloc(n, sizeof(uint64_t));
        sd_bus *bus = NULL;
        char address[200];
        int r = sd_bus_new(&bus);

        assert(times && n > 0);
        (void) snprintf(address, sizeof(address), "unix:path=%s", path);
        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        if (r >= 0)
                r = sd_bus_start(bus);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                uint64_t begin = now_nsec();
                char *text = NULL;

                r = sd_bus_get_property_string(bus, REEVE_BUS_NAME, REEVE_PATH, REEVE_CONTAINER_INTERFACE, "Version",
                                               NULL, &text);
                times[i] = now_nsec() - begin;
                free(text);
        }
        if (r < 0)
                die(path, r);
        qsort(times, n, sizeof(uint64_t), compare);
        (void) printf("%.2f\n", (double) times[n / 2] / 1000);
        free(times);
        sd_bus_flush_close_unref(bus);
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "serve") == 0)
                serve(argv[2]);
        else if (argc == 4 && strcmp(argv[1], "call") == 0)
                call(argv[2], strtoul(argv[3], NULL, 10));
        else
                die("peers serve PATH | peers call PATH N", -EINVAL);
        return 0;
}
