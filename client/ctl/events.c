/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "call.h"
#include "connect.h"
#include "dbus/names.h"
#include "event.h"
#include "history.h"
#include "verb.h"

#define TAIL 10 /* what -f shows of the past, as `tail -f` and `journalctl -f` do */

typedef struct Follower {
        Ctl *ctl;
        JsonArray *arrived; /* events from signals that were not printed yet */
        uint64_t next;      /* the sequence number that is due */
        bool is_ended;      /* the daemon has left the bus */
} Follower;

static bool is_wanted(const Ctl *ctl, JsonArray *event)
{
        return ctl->n_names == 0 || g_strv_contains(ctl->names, event_component(event));
}

static void append_one(const Ctl *ctl, GString *out, JsonArray *event)
{
        g_autoptr(JsonObject) object = NULL;

        if (!is_wanted(ctl, event))
                return;
        if (ctl_has(ctl, OPTION_JSON)) {
                object = event_to_object(event);
                json_append_object(out, object, true);
                return;
        }
        event_append(out, event, ctl->out.has_colour);
        g_string_append_c(out, '\n');
}

static int print_events(const Ctl *ctl, JsonArray *events, guint first)
{
        g_autoptr(GString) out = g_string_new(NULL);

        for (guint i = first; i < element_count(events); i++)
                append_one(ctl, out, element_array(events, i));
        return out->len > 0 ? ctl_print(ctl, out) : EXIT_OK;
}

static guint tail_begin(const Ctl *ctl, JsonArray *events)
{
        guint first = element_count(events);

        for (guint found = 0; first > 0 && found < TAIL; first--)
                if (is_wanted(ctl, element_array(events, first - 1)))
                        found++;
        return first;
}

/* Everything from FOLLOWER->next on that the ring holds: the past, or what a gap in the signals has left out. */
static int print_held(Follower *follower, bool is_tail)
{
        g_autoptr(JsonArray) events = json_array_new();
        uint64_t dropped = 0;

        if (history_read(follower->ctl, follower->next, events, &follower->next, &dropped) < 0)
                return EXIT_OTHER;
        if (dropped > 0 && !is_tail)
                ctl_note(follower->ctl, "%" G_GUINT64_FORMAT " older events are held no more", dropped);
        return print_events(follower->ctl, events, is_tail ? tail_begin(follower->ctl, events) : 0);
}

/* Behind a broker the end of the daemon is seen by its name; on the private socket by the end of the connection. */
static void take(Follower *follower, const WireMessage *signal)
{
        if (g_strcmp0(signal->member, "Event") == 0)
                json_array_add_array_element(follower->arrived, json_array_ref(signal->body));
        else if (g_strcmp0(signal->member, "NameOwnerChanged") == 0 &&
                 g_strcmp0(element_string(signal->body, 2), "") == 0)
                follower->is_ended = true;
}

static int print_arrived(Follower *follower)
{
        g_autoptr(JsonArray) arrived = follower->arrived;
        int status = EXIT_OK;

        follower->arrived = json_array_new();
        for (guint i = 0; status == EXIT_OK && i < element_count(arrived); i++) {
                g_autoptr(JsonArray) one = NULL;
                uint64_t sequence = event_sequence(element_array(arrived, i));

                if (sequence < follower->next)
                        continue;
                if (sequence > follower->next) {
                        status = print_held(follower, false);
                        continue;
                }
                one = json_array_new();
                json_array_add_element(one, json_array_dup_element(arrived, i));
                status = print_events(follower->ctl, one, 0);
                follower->next = sequence + 1;
        }
        return status;
}

static int follow(Follower *follower)
{
        int r;

        do {
                g_autoptr(WireMessage) signal = NULL;
                bool is_waiting = element_count(follower->arrived) == 0 && !follower->is_ended;

                r = bus_take_signal(follower->ctl->bus, is_waiting ? UINT64_MAX : 0, &signal);
                if (r > 0)
                        take(follower, signal);
                else if (print_arrived(follower) != EXIT_OK)
                        return EXIT_OTHER;
        } while (r > 0 || (r == 0 && !follower->is_ended));
        (void) call_fail(follower->ctl, "events", NULL, r < 0 ? r : -ECONNRESET);
        return EXIT_OTHER;
}

static int subscribe(Follower *follower)
{
        Bus *bus = follower->ctl->bus;
        int r = bus_subscribe(bus, "type='signal',sender='" REEVE_BUS_NAME "',interface='" REEVE_CONTAINER_INTERFACE
                                   "',member='Event'");

        if (r >= 0)
                r = bus_subscribe(bus, "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',"
                                       "arg0='" REEVE_BUS_NAME "'");
        return r < 0 ? call_fail(follower->ctl, "events", NULL, r) : 0;
}

/* A mistyped name would be followed for ever. */
static int check_names(Ctl *ctl)
{
        int r = ctl_connect(ctl);

        for (size_t i = 0; r >= 0 && i < ctl->n_names; i++) {
                g_autoptr(JsonObject) component = NULL;

                r = call_component(ctl, ctl->names[i], &component);
        }
        return r;
}

int verb_events(Ctl *ctl)
{
        Follower follower = {.ctl = ctl, .next = ctl->options.since};
        bool is_following = ctl_has(ctl, OPTION_FOLLOW);
        int status;

        if (check_names(ctl) < 0)
                return EXIT_OTHER;
        follower.arrived = json_array_new();
        /* before the past is read, so that nothing falls in between */
        if (is_following && subscribe(&follower) < 0)
                status = EXIT_OTHER;
        else
                status = print_held(&follower, is_following && !ctl_has(ctl, OPTION_SINCE));
        if (status == EXIT_OK && is_following)
                status = follow(&follower);
        json_array_unref(follower.arrived);
        return status;
}
