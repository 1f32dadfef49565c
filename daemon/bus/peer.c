/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "peer.h"

#include <string.h>
#include <sys/epoll.h>

#include "dbus/names.h"
#include "os/loop.h"
#include "resolving.h"

#define NAME_BYTES_MAX 255
/* Messages that are still heard of a component that has ended. */
#define LAST_WORDS_MAX 256
/* Whoever says more than a turn holds (PUMP_MESSAGES_A_TURN) has that long to wait: a component that floods costs
 * neither the others nor the processor (P19, P30). */
#define PAUSE_USEC (20 * 1000)

struct PeerSet {
        const BusContext *context; /* borrowed */
        sd_event *event;
        sd_id128_t server;
        SessionSeam seam;
        GHashTable *peers;         /* owned */
        GHashTable *by_node;       /* of component → Peer, the one that is open */
};

static const char *const hook_members[HOOK_N_] = {
        [HOOK_POST_CONSTRUCT] = "PostConstruct",
        [HOOK_STARTUP] = "Startup",
        [HOOK_SHUTDOWN] = "Shutdown",
        [HOOK_PRE_DESTROY] = "PreDestroy",
};

static void peer_free(void *data)
{
        Peer *peer = data;

        /* Of the loop's end: nobody says so to the session, which outlives this then. */
        if (peer->session)
                session_lost(peer->session, "is left alone");
        resolving_forget(&peer->resolving);
        sd_event_source_disable_unref(peer->first);
        sd_bus_slot_unref(peer->call);
        pump_done(&peer->pump);
        close_descriptor(&peer->fd);
        g_free(peer);
}

static void on_pump_ready(void *userdata)
{
        Peer *peer = userdata;

        if (peer->session)
                session_connected(peer->session);
}

static void on_pump_turn(void *userdata)
{
}

/* What it waits for is of no use any more; nor is anything to be told to it. */
static void peer_detach(Peer *peer)
{
        gpointer node = GUINT_TO_POINTER(peer->node);

        resolving_forget(&peer->resolving);
        if (g_hash_table_lookup(peer->set->by_node, node) == peer)
                (void) g_hash_table_remove(peer->set->by_node, node);
}

static const char *describe_loss(const Peer *peer, int error)
{
        if (peer->fault)
                return peer->fault;
        if (error == -ENOMEM)
                return "has a connection that there is no memory for";
        return error == 0 || error == -ECONNRESET || error == -EPIPE ? "closed its connection"
                                                                     : "sent what is not D-Bus over its connection";
}

static void peer_end(Peer *peer, int error)
{
        Session *session = g_steal_pointer(&peer->session);

        peer_detach(peer);
        if (session)
                session_lost(session, describe_loss(peer, error));
        (void) g_hash_table_remove(peer->set->peers, peer); /* frees it */
}

static void on_pump_end(void *userdata)
{
        Peer *peer = userdata;

        peer_end(peer, peer->pump.error);
}

static const PumpHandlers pump_handlers = {.on_ready = on_pump_ready, .on_turn = on_pump_turn, .on_end = on_pump_end};

/* One that has let too much pile up. */
static bool cut_off_deaf(Peer *peer)
{
        if (pump_queued(&peer->pump) <= PEER_QUEUED_MAX)
                return false;
        peer->fault = "does not read what comes over its connection";
        pump_end(&peer->pump);
        return true;
}

/* sd-bus refuses an interface that there is not in words that repeat its name, however long that is: as much would pile
 * up with each answer as was sent. What a D-Bus name may be in length none of ours is. */
static bool is_echoing(sd_bus_message *message)
{
        const char *interface = NULL;

        if (!sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "GetAll"))
                return false;
        if (sd_bus_message_read(message, "s", &interface) > 0 && strlen(interface) > NAME_BYTES_MAX)
                return true;
        (void) sd_bus_message_rewind(message, 1);
        return false;
}

/* Every message passes here first, also those that sd-bus answers by itself. */
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Peer *peer = userdata;

        if (!peer->session)
                return 1; /* not to be answered */
        if (cut_off_deaf(peer))
                return 1;
        return is_echoing(message) ? sd_bus_error_set(error, SD_BUS_ERROR_UNKNOWN_INTERFACE, "Unknown interface") : 0;
}

