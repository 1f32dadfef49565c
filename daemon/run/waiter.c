/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "waiter.h"

#include <errno.h>

#include "wording.h"

/* All connections together: whoever asks more than that is told so (P30). */
#define WAITERS_MAX 16384

Resolver *resolver_new(Container *container)
{
        Resolver *resolver = g_new0(Resolver, 1);

        resolver->container = container;
        resolver->by_node = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        resolver->by_requester = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        resolver->due = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        resolver->risen = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        hold_table_init(&resolver->holds);
        return resolver;
}

bool resolver_is_full(const Resolver *resolver)
{
        return resolver->n_waiters >= WAITERS_MAX;
}

static gpointer key_of(uint32_t node)
{
        return GUINT_TO_POINTER(node + 1);
}

static GQueue *get_queue(GHashTable *queues, uint32_t node)
{
        GQueue *queue = g_hash_table_lookup(queues, key_of(node));

        if (!queue) {
                queue = g_new0(GQueue, 1);
                g_hash_table_insert(queues, key_of(node), queue);
        }
        return queue;
}

static void drop_if_empty(GHashTable *queues, uint32_t node)
{
        const GQueue *queue = g_hash_table_lookup(queues, key_of(node));

        if (queue && queue->length == 0)
                g_hash_table_remove(queues, key_of(node));
}

/* Whoever waits in a start hook must not keep what it waits for from starting (§53, §83). */
static void lend_slot(Resolver *resolver, uint32_t requester)
{
        Settle *settle = &resolver->container->settle;
        Instance *instance = &settle->engine.instances[requester];

        if (instance->state != STATE_STARTING || instance->is_lending ||
            component_types[engine_definition(&settle->engine, instance)->type].is_foreign)
                return;
        instance->is_lending = true;
        settle->engine.n_starting--;
        (void) timer_set(settle->later, clock_monotonic());
}

static void take_slot_back(Resolver *resolver, uint32_t requester)
{
        Engine *engine = container_engine(resolver->container);
        Instance *instance = &engine->instances[requester];

        if (!instance->is_lending)
                return;
        instance->is_lending = false;
        engine->n_starting++;
}

static void forget_requester(Resolver *resolver, Waiter *waiter)
{
        GQueue *queue = get_queue(resolver->by_requester, waiter->requester);

        g_queue_unlink(queue, &waiter->of_requester);
        if (queue->length > 0)
                return;
        take_slot_back(resolver, waiter->requester);
        g_hash_table_remove(resolver->by_requester, key_of(waiter->requester));
}

void waiter_free(Waiter *waiter)
{
        Resolver *resolver = waiter->resolver;

        g_queue_unlink(waiter->queue, &waiter->at_node);
        drop_if_empty(resolver->by_node, waiter->node);
        if (waiter->requester != NODE_NONE)
                forget_requester(resolver, waiter);
        resolver->n_waiters--;
        timer_free(waiter->timer);
        g_free(waiter->key);
        g_free(waiter);
}

void waiter_answer(Waiter *waiter, int error, const Resolution *resolution, const DiagList *diags)
{
        ResolveHandler handler = waiter->handler;
        void *userdata = waiter->userdata;

        if (error == 0 && waiter->requester != NODE_NONE)
                hold_add(&waiter->resolver->holds, waiter->requester, waiter->node, waiter->key);
        waiter_free(waiter);
        handler(error, resolution, diags, userdata);
}

void resolve_cancel(Waiter *waiter)
{
        if (waiter)
                waiter_free(waiter);
}

/* §129: for this one alone. */
static void on_timeout(Timer *timer, void *userdata)
{
        Waiter *waiter = userdata;
        const Container *container = waiter->resolver->container;
        const Definition *definition = plan_definition(container->plan, waiter->node);
        g_autofree char *span = wording_span(clock_monotonic() - waiter->begun);
        g_auto(DiagList) diags;
        Diag *diag;

        (void) timer;
        diag_list_init(&diags);
        diag = diag_error(&diags, DIAG_STATE, definition->origin, "'%s' was not ready within %s: it is %s",
                          definition->name, span, state_names[container_instance(container, waiter->node)->state]);
        diag_set_component(diag, definition->name, definition->module->name);
        diag_set_hint(diag, "its start goes on");
        waiter_answer(waiter, -ETIMEDOUT, NULL, &diags);
}

int waiter_new(Resolver *resolver, const ResolveRequest *request, uint32_t node, char *key, Waiter **ret)
{
        Waiter *waiter = g_new0(Waiter, 1);

        *waiter = (Waiter){
                .resolver = resolver,
                .node = node,
                .requester = request->requester,
                .key = key,
                .handler = request->handler,
                .userdata = request->userdata,
                .begun = clock_monotonic(),
                .queue = get_queue(resolver->by_node, node),
        };
        waiter->at_node.data = waiter->of_requester.data = waiter;
        g_queue_push_tail_link(waiter->queue, &waiter->at_node);
        if (waiter->requester != NODE_NONE)
                g_queue_push_tail_link(get_queue(resolver->by_requester, waiter->requester), &waiter->of_requester);
        if (waiter->requester != NODE_NONE)
                lend_slot(resolver, waiter->requester);
        resolver->n_waiters++;
        if (request->timeout_usec > 0) {
                int r = timer_new(resolver->container->options.loop, clock_after(request->timeout_usec), on_timeout,
                                  waiter, &waiter->timer);

                if (r < 0) {
                        waiter_free(waiter);
                        return r;
                }
        }
        *ret = waiter;
        return 0;
}

const GQueue *resolver_waits_of(const Resolver *resolver, uint32_t requester)
{
        return g_hash_table_lookup(resolver->by_requester, key_of(requester));
}

bool resolver_is_awaited(const Resolver *resolver, uint32_t node)
{
        return g_hash_table_contains(resolver->by_node, key_of(node));
}

void resolver_take(Resolver *resolver, uint32_t node, GQueue *ret)
{
        GQueue *queue = g_hash_table_lookup(resolver->by_node, key_of(node));

        g_queue_init(ret);
        if (!queue)
                return;
        *ret = *queue;
        g_queue_init(queue);
        for (GList *link = ret->head; link; link = link->next)
                ((Waiter *) link->data)->queue = ret;
        g_hash_table_remove(resolver->by_node, key_of(node));
}

bool resolver_find_awaited(const Resolver *resolver, uint32_t *ret_node)
{
        GHashTableIter iter;
        gpointer key;

        g_hash_table_iter_init(&iter, resolver->by_node);
        if (!g_hash_table_iter_next(&iter, &key, NULL))
                return false;
        *ret_node = GPOINTER_TO_UINT(key) - 1;
        return true;
}

void resolver_free(Resolver *resolver)
{
        uint32_t node;

        if (!resolver)
                return;
        while (resolver_find_awaited(resolver, &node)) {
                GQueue batch;

                resolver_take(resolver, node, &batch);
                while (batch.head)
                        waiter_free(batch.head->data);
        }
        g_hash_table_unref(resolver->by_node);
        g_hash_table_unref(resolver->by_requester);
        g_array_unref(resolver->due);
        g_array_unref(resolver->risen);
        hold_table_done(&resolver->holds);
        g_free(resolver);
}
