/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "export.h"
#include "session.h"
#include "text.h"

#define KEY_MAX 1024
#define LOOKUPS_MAX 1024
/* The daemon's own answer about a timeout says more than ours. */
#define GRACE_USEC UINT64_C(250000)

struct reeve_lookup {
        QueueNode node; /* among the component's lookups; then, answered, in its queue, unless it is waited for */
        reeve_component *component;
        reeve_resolved_fn on_resolved; /* NULL: it is waited for */
        void *userdata;
        sd_bus_slot *slot;
        reeve_resolution *resolution; /* NULL: not answered yet */
        bool is_try;
        const char *route; /* behind KEY, or NULL */
        char key[];
};

typedef struct Question {
        const char *key, *route;
        uint64_t timeout_usec;
        bool is_try;
} Question;

static void lookup_free(reeve_lookup *lookup)
{
        if (!lookup)
                return;
        queue_remove(&lookup->node);
        sd_bus_slot_unref(lookup->slot);
        reeve_resolution_unref(lookup->resolution);
        free(lookup);
}

static void drop(QueueNode *node)
{
        lookup_free((reeve_lookup *) node);
}

static void dispatch(reeve_component *component, QueueNode *node)
{
        reeve_lookup *lookup = (reeve_lookup *) node;
        reeve_resolution *resolution = lookup->resolution;
        reeve_resolved_fn on_resolved = lookup->on_resolved;
        void *userdata = lookup->userdata;

        lookup->resolution = NULL;
        lookup_free(lookup);
        on_resolved(component, resolution, userdata);
        reeve_resolution_unref(resolution);
}

static reeve_lookup *lookup_new(reeve_component *component, const Question *question)
{
        size_t n_key = strlen(question->key) + 1, n_route = question->route ? strlen(question->route) + 1 : 0;
        reeve_lookup *lookup = calloc(1, sizeof(reeve_lookup) + n_key + n_route);

        if (!lookup)
                return NULL;
        lookup->node = (QueueNode){.dispatch = dispatch, .drop = drop};
        lookup->component = component;
        lookup->is_try = question->is_try;
        memcpy(lookup->key, question->key, n_key);
        if (question->route)
                lookup->route = memcpy(lookup->key + n_key, question->route, n_route);
        return lookup;
}

static void answer(reeve_lookup *lookup, reeve_resolution *resolution)
{
        queue_remove(&lookup->node);
        lookup->slot = sd_bus_slot_unref(lookup->slot);
        lookup->resolution = resolution;
        if (lookup->on_resolved)
                queue_append(&lookup->component->queue, &lookup->node);
}

/* Replies and Invalidated come in the order in which the daemon sent them, so what is kept here is dropped by any
 * signal that is about it. */
static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        reeve_lookup *lookup = userdata;
        reeve_component *component = lookup->component;
        reeve_resolution *resolution;

        /* Of a connection that closes sd-bus says "no reply". */
        if (sd_bus_is_open(component->connection.bus) <= 0)
                resolution = resolution_failed(-ECONNRESET);
        else
                resolution = resolution_read(reply, lookup->is_try);
        if (reeve_resolution_is_found(resolution))
                cache_put(&component->cache, lookup->key, lookup->route, resolution);
        answer(lookup, resolution);
        return 0;
}

static bool is_limited(uint64_t usec)
{
        return usec > 0 && usec < UINT64_MAX - GRACE_USEC;
}

static int send_question(reeve_lookup *lookup, uint64_t timeout_usec)
{
        reeve_component *component = lookup->component;
        bool has_limit = is_limited(timeout_usec);
        sd_bus_message *call = NULL;
        int r = session_new_call(component, lookup->is_try ? "TryResolve" : "Resolve", &call);

        if (r >= 0)
                r = sd_bus_message_append(call, "ss", lookup->key, lookup->route ? lookup->route : "");
        if (r >= 0 && has_limit)
                r = sd_bus_message_append(call, "a{sv}", 1, "timeout-usec", "t", timeout_usec);
        else if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = sd_bus_call_async(component->connection.bus, &lookup->slot, call, on_reply, lookup,
                                      has_limit ? timeout_usec + GRACE_USEC : UINT64_MAX);
        sd_bus_message_unref(call);
        connection_watch(component);
        return session_error(r);
}

static int check(const reeve_component *component, const char *key, const char *route)
{
        if (!key || key[0] == '\0' || strlen(key) > KEY_MAX || !text_is_line(key))
                return -EINVAL;
        if (route && (strlen(route) > KEY_MAX || !text_is_line(route)))
                return -EINVAL;
        if (connection_is_usable(component))
                return 0;
        return component->connection.bus ? -ECONNRESET : -ENOTCONN;
}

REEVE_EXPORT int reeve_resolve_cached(reeve_component *component, const char *key, const char *route,
                                      reeve_resolution **ret)
{
        reeve_resolution *resolution;

        if (check(component, key, route) < 0 || !connection_catch_up(component))
                return -ENOENT;
        resolution = cache_find(&component->cache, key, route);
        if (!resolution)
                return -ENOENT;
        *ret = reeve_resolution_ref(resolution);
        return 0;
}