static int configure(Peer *peer, sd_bus *connection)
{
        int r = sd_bus_set_fd(connection, peer->fd, peer->fd);

        if (r < 0)
                return r;
        peer->fd = -1;
        r = sd_bus_set_server(connection, 1, peer->set->server);
        /* Or clients that name their uid are turned away: it is not the one that the kernel has for the pair. */
        if (r >= 0)
                r = sd_bus_set_anonymous(connection, 1);
        if (r >= 0)
                r = sd_bus_negotiate_fds(connection, 0);
        if (r >= 0)
                r = sd_bus_start(connection);
        return r < 0 ? r : 0;
}

/* Not before it says something: sd-bus gives up one that is silent for a minute and a half, and a program may take its
 * time. Many never speak at the same time either, so this is also what an idle one costs. */
static int peer_begin(Peer *peer)
{
        sd_bus *connection = NULL;
        int r = sd_bus_new(&connection);

        peer->first = sd_event_source_disable_unref(peer->first);
        if (r < 0)
                return r;
        r = configure(peer, connection);
        if (r < 0) {
                sd_bus_close_unref(connection);
                return r;
        }
        r = pump_init(&peer->pump, peer->set->event, connection, &pump_handlers, peer);
        peer->pump.pause_usec = PAUSE_USEC;
        if (r >= 0)
                r = sd_bus_add_filter(connection, NULL, on_message, peer);
        if (r >= 0)
                r = api_session_register(peer, connection);
        if (r < 0)
                pump_done(&peer->pump);
        return r;
}

static int on_first(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Peer *peer = userdata;
        int r = peer_begin(peer);

        if (r < 0)
                peer_end(peer, r);
        return 0;
}

static int peer_open(Session *session, int fd, void *userdata, Peer **ret)
{
        PeerSet *set = userdata;
        autofd own = fd;
        Peer *peer = g_new0(Peer, 1);
        int r;

        peer->set = set;
        peer->context = set->context;
        peer->node = session_node(session);
        peer->fd = own;
        own = -1;
        r = sd_event_add_io(set->event, &peer->first, fd, EPOLLIN, on_first, peer);
        if (r >= 0)
                r = sd_event_source_set_priority(peer->first, LOOP_PRIORITY_BUS);
        if (r < 0) {
                peer_free(peer);
                return r;
        }
        peer->session = session;
        (void) g_hash_table_add(set->peers, peer);
        g_hash_table_replace(set->by_node, GUINT_TO_POINTER(peer->node), peer);
        *ret = peer;
        return 0;
}

/* Object, interface or method: sd-bus, GDBus and others differ in which of them they miss. */
static bool is_absent(const sd_bus_error *error)
{
        return sd_bus_error_has_names(error, SD_BUS_ERROR_UNKNOWN_METHOD, SD_BUS_ERROR_UNKNOWN_OBJECT,
                                      SD_BUS_ERROR_UNKNOWN_INTERFACE);
}

static int on_answer(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        Peer *peer = userdata;
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        g_autofree char *text = NULL;

        peer->call = sd_bus_slot_unref(peer->call);
        if (!peer->session)
                return 0;
        if (!error) {
                session_answer(peer->session, ANSWER_DONE, NULL);
        } else if (is_absent(error)) {
                session_answer(peer->session, ANSWER_NONE, NULL);
        } else {
                text = g_strdup_printf("%s%s%s", error->name, error->message && *error->message ? ": " : "",
                                       error->message ? error->message : "");
                session_answer(peer->session, ANSWER_ERROR, text);
        }
        return 0;
}

uint64_t peer_tellable(uint64_t usec)
{
        unsigned char bytes[sizeof(usec)];

        memcpy(bytes, &usec, sizeof(usec));
        for (size_t i = 0; i + 1 < sizeof(bytes); i++)
                if (bytes[i] == '\r' && bytes[i + 1] == '\n')
                        bytes[i]--;
        memcpy(&usec, bytes, sizeof(usec));
        return usec;
}

