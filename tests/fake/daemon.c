/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dbus/names.h"

typedef struct Provided {
        char *component, *value;
        FakeDaemonAct act;
} Provided;

struct FakeDaemon {
        sd_bus *bus;
        int fd; /* in BUS */
        int component_fd;
        pid_t child;
        GString *heard;
        GPtrArray *answers; /* of char * */
        GHashTable *provided;
        GPtrArray *held; /* of sd_bus_message */
};

/* What an answer of a hook is written to; owned by its slot. */
typedef struct Expected {
        FakeDaemon *daemon;
        unsigned number;
} Expected;

/* That the component has gone is no fault of ours. */
static void check(int r)
{
        if (r < 0 && r != -ECONNRESET && r != -ENOTCONN && r != -EPIPE)
                g_error("fake daemon: %s", g_strerror(-r));
}

static void free_provided(void *data)
{
        Provided *provided = data;

        g_free(provided->component);
        g_free(provided->value);
        g_free(provided);
}

static void unref_message(void *message)
{
        sd_bus_message_unref(message);
}

static void send_answer(sd_bus_message *call, const Provided *provided)
{
        gboolean is_try = sd_bus_message_is_method_call(call, NULL, "TryResolve") > 0;
        sd_bus_message *reply = NULL;
        char *path = NULL;

        if (provided && strchr(provided->component, '.')) {
                check(sd_bus_reply_method_errorf(call, provided->component, "refused: %s", provided->value));
                return;
        }
        if (!provided && !is_try) {
                check(sd_bus_reply_method_errorf(call, REEVE_ERROR_PREFIX "NotFound", "there is no such key"));
                return;
        }
        if (provided && provided->act == FAKE_DAEMON_BABBLES) {
                check(sd_bus_reply_method_return(call, "as", 2, "so", "what"));
                return;
        }
        check(sd_bus_message_new_method_return(call, &reply));
        if (is_try)
                check(sd_bus_message_append(reply, "b", provided != NULL));
        if (provided) {
                check(sd_bus_path_encode(REEVE_COMPONENT_PATH, provided->component, &path));
                check(sd_bus_message_append(reply, "oa{ss}", path, 1, "url", provided->value));
        } else
                check(sd_bus_message_append(reply, "oa{ss}", "/", 0));
        (void) sd_bus_send(sd_bus_message_get_bus(call), reply, NULL);
        sd_bus_message_unref(reply);
        free(path);
}

static void resolve(FakeDaemon *daemon, sd_bus_message *call)
{
        const char *key, *route;
        g_autofree char *id = NULL;
        Provided *provided;

        check(sd_bus_message_read(call, "ss", &key, &route));
        id = route[0] ? g_strdup_printf("%s:%s", key, route) : g_strdup(key);
        g_string_append_printf(daemon->heard, " %s\n", id);
        provided = g_hash_table_lookup(daemon->provided, id);
        switch (provided ? provided->act : FAKE_DAEMON_ANSWERS) {
        case FAKE_DAEMON_HOLDS:
                g_ptr_array_add(daemon->held, sd_bus_message_ref(call));
                return;
        case FAKE_DAEMON_CLOSES:
                sd_bus_close(daemon->bus);
                return;
        case FAKE_DAEMON_INVALIDATES_FIRST:
                fake_daemon_invalidate(daemon, NULL);
                break;
        case FAKE_DAEMON_CALLS_FIRST:
                (void) fake_daemon_call(daemon, "PostConstruct");
                break;
        default:
                break;
        }
        send_answer(call, provided);
        if (provided && provided->act == FAKE_DAEMON_INVALIDATES_THEN)
                fake_daemon_invalidate(daemon, NULL);
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        FakeDaemon *daemon = userdata;
        const char *text, *member = sd_bus_message_get_member(message);
        uint64_t number;

        if (sd_bus_message_is_method_call(message, REEVE_SESSION_INTERFACE, NULL) <= 0)
                return 0;
        g_string_append(daemon->heard, member);
        if (g_str_has_suffix(member, "Resolve")) {
                resolve(daemon, message);
                return 1;
        }
        if (strcmp(sd_bus_message_get_signature(message, 1), "t") == 0) {
                check(sd_bus_message_read(message, "t", &number));
                g_string_append_printf(daemon->heard, " %" G_GUINT64_FORMAT, number);
        }
        while (sd_bus_message_read(message, "s", &text) > 0)
                g_string_append_printf(daemon->heard, " %s", text);
        g_string_append_c(daemon->heard, '\n');
        return 1;
}

static void open_bus(FakeDaemon *daemon)
{
        sd_id128_t id;

        check(sd_id128_randomize(&id));
        check(sd_bus_new(&daemon->bus));
        check(sd_bus_set_fd(daemon->bus, daemon->fd, daemon->fd));
        check(sd_bus_set_server(daemon->bus, 1, id));
        check(sd_bus_set_anonymous(daemon->bus, 1));
        check(sd_bus_add_filter(daemon->bus, NULL, on_message, daemon));
        check(sd_bus_start(daemon->bus));
}

FakeDaemon *fake_daemon_new(void)
{
        FakeDaemon *daemon = g_new0(FakeDaemon, 1);
        g_autofree char *number = NULL;
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
                g_error("socketpair: %m");
        daemon->heard = g_string_new(NULL);
        daemon->answers = g_ptr_array_new_with_free_func(g_free);
        daemon->provided = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_provided);
        daemon->held = g_ptr_array_new_with_free_func(unref_message);
        daemon->fd = pair[0];
        daemon->component_fd = pair[1];
        open_bus(daemon);
        number = g_strdup_printf("%d", pair[1]);
        g_setenv("REEVE_BUS_FD", number, TRUE);
        return daemon;
}

