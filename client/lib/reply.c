/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "endpoints.h"
#include "export.h"
#include "text.h"

#define MESSAGE_MAX 4096

static void drop(QueueNode *node)
{
        reply_free((reeve_reply *) node);
}

void reply_free(reeve_reply *reply)
{
        if (!reply)
                return;
        queue_remove(&reply->node);
        sd_bus_message_unref(reply->call);
        free(reply->endpoints);
        free(reply->message);
        free(reply);
}

static int call_life(reeve_component *component, reeve_reply *reply, reeve_hook_fn hook)
{
        return hook ? hook(component, reply, component->userdata) : 0;
}

static int call_hook(reeve_component *component, reeve_reply *reply)
{
        const reeve_ops *ops = &component->ops;
        const reeve_endpoints *endpoints = reply->endpoints ? reply->endpoints : &endpoints_none;
        void *userdata = component->userdata;

        switch (reply->hook) {
        case HOOK_POST_CONSTRUCT:
                return call_life(component, reply, ops->on_post_construct);
        case HOOK_STARTUP:
                return call_life(component, reply, ops->on_startup);
        case HOOK_SHUTDOWN:
                return call_life(component, reply, ops->on_shutdown);
        case HOOK_PRE_DESTROY:
                return call_life(component, reply, ops->on_pre_destroy);
        case HOOK_BIND:
                return ops->on_bind(component, reply->key, reply->provider, endpoints, reply, userdata);
        case HOOK_UNBIND:
                return ops->on_unbind(component, reply->key, reply->provider, reply, userdata);
        case HOOK_SUSPEND:
                return ops->on_suspend(component, reply->key, reply, userdata);
        case HOOK_RESUME:
                return ops->on_resume(component, reply->key, endpoints, reply, userdata);
        case HOOK_N_:
                break;
        }
        return -ENOSYS;
}

static int send_answer(const reeve_reply *reply)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        if (reply->error == 0)
                return sd_bus_reply_method_return(reply->call, "");
        if (reply->message)
                (void) sd_bus_error_set_errnof(&error, reply->error, "%s", reply->message);
        else
                (void) sd_bus_error_set_errno(&error, reply->error);
        r = sd_bus_reply_method_error(reply->call, &error);
        sd_bus_error_free(&error);
        return r;
}

/* REPLY is answered, and called no more: sends that and frees it, or keeps it until there is memory. */
static int finish(reeve_reply *reply)
{
        reeve_component *component = reply->component;
        HookKind hook = reply->hook;
        int error = reply->error;
        int r = 0;

        queue_remove(&reply->node);
        if (reply->call) {
                if (!component || !connection_is_usable(component))
                        r = -ECONNRESET;
                else
                        r = send_answer(reply);
                if (r == -ENOMEM)
                        queue_append(&component->unsent, &reply->node);
                else if (r < 0)
                        r = -ECONNRESET;
        } else if (!component)
                r = -ECONNRESET;
        if (r != -ENOMEM)
                reply_free(reply);
        if (component) {
                connection_watch(component);
                life_on_answered(component, hook, error);
        }
        return r == -ENOMEM || r > 0 ? 0 : r;
}

static void take_answer(reeve_reply *reply, int error, const char *message)
{
        reply->is_answered = true;
        reply->error = error > 0 ? -EINVAL : error;
        if (error != 0 && message)
                reply->message = text_printable(message, MESSAGE_MAX);
}

static void dispatch(reeve_component *component, QueueNode *node)
{
        reeve_reply *reply = (reeve_reply *) node;
        int r;

        queue_append(&component->kept, &reply->node);
        reply->is_called = true;
        r = call_hook(component, reply);
        reply->is_called = false;
        if (r == REEVE_LATER && !reply->is_answered)
                return;
        if (!reply->is_answered)
                take_answer(reply, r, NULL);
        (void) finish(reply);
}

reeve_reply *reply_new(reeve_component *component, HookKind hook, sd_bus_message *call)
{
        reeve_reply *reply = calloc(1, sizeof(reeve_reply));

        if (!reply)
                return NULL;
        reply->node.dispatch = dispatch;
        reply->node.drop = drop;
        reply->component = component;
        reply->hook = hook;
        reply->call = call ? sd_bus_message_ref(call) : NULL;
        reply->deadline_usec = UINT64_MAX;
        return reply;
}

int reply_send_rest(reeve_component *component)
{
        while (component->unsent.first && connection_is_usable(component)) {
                reeve_reply *reply = (reeve_reply *) component->unsent.first;

                if (send_answer(reply) == -ENOMEM)
                        return -ENOMEM;
                reply_free(reply);
        }
        return 0;
}

void reply_orphan_all(reeve_component *component)
{
        for (QueueNode *node; (node = queue_take(&component->kept));)
                ((reeve_reply *) node)->component = NULL;
        for (QueueNode *node; (node = queue_take(&component->unsent));)
                reply_free((reeve_reply *) node);
}

REEVE_EXPORT int reeve_reply_done(reeve_reply *reply, int error, const char *message)
{
        int r = 0;

        if (reply->is_answered)
                return -EALREADY;
        take_answer(reply, error, message);
        if (!reply->is_called)
                r = finish(reply);
        else if (!reply->component || (reply->call && !connection_is_usable(reply->component)))
                r = -ECONNRESET;
        return error > 0 ? -EINVAL : r;
}

REEVE_EXPORT uint64_t reeve_reply_deadline(const reeve_reply *reply)
{
        return reply->deadline_usec;
}
