/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "access.h"

#include <unistd.h>

/* Mutators carry SD_BUS_VTABLE_UNPRIVILEGED although they are not: without it sd-bus demands CAP_SYS_ADMIN of every
 * caller whose uid is not the daemon's own, asks the broker for it synchronously, and on a peer connection knows no
 * better either. The check that counts is this one. */

typedef struct Held {
        Link *link;
        sd_bus_message *message;
        AccessHandler handler;
        sd_bus_slot *slot; /* of the question to the broker */
        GList node;
} Held;

bool access_is_allowed(uid_t caller, uid_t own)
{
        return caller == 0 || caller == own;
}

bool access_may_change(uid_t caller)
{
        return access_is_allowed(caller, geteuid());
}

static int deny(sd_bus_message *message, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "%s is for root and the user of the daemon only",
                                 sd_bus_message_get_member(message));
}

static void held_free(Held *held)
{
        g_queue_unlink(&held->link->held, &held->node);
        sd_bus_slot_unref(held->slot);
        sd_bus_message_unref(held->message);
        g_free(held);
}

void access_forget(Link *link)
{
        while (link->held.head)
                held_free(link->held.head->data);
}

static int on_uid(sd_bus_message *reply, void *userdata, sd_bus_error *ignored)
{
        Held *held = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        uint32_t uid;
        int r;

        /* Gone, or the broker would not say: nobody we know. */
        if (sd_bus_message_is_method_error(reply, NULL) || sd_bus_message_read(reply, "u", &uid) < 0 ||
            !access_may_change(uid))
                r = deny(held->message, &error);
        else
                r = held->handler(held->message, held->link, &error);
        if (r < 0)
                (void) sd_bus_reply_method_errno(held->message, r, &error);
        sd_bus_error_free(&error);
        held_free(held);
        return 0;
}

static int ask(sd_bus_message *message, Link *link, AccessHandler handler, sd_bus_error *error)
{
        const char *sender = sd_bus_message_get_sender(message);
        Held *held;
        int r;

        if (!sender)
                return deny(message, error);
        if (link->held.length >= LINK_HELD_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait for an authorisation; try again");
        held = g_new0(Held, 1);
        held->link = link;
        held->message = sd_bus_message_ref(message);
        held->handler = handler;
        held->node.data = held;
        g_queue_push_tail_link(&link->held, &held->node);
        r = sd_bus_call_method_async(link->pump.connection, &held->slot, "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser", on_uid,
                                     held, "s", sender);
        if (r < 0) {
                held_free(held);
                return r;
        }
        return 1;
}

int access_run(sd_bus_message *message, Link *link, AccessHandler handler, sd_bus_error *error)
{
        if (link->kind == LINK_PUBLIC)
                return ask(message, link, handler, error);
        if (!access_may_change(link->uid))
                return deny(message, error);
        return handler(message, link, error);
}