void fake_daemon_free(FakeDaemon *daemon)
{
        if (!daemon)
                return;
        g_ptr_array_unref(daemon->held);
        sd_bus_close(daemon->bus);
        sd_bus_unref(daemon->bus);
        if (daemon->child > 0)
                (void) waitpid(daemon->child, NULL, 0);
        g_string_free(daemon->heard, TRUE);
        g_ptr_array_unref(daemon->answers);
        g_hash_table_unref(daemon->provided);
        g_free(daemon);
}

gboolean fake_daemon_turn(FakeDaemon *daemon)
{
        gboolean was = FALSE;
        int r;

        if (daemon->child > 0)
                return FALSE;
        while (sd_bus_is_open(daemon->bus) > 0 && (r = sd_bus_process(daemon->bus, NULL)) != 0) {
                was = TRUE;
                if (r < 0)
                        sd_bus_close(daemon->bus);
        }
        return was;
}

static _Noreturn void serve(FakeDaemon *daemon)
{
        int r = 0;

        (void) alarm(50);
        (void) close(daemon->component_fd);
        open_bus(daemon);
        while (r >= 0 && sd_bus_is_open(daemon->bus) > 0) {
                (void) fake_daemon_turn(daemon);
                if (sd_bus_is_open(daemon->bus) > 0)
                        r = sd_bus_wait(daemon->bus, UINT64_MAX);
        }
        _exit(0);
}

void fake_daemon_serve_in_child(FakeDaemon *daemon)
{
        pid_t child;

        /* An sd_bus does not cross a fork; this one has not read anything yet. */
        daemon->fd = dup(daemon->fd);
        sd_bus_close(daemon->bus);
        child = fork();
        if (daemon->fd < 0 || child < 0)
                g_error("fork: %m");
        if (child == 0)
                serve(daemon);
        (void) close(daemon->fd);
        daemon->child = child;
}

const char *fake_daemon_heard(FakeDaemon *daemon)
{
        return daemon->heard->str;
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Expected *expected = userdata;
        const sd_bus_error *refusal = sd_bus_message_get_error(reply);
        char **place = (char **) &expected->daemon->answers->pdata[expected->number];

        g_free(*place);
        *place = refusal ? g_strdup_printf("%s: %s", refusal->name, refusal->message) : g_strdup("ok");
        return 0;
}

unsigned fake_daemon_call(FakeDaemon *daemon, const char *member)
{
        Expected *expected = g_new(Expected, 1);
        sd_bus_message *call = NULL;
        sd_bus_slot *slot = NULL;

        *expected = (Expected){daemon, daemon->answers->len};
        g_ptr_array_add(daemon->answers, g_strdup(""));
        check(sd_bus_message_new_method_call(daemon->bus, &call, NULL, REEVE_PATH, REEVE_LIFECYCLE_INTERFACE, member));
        if (strstr("Bind Unbind Suspend Resume", member))
                check(sd_bus_message_append(call, "s", "db"));
        if (strstr("Bind Unbind", member))
                check(sd_bus_message_append(call, "s", "db-1"));
        if (strstr("Bind Resume", member))
                check(sd_bus_message_append(call, "a{ss}", 1, "url", "unix:/db"));
        check(sd_bus_message_append(call, "a{sv}", 2, "later", "as", 1, "x", "timeout-usec", "t", UINT64_C(30000000)));
        check(sd_bus_call_async(daemon->bus, &slot, call, on_answer, expected, UINT64_MAX));
        check(sd_bus_slot_set_destroy_callback(slot, g_free));
        check(sd_bus_slot_set_floating(slot, 1));
        sd_bus_slot_unref(slot);
        sd_bus_message_unref(call);
        return expected->number;
}

const char *fake_daemon_answer(FakeDaemon *daemon, unsigned number)
{
        return g_ptr_array_index(daemon->answers, number);
}

void fake_daemon_provide(FakeDaemon *daemon, const char *key, const char *component, const char *value)
{
        Provided *provided = g_new0(Provided, 1);

        provided->component = g_strdup(component);
        provided->value = g_strdup(value);
        g_hash_table_replace(daemon->provided, g_strdup(key), provided);
}

void fake_daemon_act(FakeDaemon *daemon, const char *key, FakeDaemonAct act)
{
        ((Provided *) g_hash_table_lookup(daemon->provided, key))->act = act;
}

void fake_daemon_let_go(FakeDaemon *daemon)
{
        for (guint i = 0; i < daemon->held->len; i++) {
                sd_bus_message *call = g_ptr_array_index(daemon->held, i);
                const char *key, *route;

                check(sd_bus_message_rewind(call, 1));
                check(sd_bus_message_read(call, "ss", &key, &route));
                send_answer(call, g_hash_table_lookup(daemon->provided, key));
        }
        g_ptr_array_set_size(daemon->held, 0);
}

void fake_daemon_invalidate(FakeDaemon *daemon, const char *key)
{
        if (key)
                check(sd_bus_emit_signal(daemon->bus, REEVE_PATH, REEVE_SESSION_INTERFACE, "Invalidated", "as", 1,
                                         key));
        else
                check(sd_bus_emit_signal(daemon->bus, REEVE_PATH, REEVE_SESSION_INTERFACE, "Invalidated", "as", 0));
}

void fake_daemon_close(FakeDaemon *daemon)
{
        sd_bus_close(daemon->bus);
}

void fake_daemon_send_raw(FakeDaemon *daemon, const void *bytes, size_t size)
{
        (void) send(daemon->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
}
