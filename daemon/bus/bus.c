/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus.h"

#include <unistd.h>

#include "api.h"
#include "base/log.h"
#include "link.h"
#include "listener.h"
#include "peer.h"
#include "public_bus.h"
#include "resolution.h"

/* A user's clients on the private socket, and those of them that have not said who they are yet: of these the oldest
 * makes room for the newest, so that silent ones keep nobody out (P31). */
#define PEERS_MAX 64
#define PEERS_UNAUTHENTICATED_MAX 16
#define FAREWELL_USEC (100 * 1000)
#define NEWS_PAUSE_USEC 1000

struct Bus {
        BusContext context;
        char *address;
        sd_event *event; /* borrowed */
        sd_id128_t server;
        Listener *listener;
        PublicBus *public_bus;
        GPtrArray *peers; /* of Link, oldest first */
        PeerSet *components;
        uint64_t n_accepted;
        sd_event_source *news; /* one-shot: signals are due */
        bool is_news_due;
        sd_event_source *after; /* each turn of the loop */
        guint n_changes;        /* that were there then, */
        uint64_t last_change;   /* and the newest of them */
};

static void set_news_due(Bus *bus, uint64_t delay)
{
        if (bus->is_news_due)
                return;
        bus->is_news_due = true;
        (void) sd_event_source_set_time(bus->news, clock_monotonic() + delay);
        (void) sd_event_source_set_enabled(bus->news, SD_EVENT_ONESHOT);
}

static void for_each_link(Bus *bus, void (*visit)(Link *link, void *userdata), void *userdata)
{
        Link *public_link = public_bus_link(bus->public_bus);

        for (guint i = 0; i < bus->peers->len; i++)
                visit(g_ptr_array_index(bus->peers, i), userdata);
        if (public_link)
                visit(public_link, userdata);
}

static void tell_news(Link *link, void *userdata)
{
        bool *has_more = userdata;

        if (news_tell(&link->news, link))
                *has_more = true;
}

static int on_news(sd_event_source *source, uint64_t usec, void *userdata)
{
        Bus *bus = userdata;
        bool has_more = false;

        bus->is_news_due = false;
        for_each_link(bus, tell_news, &has_more);
        /* A pause instead of at once: what has a lower priority in the loop gets its turn too. */
        if (has_more)
                set_news_due(bus, NEWS_PAUSE_USEC);
        return 0;
}

/* After reading and writing: a link that could take no more may now, and one that just subscribed may be behind. */
static void on_link_turn(Link *link, void *userdata)
{
        if (news_is_due(&link->news, link) && pump_queued(&link->pump) < NEWS_QUEUED_MAX / 2)
                set_news_due(userdata, 0);
}

static void ask_if_subscribed(Link *link, void *userdata)
{
        bool *any = userdata;

        *any = *any || link->news.is_subscribed;
}

static void answer(Link *link, void *userdata)
{
        api_container_answer(link);
}

static void mark_node(Link *link, void *userdata)
{
        news_mark(&link->news, link, *(const uint32_t *) userdata);
}

static void on_event(const RunEvent *event, void *userdata)
{
        Bus *bus = userdata;
        uint32_t node = event->node;
        bool any = false;

        if (run_event_is_hint(event->kind))
                for_each_link(bus, mark_node, &node);
        if (event->kind == RUN_CONTAINER &&
            (event->container_to == CONTAINER_STOPPED || event->container_to == CONTAINER_FAILED))
                for_each_link(bus, answer, NULL);
        if (bus->is_news_due)
                return;
        for_each_link(bus, ask_if_subscribed, &any);
        if (any)
                set_news_due(bus, 0);
}

static void ask_about_changes(Link *link, void *userdata)
{
        link->news.are_changes_due = link->news.is_subscribed;
}

/* Changes go without an event, when their time is over: a list that is shorter, or has another end, says it. */
static int after_turn(sd_event_source *source, void *userdata)
{
        Bus *bus = userdata;
        const GPtrArray *changes = container_changes(bus->context.container);
        const Change *last = changes->len > 0 ? g_ptr_array_index(changes, changes->len - 1) : NULL;
        uint64_t last_id = last ? last->id : 0;

        if (changes->len == bus->n_changes && last_id == bus->last_change)
                return 0;
        bus->n_changes = changes->len;
        bus->last_change = last_id;
        for_each_link(bus, ask_about_changes, NULL);
        set_news_due(bus, 0);
        return 0;
}

