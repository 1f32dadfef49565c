/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus.h"

#include <string.h>
#include <sys/socket.h>

#include "dbus/names.h"
#include "link.h"
#include "peer.h"

/* Turns of both ends without anything to do before they are given up. */
#define IDLE_TURNS_MAX 16

/* Both ends of one connection, in one thread and without a loop: what is printed is what introspection gives. */
typedef struct Pair {
        sd_bus *client, *server; /* the server's: the link's, where there is one, else owned */
        Link *link;
        GString *out;
        int result; /* 1: no answer yet */
} Pair;

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Pair *pair = userdata;
        const char *text;
        int r = -sd_bus_message_get_errno(reply);

        if (sd_bus_message_is_method_error(reply, NULL)) {
                pair->result =
                        sd_bus_message_is_method_error(reply, SD_BUS_ERROR_UNKNOWN_OBJECT) ? -ENOENT : MIN(r, -1);
                return 0;
        }
        r = sd_bus_message_read(reply, "s", &text);
        if (r >= 0)
                g_string_append(pair->out, text);
        pair->result = MIN(r, 0);
        return 0;
}

static int start(sd_bus *connection, int *fd)
{
        int r = sd_bus_set_fd(connection, *fd, *fd);

        if (r < 0)
                return r;
        *fd = -1;
        return sd_bus_start(connection);
}

static void ignore_link(Link *link, void *userdata)
{
}

static int serve_link(Pair *pair, sd_event *event, int fd)
{
        static const BusContext nothing = {0};
        static const LinkHandlers handlers = {.on_ready = ignore_link, .on_turn = ignore_link, .on_end = ignore_link};
        static const sd_id128_t id = SD_ID128_NULL;
        int r = link_new_peer(&nothing, event, fd, &id, 1, &handlers, pair, &pair->link);

        if (r >= 0)
                pair->server = pair->link->pump.connection;
        return r;
}

/* What a component sees on its own connection. */
static int serve_session(Pair *pair, int fd)
{
        autofd own = fd;
        int r = sd_bus_new(&pair->server);

        if (r >= 0)
                r = sd_bus_set_server(pair->server, 1, SD_ID128_NULL);
        if (r >= 0)
                r = api_session_register(NULL, pair->server);
        return r < 0 ? r : start(pair->server, &own);
}

static int make_pair(Pair *pair, sd_event *event, bool is_session)
{
        int fds[2];
        autofd near = -1;
        int r;

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
                return -errno;
        near = fds[0];
        r = is_session ? serve_session(pair, fds[1]) : serve_link(pair, event, fds[1]);
        if (r >= 0)
                r = sd_bus_new(&pair->client);
        return r < 0 ? r : start(pair->client, &near);
}

static int run(Pair *pair)
{
        for (unsigned n_idle = 0; pair->result > 0 && n_idle < IDLE_TURNS_MAX; n_idle++) {
                int near = sd_bus_process(pair->client, NULL), far = sd_bus_process(pair->server, NULL);

                if (near < 0 || far < 0)
                        return near < 0 ? near : far;
                if (near > 0 || far > 0)
                        n_idle = 0;
        }
        return pair->result > 0 ? -EIO : pair->result;
}

static int ask(Pair *pair, const char *path)
{
        int r;

        r = sd_bus_call_method_async(pair->client, NULL, NULL, path, "org.freedesktop.DBus.Introspectable",
                                     "Introspect", on_answer, pair, NULL);
        return r < 0 ? r : run(pair);
}

int bus_introspect(const char *path, GString *out)
{
        Pair pair = {.out = out, .result = 1};
        sd_event *event = NULL;
        bool is_session = strcmp(path, "session") == 0;
        int r;

        if (is_session)
                path = REEVE_PATH;
        if (!sd_bus_object_path_is_valid(path))
                return -EINVAL;
        r = sd_event_new(&event);
        if (r >= 0)
                r = make_pair(&pair, event, is_session);
        if (r >= 0)
                r = ask(&pair, path);
        sd_bus_close(pair.client);
        sd_bus_unref(pair.client);
        if (!pair.link) {
                sd_bus_close(pair.server);
                sd_bus_unref(pair.server);
        }
        link_free(pair.link);
        sd_event_unref(event);
        return r < 0 ? r : 0;
}
