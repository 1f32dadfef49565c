/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hear.h"

#include <string.h>

#include "base/escape.h"
#include "endpoint.h"
#include "live.h"
#include "stage.h"

static void refuse(Live *live, pid_t sender)
{
        g_autofree char *text = NULL;

        if (live->instance->is_warned)
                return;
        live->instance->is_warned = true;
        text = g_strdup_printf("ignored a notification from process %d, which is not one of its own", (int) sender);
        engine_tell(live->engine, live->instance, RUN_WARNING, live->instance->state, "notify-refused", text);
}

/* Of the main process and what it started, or of a hook (§65). */
static bool is_own(const Live *live, pid_t sender)
{
        return (live->process && process_has_member(live->process, sender)) ||
               (live_hook_process(live) && process_has_member(live_hook_process(live), sender));
}

/* A hook may say which process is the main one, but cannot be it. */
static int set_main(Live *live, pid_t pid)
{
        int r;

        if (live->process && pid == process_pid(live->process))
                return 0;
        if (!live->process || (live_hook_process(live) && process_has_member(live_hook_process(live), pid)))
                return -EPERM;
        r = process_set_main(live->process, pid);
        if (r >= 0)
                engine_tell(live->engine, live->instance, RUN_MAIN_PID, live->instance->state, "notified", NULL);
        return r;
}

static void feed_watchdog(Live *live, const NotifyMessage *message)
{
        if (!live->watchdog)
                return;
        if (message->has_watchdog_usec)
                watchdog_set(live->watchdog, message->watchdog_usec);
        if (message->watchdog)
                watchdog_feed(live->watchdog);
        if (message->watchdog_trigger)
                watchdog_expire(live->watchdog);
}

/* Once for each incarnation: a component may say it again and again. The name is as hostile as the rest. */
static void refuse_endpoint(Live *live, const char *name, int error)
{
        g_autofree char *shown = escape_text(name, 64), *text = NULL;

        if (live->instance->is_publish_warned)
                return;
        live->instance->is_publish_warned = true;
        text = g_strdup_printf("ignored X_REEVE_PUBLISH=%s=…: %s", shown,
                               error == -ENOSPC   ? "at most 64 endpoints of 4 KiB each can be published"
                               : error == -EEXIST ? "the name is that of a socket of Listen= or AllocatePort="
                                                  : "a name is [a-z][a-z0-9_-]{0,62}, and a value text in one line");
        engine_tell(live->engine, live->instance, RUN_WARNING, live->instance->state, "publish-refused", text);
}

static void publish(Live *live, const char *said)
{
        const char *equals = strchr(said, '=');
        g_autofree char *name = g_strndup(said, equals ? (gsize) (equals - said) : 0);
        int r = equals ? endpoint_publish(live->engine, live->instance, name, equals + 1) : -EINVAL;

        if (r < 0)
                refuse_endpoint(live, name, r);
}

void hear_status(Live *live, const char *status)
{
        if (g_strcmp0(status, live->status) == 0)
                return;
        g_free(live->status);
        live->status = g_strdup(status);
        engine_tell(live->engine, live->instance, RUN_STATUS, live->instance->state, "status", live->status);
}

void hear_notification(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        (void) socket;
        if (!is_own(live, sender)) {
                refuse(live, sender);
                return;
        }
        if (message->main_pid > 0 && set_main(live, message->main_pid) < 0)
                refuse(live, message->main_pid);
        feed_watchdog(live, message);
        if (message->extend_usec > 0)
                stage_extend(live, message->extend_usec);
        if (message->status)
                hear_status(live, message->status);
        for (char **said = message->publish; said && *said; said++)
                publish(live, *said);
        if (message->ready && instance->state == STATE_STARTING && !instance->is_announced &&
            engine_definition(engine, instance)->type == TYPE_NOTIFY) {
                instance->is_announced = true;
                stage_go_on(live);
        } else if (message->extend_usec == 0 || instance->state != STATE_STARTING) {
                return;
        }
        engine->turn(engine);
}