static void on_peer_ready(Link *link, void *userdata)
{
}

static void on_peer_end(Link *link, void *userdata)
{
        Bus *bus = userdata;

        (void) g_ptr_array_remove(bus->peers, link); /* frees it */
}

static const LinkHandlers peer_handlers = {.on_ready = on_peer_ready, .on_turn = on_link_turn, .on_end = on_peer_end};

/* False: there is no room for one more of UID. */
static bool make_room(Bus *bus, const Link *new)
{
        Link *oldest = NULL;
        unsigned n_unauthenticated = 0, n = 0;

        for (guint i = 0; i < bus->peers->len; i++) {
                Link *link = g_ptr_array_index(bus->peers, i);

                if (link->uid != new->uid || link->pump.is_ended)
                        continue;
                n++;
                if (link->pump.is_ready)
                        continue;
                n_unauthenticated++;
                if (!oldest)
                        oldest = link;
        }
        if (oldest && (n >= PEERS_MAX || n_unauthenticated >= PEERS_UNAUTHENTICATED_MAX)) {
                pump_end(&oldest->pump);
                n--;
        }
        return n < PEERS_MAX;
}

static void on_connection(int fd, void *userdata)
{
        Bus *bus = userdata;
        g_autoptr(Link) link = NULL;
        int r = link_new_peer(&bus->context, bus->event, fd, &bus->server, bus->n_accepted + 1, &peer_handlers, bus,
                              &link);

        if (r < 0) {
                log_debug("private socket: connection refused: %s", g_strerror(-r));
                return;
        }
        if (!make_room(bus, link)) {
                log_debug("private socket: connection refused: user %u has %d already", (unsigned) link->uid,
                          PEERS_MAX);
                return;
        }
        bus->n_accepted++;
        g_ptr_array_add(bus->peers, g_steal_pointer(&link));
}

static int prepare(Bus *bus, const BusOptions *options)
{
        BusChoice choice = public_bus_choose(options->choice);
        int r = sd_id128_randomize(&bus->server);

        if (r >= 0)
                r = sd_event_add_time(bus->event, &bus->news, CLOCK_MONOTONIC, 0, 1, on_news, bus);
        if (r >= 0)
                r = sd_event_source_set_priority(bus->news, LOOP_PRIORITY_BUS);
        if (r >= 0)
                r = sd_event_source_set_enabled(bus->news, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_post(bus->event, &bus->after, after_turn, bus);
        if (r >= 0)
                r = peer_set_new(&bus->context, bus->event, &bus->components);
        if (r >= 0)
                r = listener_new(bus->event, options->socket_path, on_connection, bus, &bus->listener);
        if (r >= 0 && choice != BUS_NONE)
                r = public_bus_new(bus->event, choice, &bus->context, on_link_turn, bus, &bus->public_bus);
        return r < 0 ? r : 0;
}

int bus_new(Loop *loop, Container *container, const History *history, const Metrics *metrics, const BusOptions *options,
            Bus **ret)
{
        g_autoptr(Bus) bus = g_new0(Bus, 1);
        int r;

        bus->event = loop_event(loop);
        bus->peers = g_ptr_array_new_with_free_func((GDestroyNotify) link_free);
        bus->address = resolution_address(options->socket_path);
        bus->context = (BusContext){
                .container = container, .history = history, .metrics = metrics, .address = bus->address};
        observers_add(container_observers(container), on_event, bus);
        r = prepare(bus, options);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&bus);
        return 0;
}

static void say_farewell(Link *link, void *userdata)
{
        api_container_answer(link);
        pump_drain(&link->pump, *(uint64_t *) userdata);
}

void bus_free(Bus *bus)
{
        uint64_t deadline = clock_monotonic() + FAREWELL_USEC;
        bool ignored;

        if (!bus)
                return;
        observers_remove(container_observers(bus->context.container), on_event, bus);
        g_clear_pointer(&bus->listener, listener_free);
        for_each_link(bus, tell_news, &ignored);
        for_each_link(bus, say_farewell, &deadline);
        peer_set_free(bus->components);
        public_bus_free(bus->public_bus);
        g_ptr_array_unref(bus->peers);
        sd_event_source_disable_unref(bus->news);
        sd_event_source_disable_unref(bus->after);
        g_free(bus->address);
        g_free(bus);
}
