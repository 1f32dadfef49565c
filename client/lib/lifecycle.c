/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lifecycle.h"

#include <errno.h>
#include <string.h>

#include "dbus/names.h"
#include "endpoints.h"
#include "life.h"
#include "reply.h"

static const char *const members[HOOK_N_] = {
        [HOOK_POST_CONSTRUCT] = "PostConstruct",
        [HOOK_STARTUP] = "Startup",
        [HOOK_SHUTDOWN] = "Shutdown",
        [HOOK_PRE_DESTROY] = "PreDestroy",
        [HOOK_BIND] = "Bind",
        [HOOK_UNBIND] = "Unbind",
        [HOOK_SUSPEND] = "Suspend",
        [HOOK_RESUME] = "Resume",
};

static int find_hook(const char *member)
{
        for (int hook = 0; hook < HOOK_N_; hook++)
                if (member && strcmp(members[hook], member) == 0)
                        return hook;
        return -1;
}

/* Without a start hook the component is ready when it says so, and the daemon has to know that. A missing hook of a
 * stop has simply been done. */
static bool is_there(const reeve_component *component, HookKind hook)
{
        const reeve_ops *ops = &component->ops;

        switch (hook) {
        case HOOK_POST_CONSTRUCT:
        case HOOK_STARTUP:
                return life_has_start_hook(component);
        case HOOK_BIND:
                return ops->on_bind;
        case HOOK_UNBIND:
                return ops->on_unbind;
        case HOOK_SUSPEND:
                return ops->on_suspend;
        case HOOK_RESUME:
                return ops->on_resume;
        default:
                return true;
        }
}

/* The one detail that is known so far; others are for later versions. */
static int read_details(reeve_reply *reply, sd_bus_message *message)
{
        const char *name;
        uint64_t usec;
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = sd_bus_message_read(message, "s", &name);
                if (r >= 0 && strcmp(name, "timeout-usec") != 0)
                        r = sd_bus_message_skip(message, "v");
                else if (r >= 0) {
                        r = sd_bus_message_read(message, "v", "t", &usec);
                        if (r >= 0 && usec > 0 && usec < UINT64_MAX - core_now())
                                reply->deadline_usec = core_now() + usec;
                }
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int read_call(reeve_reply *reply, sd_bus_message *message)
{
        HookKind hook = reply->hook;
        int r = 1;

        if (hook >= HOOK_BIND)
                r = sd_bus_message_read(message, "s", &reply->key);
        if (r > 0 && (hook == HOOK_BIND || hook == HOOK_UNBIND))
                r = sd_bus_message_read(message, "s", &reply->provider);
        if (r > 0 && (hook == HOOK_BIND || hook == HOOK_RESUME))
                r = endpoints_read(message, &reply->endpoints);
        return r < 0 ? r : read_details(reply, message);
}

int lifecycle_hear(reeve_component *component, sd_bus_message *message)
{
        int hook = find_hook(sd_bus_message_get_member(message));
        reeve_reply *reply;
        int r;

        if (hook < 0 || !is_there(component, (HookKind) hook))
                return sd_bus_reply_method_errorf(message, SD_BUS_ERROR_UNKNOWN_METHOD,
                                                  "this component has no such hook");
        /* §76: once, and never back. */
        if (hook <= component->life.last_hook && hook < HOOK_BIND)
                return sd_bus_reply_method_errorf(message, REEVE_ERROR_PREFIX "HookFailed", "%s was called before",
                                                  members[hook]);
        reply = reply_new(component, (HookKind) hook, message);
        if (!reply)
                return -ENOMEM;
        r = read_call(reply, message);
        if (r < 0) {
                reply_free(reply);
                return r == -ENOMEM ? r
                                    : sd_bus_reply_method_errorf(message, SD_BUS_ERROR_INVALID_ARGS,
                                                                 "%s has other arguments", members[hook]);
        }
        if (hook < HOOK_BIND)
                life_on_called(component, (HookKind) hook);
        else
                cache_drop(&component->cache, reply->key);
        queue_append(&component->queue, &reply->node);
        return 1;
}

int lifecycle_advance(reeve_component *component)
{
        HookKind hook = life_next(component);
        reeve_reply *reply;

        if (hook == HOOK_N_)
                return 0;
        reply = reply_new(component, hook, NULL);
        if (!reply)
                return -ENOMEM;
        life_on_called(component, hook);
        queue_append(&component->queue, &reply->node);
        return 0;
}
