/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are what a daemon sends to a component that uses libreeve: it ends, and every question is answered once.
 * The first byte says whether authentication goes well before the rest. */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reeve.h"

#define WELCOME "OK 0123456789abcdef0123456789abcdef\r\n"
#define CHUNK 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
        if (!condition)
                abort();
}

static int on_hook(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return reeve_status(component, "called");
}

static int on_bind(reeve_component *component, const char *key, const char *provider, const reeve_endpoints *endpoints,
                   reeve_reply *reply, void *userdata)
{
        const char *name, *value;

        for (size_t i = 0; reeve_endpoints_at(endpoints, i, &name, &value) == 0; i++)
                require(strlen(name) + strlen(value) < SIZE_MAX / 2);
        return strlen(key) + strlen(provider) == SIZE_MAX;
}

static void on_invalidated(reeve_component *component, const char *const *keys, void *userdata)
{
        for (; *keys; keys++)
                (void) reeve_release(component, *keys, NULL);
}

static void on_resolved(reeve_component *component, const reeve_resolution *resolution, void *userdata)
{
        require((reeve_resolution_error(resolution) < 0) <= !reeve_resolution_is_found(resolution));
        (void) reeve_resolution_endpoint(resolution, "url");
        --*(int *) userdata;
}

static const reeve_ops ops = {.size = sizeof(ops),
                              .on_post_construct = on_hook,
                              .on_startup = on_hook,
                              .on_shutdown = on_hook,
                              .on_pre_destroy = on_hook,
                              .on_bind = on_bind,
                              .on_invalidated = on_invalidated};

static void settle(reeve_component *component, int daemon)
{
        char drained[CHUNK];
        struct pollfd pollfd = {.fd = reeve_get_fd(component), .events = POLLIN};

        do
                require(reeve_process(component) == 0);
        while (reeve_get_timeout(component) == 0 || poll(&pollfd, 1, 0) > 0);
        while (recv(daemon, drained, sizeof(drained), MSG_DONTWAIT) > 0)
                ;
}

static void feed(reeve_component *component, int daemon, const void *bytes, size_t size)
{
        for (size_t at = 0, n; at < size; at += n) {
                n = size - at < CHUNK ? size - at : CHUNK;
                (void) send(daemon, (const char *) bytes + at, n, MSG_DONTWAIT | MSG_NOSIGNAL);
                settle(component, daemon);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        reeve_component *component;
        reeve_resolution *kept = NULL;
        int n_asked = 2, pair[2];
        char number[16];

        if (size == 0)
                return 0;
        require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        (void) snprintf(number, sizeof(number), "%d", pair[1]);
        (void) setenv("REEVE_BUS_FD", number, 1);
        require(reeve_component_new(&ops, NULL, &component) == 0);
        require(reeve_resolve(component, "db", NULL, 0, on_resolved, &n_asked, NULL) == 0);
        require(reeve_try_resolve(component, "db", "x", 0, on_resolved, &n_asked, NULL) == 0);
        settle(component, pair[0]);
        if (data[0] % 2)
                feed(component, pair[0], WELCOME, strlen(WELCOME));
        feed(component, pair[0], data + 1, size - 1);
        if (reeve_resolve_cached(component, "db", NULL, &kept) == 0)
                reeve_resolution_unref(kept);
        (void) close(pair[0]);
        settle(component, -1);
        require(n_asked == 0);
        require(reeve_is_finished(component, NULL));
        reeve_component_free(component);
        return 0;
}
