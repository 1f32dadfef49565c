/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int called(reeve_component *component, reeve_reply *reply, void *userdata, const char *word)
{
        Fixture *fixture = userdata;
        int r = GPOINTER_TO_INT(g_hash_table_lookup(fixture->plans, word));

        g_string_append_printf(fixture->log, "%s ", word);
        if (r == REEVE_LATER)
                fixture->reply = reply;
        if (g_strcmp0(fixture->frees_in, word) == 0) {
                fixture->component = NULL;
                reeve_component_free(component);
        }
        return r;
}

static int on_post_construct(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return called(component, reply, userdata, "post-construct");
}

static int on_startup(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return called(component, reply, userdata, "startup");
}

static int on_shutdown(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return called(component, reply, userdata, "shutdown");
}

static int on_pre_destroy(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return called(component, reply, userdata, "pre-destroy");
}

static int on_bind(reeve_component *component, const char *key, const char *provider, const reeve_endpoints *endpoints,
                   reeve_reply *reply, void *userdata)
{
        g_string_append_printf(((Fixture *) userdata)->log, "%s=%s,%s ", key, provider,
                               reeve_endpoints_get(endpoints, "url"));
        return called(component, reply, userdata, "bind");
}

static int on_unbind(reeve_component *component, const char *key, const char *provider, reeve_reply *reply,
                     void *userdata)
{
        g_string_append_printf(((Fixture *) userdata)->log, "%s=%s ", key, provider);
        return called(component, reply, userdata, "unbind");
}

static int on_suspend(reeve_component *component, const char *key, reeve_reply *reply, void *userdata)
{
        g_string_append_printf(((Fixture *) userdata)->log, "%s ", key);
        return called(component, reply, userdata, "suspend");
}

static int on_resume(reeve_component *component, const char *key, const reeve_endpoints *endpoints, reeve_reply *reply,
                     void *userdata)
{
        g_string_append_printf(((Fixture *) userdata)->log, "%s=%s ", key, reeve_endpoints_get(endpoints, "url"));
        return called(component, reply, userdata, "resume");
}

static void on_invalidated(reeve_component *component, const char *const *keys, void *userdata)
{
        for (const char *const *key = keys; *key; key++)
                g_string_append_printf(((Fixture *) userdata)->log, "%s ", *key);
        (void) called(component, NULL, userdata, "invalidated");
}

static void on_disconnected(reeve_component *component, int error, void *userdata)
{
        g_string_append_printf(((Fixture *) userdata)->log, "%s ", g_strerror(-error));
        (void) called(component, NULL, userdata, "disconnected");
}

const reeve_ops all_hooks = {
        .size = sizeof(all_hooks),
        .on_post_construct = on_post_construct,
        .on_startup = on_startup,
        .on_shutdown = on_shutdown,
        .on_pre_destroy = on_pre_destroy,
        .on_bind = on_bind,
        .on_unbind = on_unbind,
        .on_suspend = on_suspend,
        .on_resume = on_resume,
        .on_invalidated = on_invalidated,
        .on_disconnected = on_disconnected,
};

void on_resolved(reeve_component *component, const reeve_resolution *resolution, void *userdata)
{
        Fixture *fixture = userdata;

        fixture->n_resolved++;
        reeve_resolution_unref(fixture->resolution);
        fixture->resolution = reeve_resolution_ref(resolution);
        g_string_append_printf(fixture->log, "%s ", reeve_resolution_endpoint(resolution, "url"));
        (void) called(component, NULL, userdata, "resolved");
}

void fixture_prepare(Fixture *fixture)
{
        *fixture = (Fixture){.daemon = fake_daemon_new(), .log = g_string_new(NULL)};
        fixture->plans = g_hash_table_new(g_str_hash, g_str_equal);
}

void fixture_join(Fixture *fixture, const reeve_ops *ops)
{
        assert_int_equal(reeve_component_new(ops, fixture, &fixture->component), 0);
        assert_null(g_getenv("REEVE_BUS_FD"));
        fixture_settle(fixture);
}

void fixture_init(Fixture *fixture, const reeve_ops *ops, gboolean is_inside)
{
        if (is_inside) {
                fixture_prepare(fixture);
                fixture_join(fixture, ops);
                return;
        }
        g_unsetenv("REEVE_BUS_FD");
        *fixture = (Fixture){.log = g_string_new(NULL), .plans = g_hash_table_new(g_str_hash, g_str_equal)};
        assert_int_equal(reeve_component_new(ops, fixture, &fixture->component), 0);
}

void fixture_done(Fixture *fixture)
{
        reeve_component_free(fixture->component);
        fake_daemon_free(fixture->daemon);
        reeve_resolution_unref(fixture->resolution);
        g_string_free(fixture->log, TRUE);
        g_hash_table_unref(fixture->plans);
}

static gboolean turn_component(reeve_component *component)
{
        struct pollfd pollfd = {.fd = reeve_get_fd(component), .events = (short) reeve_get_events(component)};

        if (poll(&pollfd, 1, 0) == 0 && reeve_get_timeout(component) > (uint64_t) g_get_monotonic_time())
                return FALSE;
        assert_int_equal(reeve_process(component), 0);
        return TRUE;
}

void fixture_settle(Fixture *fixture)
{
        gboolean was;

        do {
                was = fixture->daemon && fake_daemon_turn(fixture->daemon);
                was |= fixture->component && turn_component(fixture->component);
        } while (was);
}

void fixture_plan(Fixture *fixture, const char *word, int r)
{
        g_hash_table_insert(fixture->plans, (char *) word, GINT_TO_POINTER(r));
}

const char *fixture_call(Fixture *fixture, const char *member)
{
        unsigned number = fake_daemon_call(fixture->daemon, member);

        fixture_settle(fixture);
        return fake_daemon_answer(fixture->daemon, number);
}

int notify_open(void)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        socklen_t size = sizeof(address);
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        char name[sizeof(address.sun_path) + 1];

        /* The kernel chooses a free abstract name. */
        assert_int_equal(bind(fd, (struct sockaddr *) &address, sizeof(sa_family_t)), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *) &address, &size), 0);
        g_snprintf(name, sizeof(name), "@%.*s", (int) (size - sizeof(sa_family_t) - 1), address.sun_path + 1);
        g_setenv("NOTIFY_SOCKET", name, TRUE);
        return fd;
}

char *notify_read(int fd)
{
        char buffer[8192];
        ssize_t n = recv(fd, buffer, sizeof(buffer), 0);

        return g_strndup(buffer, n < 0 ? 0 : (gsize) n);
}