static int append_details(sd_bus_message *message, uint64_t timeout_usec)
{
        int r = sd_bus_message_open_container(message, 'a', "{sv}");

        if (r >= 0 && timeout_usec != UINT64_MAX)
                r = sd_bus_message_append(message, "{sv}", "timeout-usec", "t", peer_tellable(timeout_usec));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int peer_call(Peer *peer, Hook hook, uint64_t timeout_usec)
{
        sd_bus_message *message = NULL;
        int r = sd_bus_message_new_method_call(peer->pump.connection, &message, NULL, REEVE_PATH,
                                               REEVE_LIFECYCLE_INTERFACE, hook_members[hook]);

        if (r >= 0)
                r = append_details(message, timeout_usec);
        if (r >= 0) /* the deadline is the core's */
                r = sd_bus_call_async(peer->pump.connection, &peer->call, message, on_answer, peer, UINT64_MAX);
        sd_bus_message_unref(message);
        if (r == -ECONNRESET || r == -EPIPE || r == -ENOTCONN)
                return 0; /* its end is told in a moment, or that of the component */
        return r < 0 ? r : 0;
}

static void peer_forget(Peer *peer)
{
        peer->call = sd_bus_slot_unref(peer->call);
}

static void peer_drain(Peer *peer)
{
        if (peer->first && peer_begin(peer) < 0)
                return; /* and it is gone in a moment */
        pump_read(&peer->pump, LAST_WORDS_MAX);
}

static void peer_close(Peer *peer)
{
        peer->session = NULL;
        peer_detach(peer);
        peer_forget(peer);
        if (peer->pump.connection)
                pump_end(&peer->pump);
        else
                (void) g_hash_table_remove(peer->set->peers, peer); /* frees it */
}

static const SessionOps ops = {
        .open = peer_open, .call = peer_call, .forget = peer_forget, .drain = peer_drain, .close = peer_close,
};

static int send_invalidated(Peer *peer, const char *const *keys)
{
        sd_bus_message *signal = NULL;
        int r = sd_bus_message_new_signal(peer->pump.connection, &signal, REEVE_PATH, REEVE_SESSION_INTERFACE,
                                          "Invalidated");

        if (r >= 0)
                r = sd_bus_message_append_strv(signal, (char **) keys);
        if (r >= 0)
                r = sd_bus_send(peer->pump.connection, signal, NULL);
        sd_bus_message_unref(signal);
        return r;
}

/* A component that could not be told would go on with what is no longer true. */
static void on_invalidated(uint32_t requester, const char *const *keys, void *userdata)
{
        static const char *const everything[] = {NULL};
        PeerSet *set = userdata;
        Peer *peer = g_hash_table_lookup(set->by_node, GUINT_TO_POINTER(requester));

        if (!peer || !peer->pump.connection || peer->pump.is_ended || cut_off_deaf(peer))
                return;
        if (send_invalidated(peer, keys ? keys : everything) < 0)
                pump_end(&peer->pump);
}

int peer_set_new(const BusContext *context, sd_event *event, PeerSet **ret)
{
        g_autoptr(PeerSet) set = g_new0(PeerSet, 1);
        int r = sd_id128_randomize(&set->server);

        set->context = context;
        set->event = event;
        set->peers = g_hash_table_new_full(NULL, NULL, peer_free, NULL);
        set->by_node = g_hash_table_new(NULL, NULL);
        set->seam = (SessionSeam){.ops = &ops, .userdata = set};
        if (r < 0)
                return r;
        container_set_sessions(context->container, &set->seam);
        container_on_invalidated(context->container, on_invalidated, set);
        *ret = g_steal_pointer(&set);
        return 0;
}

void peer_set_free(PeerSet *set)
{
        if (!set)
                return;
        container_set_sessions(set->context->container, NULL);
        container_on_invalidated(set->context->container, NULL, NULL);
        g_hash_table_unref(set->peers);
        g_hash_table_unref(set->by_node);
        g_free(set);
}
