/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "waiter.h"

#include <errno.h>

#include "wait_graph.h"
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

static void waiter_free(Waiter *waiter)
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

static void answer(Waiter *waiter, int error, const Resolution *resolution, const DiagList *diags)
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
        answer(waiter, -ETIMEDOUT, NULL, &diags);
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

Verdict resolve_judge(const Instance *instance)
{
        switch (instance->state) {
        case STATE_READY:
                return instance->is_stop_wanted ? VERDICT_WAIT : VERDICT_READY;
        case STATE_BACKOFF:
                /* StartRetries= are part of one start (§90). */
                return instance->is_down ? VERDICT_FAILED : VERDICT_WAIT;
        case STATE_INACTIVE:
        case STATE_FAILED:
        case STATE_BLOCKED:
        case STATE_SKIPPED:
                return VERDICT_FAILED;
        default:
                return VERDICT_WAIT;
        }
}

void resolve_explain(const Container *container, uint32_t node, DiagList *diags)
{
        const Instance *instance = container_instance(container, node);
        const Definition *definition = plan_definition(container->plan, node);
        g_auto(DiagList) all;
        Diag *diag;

        diag_list_init(&all);
        container_explain(container, node, &all);
        diag = g_ptr_array_steal_index(all.items, 0);
        diag->severity = SEVERITY_ERROR;
        if (diag->code == DIAG_STATE)
                diag->code = instance->is_stopped_by_user ? DIAG_STOPPED : DIAG_EXITED_EARLY;
        if (all.items->len > 0 && !diag->hint)
                diag_set_hint(diag, "%s", ((const Diag *) all.items->pdata[0])->text);
        diag_set_component(diag, definition->name, definition->module->name);
        g_ptr_array_add(diags->items, diag);
}

/* Everybody who waits for NODE now; whoever comes while they are told waits anew. ERROR 0: it is ready. */
static void answer_all(Resolver *resolver, uint32_t node, int error, const DiagList *diags)
{
        const Resolution resolution = {.kind = RESOLVED_COMPONENT, .node = node};
        GQueue *queue = g_hash_table_lookup(resolver->by_node, key_of(node)), batch;

        if (!queue)
                return;
        batch = *queue;
        g_queue_init(queue);
        for (GList *link = batch.head; link; link = link->next)
                ((Waiter *) link->data)->queue = &batch;
        g_hash_table_remove(resolver->by_node, key_of(node));
        while (batch.head)
                answer(batch.head->data, error, error == 0 ? &resolution : NULL, diags);
}

static void refuse_all(Resolver *resolver, uint32_t node)
{
        g_auto(DiagList) diags;

        diag_list_init(&diags);
        resolve_explain(resolver->container, node, &diags);
        answer_all(resolver, node, -EIO, &diags);
}

static void answer_node(Resolver *resolver, uint32_t node)
{
        switch (resolve_judge(container_instance(resolver->container, node))) {
        case VERDICT_READY:
                answer_all(resolver, node, 0, NULL);
                break;
        case VERDICT_FAILED:
                refuse_all(resolver, node);
                break;
        case VERDICT_WAIT:
                break;
        }
}

/* §81: it may use what it was given until it is gone. */
static bool is_living(State state)
{
        return state == STATE_STARTING || state == STATE_READY || state == STATE_STOPPING;
}

void resolve_note(Container *container, const RunEvent *event)
{
        Resolver *resolver = container->resolver;

        if (event->kind == RUN_ENDPOINTS || event->from == STATE_READY)
                hold_invalidate(&resolver->holds, event->node);
        if (event->kind == RUN_ENDPOINTS)
                return;
        if (!is_living(event->to))
                hold_forget(&resolver->holds, event->node);
        if (g_hash_table_contains(resolver->by_node, key_of(event->node)))
                g_array_append_val(resolver->due, event->node);
        if (event->to == STATE_WAITING && g_hash_table_size(resolver->by_requester) > 0)
                g_array_append_val(resolver->risen, event->node);
}

static void refuse_stuck(Resolver *resolver, Waiter *waiter)
{
        g_autoptr(GArray) way = wait_graph_find(resolver, waiter->node, waiter->requester);
        g_auto(DiagList) diags;

        diag_list_init(&diags);
        wait_graph_report(resolver, waiter->requester, waiter->key, way, &diags);
        answer(waiter, -EDEADLK, NULL, &diags);
}

/* §83: somebody began to wait for what waits for him. */
static void free_stuck(Resolver *resolver)
{
        Waiter *waiter;

        while (resolver->risen->len > 0 && (waiter = wait_graph_find_stuck(resolver, resolver->risen)))
                refuse_stuck(resolver, waiter);
        g_array_set_size(resolver->risen, 0);
}

void resolve_rest(Container *container)
{
        Resolver *resolver = container->resolver;

        while (resolver->due->len > 0) {
                uint32_t node = g_array_index(resolver->due, uint32_t, resolver->due->len - 1);

                g_array_set_size(resolver->due, resolver->due->len - 1);
                if (g_hash_table_contains(resolver->by_node, key_of(node)))
                        answer_node(resolver, node);
        }
        free_stuck(resolver);
}

/* §101 */
void resolve_drain(Container *container)
{
        Resolver *resolver = container->resolver;
        GHashTableIter iter;
        gpointer key;
        g_auto(DiagList) diags;

        diag_list_init(&diags);
        diag_error(&diags, DIAG_DRAINING, origin_at(NULL, 0), "the container is %s",
                   container_state_names[container->state]);
        /* Whoever is told may take others with it: the iterator would not survive that. */
        for (;;) {
                g_hash_table_iter_init(&iter, resolver->by_node);
                if (!g_hash_table_iter_next(&iter, &key, NULL))
                        return;
                answer_all(resolver, GPOINTER_TO_UINT(key) - 1, -ESHUTDOWN, &diags);
        }
}

void resolver_free(Resolver *resolver)
{
        GHashTableIter iter;
        gpointer queue;

        if (!resolver)
                return;
        for (;;) {
                g_hash_table_iter_init(&iter, resolver->by_node);
                if (!g_hash_table_iter_next(&iter, NULL, &queue))
                        break;
                waiter_free(((GQueue *) queue)->head->data);
        }
        g_hash_table_unref(resolver->by_node);
        g_hash_table_unref(resolver->by_requester);
        g_array_unref(resolver->due);
        g_array_unref(resolver->risen);
        hold_table_done(&resolver->holds);
        g_free(resolver);
}