static int lookup_start(reeve_component *component, const Question *question, reeve_resolved_fn on_resolved,
                        void *userdata, reeve_lookup **ret)
{
        reeve_resolution *resolution = NULL;
        reeve_lookup *lookup;
        int r = check(component, question->key, question->route);

        if (r >= 0 && component->lookups.n + component->queue.n >= LOOKUPS_MAX + CORE_QUEUE_MAX)
                r = -ENOBUFS;
        if (r < 0)
                return r;
        lookup = lookup_new(component, question);
        if (!lookup)
                return -ENOMEM;
        lookup->on_resolved = on_resolved;
        lookup->userdata = userdata;
        /* Who waits has looked already. */
        if (on_resolved && reeve_resolve_cached(component, question->key, question->route, &resolution) >= 0)
                answer(lookup, resolution);
        else
                r = send_question(lookup, question->timeout_usec);
        if (r < 0) {
                lookup_free(lookup);
                return r;
        }
        if (!lookup->resolution)
                queue_append(&component->lookups, &lookup->node);
        if (ret)
                *ret = lookup;
        return 0;
}

REEVE_EXPORT int reeve_resolve(reeve_component *component, const char *key, const char *route, uint64_t timeout_usec,
                               reeve_resolved_fn on_resolved, void *userdata, reeve_lookup **ret)
{
        const Question question = {.key = key, .route = route, .timeout_usec = timeout_usec};

        return on_resolved ? lookup_start(component, &question, on_resolved, userdata, ret) : -EINVAL;
}

REEVE_EXPORT int reeve_try_resolve(reeve_component *component, const char *key, const char *route,
                                   uint64_t timeout_usec, reeve_resolved_fn on_resolved, void *userdata,
                                   reeve_lookup **ret)
{
        const Question question = {.key = key, .route = route, .timeout_usec = timeout_usec, .is_try = true};

        return on_resolved ? lookup_start(component, &question, on_resolved, userdata, ret) : -EINVAL;
}

REEVE_EXPORT void reeve_lookup_cancel(reeve_lookup *lookup)
{
        lookup_free(lookup);
}

void lookup_fail_all(reeve_component *component, int error)
{
        while (component->lookups.first)
                answer((reeve_lookup *) component->lookups.first, resolution_failed(error));
}

void lookup_drop_all(reeve_component *component)
{
        while (component->lookups.first)
                lookup_free((reeve_lookup *) component->lookups.first);
}

/* Reads until LOOKUP is answered. Hooks that come meanwhile stay in the queue. */
static int wait_for(reeve_lookup *lookup)
{
        reeve_component *component = lookup->component;
        int r = 0;

        while (r >= 0 && !lookup->resolution) {
                if (component->queue.n >= CORE_QUEUE_MAX)
                        return -ENOBUFS;
                r = component->connection.is_behind ? 0 : connection_wait(component);
                if (r >= 0)
                        r = connection_turn(component, CORE_TURN_MAX);
        }
        return session_error(r);
}

static void keep_refusal(reeve_component *component, const reeve_resolution *resolution)
{
        free(component->refusal);
        component->refusal = resolution ? strdup(reeve_resolution_message(resolution)) : NULL;
}

static int wait_answer(reeve_component *component, const Question *question, reeve_resolution **ret)
{
        reeve_lookup *lookup;
        int r;

        keep_refusal(component, NULL);
        if (reeve_resolve_cached(component, question->key, question->route, ret) >= 0)
                return 0;
        r = lookup_start(component, question, NULL, NULL, &lookup);
        if (r < 0)
                return r;
        r = wait_for(lookup);
        if (lookup->resolution)
                r = reeve_resolution_error(lookup->resolution);
        if (r >= 0)
                *ret = reeve_resolution_ref(lookup->resolution);
        else
                keep_refusal(component, lookup->resolution);
        lookup_free(lookup);
        return r;
}

REEVE_EXPORT int reeve_resolve_wait(reeve_component *component, const char *key, const char *route,
                                    uint64_t timeout_usec, reeve_resolution **ret)
{
        const Question question = {.key = key, .route = route, .timeout_usec = timeout_usec};

        return wait_answer(component, &question, ret);
}

REEVE_EXPORT int reeve_try_resolve_wait(reeve_component *component, const char *key, const char *route,
                                        uint64_t timeout_usec, reeve_resolution **ret)
{
        const Question question = {.key = key, .route = route, .timeout_usec = timeout_usec, .is_try = true};

        return wait_answer(component, &question, ret);
}

REEVE_EXPORT const char *reeve_refusal(const reeve_component *component)
{
        return component->refusal ? component->refusal : "";
}

REEVE_EXPORT int reeve_release(reeve_component *component, const char *key, const char *route)
{
        int r = check(component, key, route);

        if (r < 0)
                return r;
        cache_drop(&component->cache, key);
        return session_send(component, "Release", "ss", key, route ? route : "");
}
