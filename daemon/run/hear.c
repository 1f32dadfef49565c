/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hear.h"

#include "engine.h"
#include "live.h"

static void refuse(Live *live, pid_t sender)
{
        g_autofree char *text = NULL;

        if (live->instance->is_warned)
                return;
        live->instance->is_warned = true;
        text = g_strdup_printf("ignored a notification from process %d, which is not one of its own", (int) sender);
        engine_tell(live->engine, live->instance, RUN_WARNING, live->instance->state, "notify-refused", text);
}

/* EXTEND_TIMEOUT_USEC=: the deadline is then at least that far from now (sd_notify(3)). */
static void extend(Live *live, uint64_t usec)
{
        State state = live->instance->state;
        uint64_t now = clock_monotonic(), at = usec > UINT64_MAX - now ? UINT64_MAX : now + usec;

        if (!live->timer || at <= live->deadline || (state != STATE_STARTING && state != STATE_STOPPING))
                return;
        if (state == STATE_STOPPING)
                at = MIN(at, live->engine->stop_deadline);
        live->deadline = at;
        (void) timer_set(live->timer, at);
}

void hear_notification(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        (void) socket;
        if (!live->process || !process_has_member(live->process, sender)) {
                refuse(live, sender);
                return;
        }
        if (message->main_pid > 0 && message->main_pid != process_pid(live->process) &&
            process_set_main(live->process, message->main_pid) < 0)
                refuse(live, message->main_pid);
        if (message->extend_usec > 0)
                extend(live, message->extend_usec);
        if (message->status && g_strcmp0(message->status, live->status) != 0) {
                g_free(live->status);
                live->status = g_strdup(message->status);
                engine_tell(engine, instance, RUN_SUB_STATE, instance->state, "status", live->status);
        }
        if (message->ready && instance->state == STATE_STARTING && engine_definition(engine, instance)->type == TYPE_NOTIFY) {
                engine_post(engine, instance, EVENT_READY, "notified");
                engine->turn(engine);
        }
}
