/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When those who wait for a component are answered, and with what (§83, §101, §128). */
#include "waiter.h"

#include <errno.h>

#include "wait_graph.h"

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
        GQueue batch;

        resolver_take(resolver, node, &batch);
        while (batch.head)
                waiter_answer(batch.head->data, error, error == 0 ? &resolution : NULL, diags);
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
        if (resolver_is_awaited(resolver, event->node))
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
        waiter_answer(waiter, -EDEADLK, NULL, &diags);
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
                if (resolver_is_awaited(resolver, node))
                        answer_node(resolver, node);
        }
        free_stuck(resolver);
}

/* §101 */
void resolve_drain(Container *container)
{
        Resolver *resolver = container->resolver;
        g_auto(DiagList) diags;
        uint32_t node;

        diag_list_init(&diags);
        diag_error(&diags, DIAG_DRAINING, origin_at(NULL, 0), "the container is %s",
                   container_state_names[container->state]);
        /* Whoever is told may take others with him. */
        while (resolver_find_awaited(resolver, &node))
                answer_all(resolver, node, -ESHUTDOWN, &diags);
}
