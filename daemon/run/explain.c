/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a component is in the state it is in: one sentence, and the chain it hangs on. */
#include "container.h"

#include "container_data.h"
#include "live.h"
#include "wording.h"

/* The first provider that NODE still waits for, or is blocked by; its edge in *RET_EDGE. False: none. */
static bool first_unmet(const Container *container, uint32_t node, uint32_t *ret_edge)
{
        const Engine *engine = &container->settle.engine;
        const Graph *graph = &container->plan->graph;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, node, DOWN, &n);

        for (uint32_t i = 0; i < n; i++) {
                const Edge *edge = &graph->edges[edges[i]];
                bool is_met;

                if (container->plan->is_cut[edges[i]])
                        continue;
                if (plan_is_barrier(container->plan, edge->to))
                        is_met = engine->counts[edge->to].pending == 0;
                else if (edge->kind == EDGE_REQUIRES)
                        is_met = engine->instances[edge->to].state == STATE_READY;
                else if (plan_is_barrier(container->plan, node) || edge->kind != EDGE_REQUIRES)
                        is_met = state_is_settled(engine->instances[edge->to].state) ||
                                 engine->instances[edge->to].is_down;
                else
                        is_met = true;
                if (!is_met) {
                        *ret_edge = edges[i];
                        return true;
                }
        }
        return false;
}

/* Follows what is waited for to the end of the chain, which is returned: NODE itself where there is nothing. */
static uint32_t add_chain(const Container *container, uint32_t node, Diag *diag)
{
        uint32_t edge, hops = 0;

        while (hops < 64 && first_unmet(container, node, &edge)) {
                const Edge *entry = &container->plan->graph.edges[edge];

                diag_add_step(diag, plan_node_name(container->plan, node), edge_kind_names[entry->kind], entry->origin);
                node = entry->to;
                hops++;
        }
        if (hops == 0)
                return node;
        diag_add_step(diag, plan_node_name(container->plan, node), NULL,
                      plan_is_barrier(container->plan, node) ? origin_at(NULL, 0)
                                                             : plan_definition(container->plan, node)->origin);
        if (!plan_is_barrier(container->plan, node))
                diag_set_hint(diag, "'%s' is %s", plan_node_name(container->plan, node),
                              state_names[container_instance(container, node)->state]);
        return node;
}

/* Returns what it comes down to. */
static uint32_t explain_waiting(const Container *container, const Instance *instance, const Definition *definition,
                                DiagList *diags)
{
        const NodeCount *count = &container->settle.engine.counts[instance->node];
        uint32_t root;
        Diag *diag = diag_add(diags, SEVERITY_NOTICE, DIAG_STATE, definition->origin,
                              "'%s' waits for what it depends on", definition->name);

        diag_set_component(diag, definition->name, definition->module->name);
        root = add_chain(container, instance->node, diag);
        if (root != instance->node)
                return root;
        g_free(diag->text);
        if (count->bound > 0)
                diag->text =
                        g_strdup_printf("'%s' waits for %u of its dependents to stop", definition->name, count->bound);
        else
                diag->text = g_strdup_printf("'%s' waits for a free slot (MaxParallelStarts=%u)", definition->name,
                                             container->settle.engine.max_starting);
        return root;
}

static char *explain_how(const Engine *engine, const Instance *instance)
{
        g_autofree char *text = NULL;

        if (!instance->end.hook.is_set && instance->end.result != RESULT_WATCHDOG)
                return wording_end(&instance->end);
        text = instance->end.hook.is_set ? wording_hook(engine, instance, &instance->end) : wording_end(&instance->end);
        return instance->end.hook.is_set ? g_strdup_printf("failed: its %s", text)
                                         : g_strdup_printf("did not say WATCHDOG=1 in time and %s", text);
}

static char *explain_inactive(const Engine *engine, const Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);

        if (instance->is_stopped_by_user)
                return g_strdup("was stopped on request");
        if (instance->sockets)
                return g_strdup("starts when somebody connects to it, or needs it");
        if (instance->incarnation == 0)
                return g_strdup(definition->start == START_LAZY ? "is lazy and nothing needed it so far"
                                                                : "was not started");
        return instance->end.hook.is_set ? explain_how(engine, instance) : wording_end(&instance->end);
}

static char *explain_failed(const Engine *engine, const Instance *instance)
{
        g_autofree char *how = NULL, *limit = NULL;

        if (instance->end.result == RESULT_START_TIMEOUT)
                return g_strdup("did not become ready within its TimeoutStartSec=");
        how = last_end_is_before_spawn(&instance->end) ? wording_exec_failed(engine, instance)
                                                       : explain_how(engine, instance);
        if (instance->end.result == RESULT_START_LIMIT) {
                limit = wording_start_limit(engine_definition(engine, instance));
                return g_strdup_printf("%s; it %s", how, limit);
        }
        return g_strdup_printf("%s%s", how, instance->end.result == RESULT_EXITED_EARLY ? " before it was ready" : "");
}

/* What is being waited for in starting and stopping. */
static char *explain_wait(const Engine *engine, const Instance *instance, const char *otherwise)
{
        const HookRun *run = instance->live ? instance->live->hook : NULL;
        g_autofree char *line = NULL;

        if (!run)
                return g_strdup(otherwise);
        line = wording_hook_line(engine, instance, run->hook, run->line);
        return g_strdup_printf("its %s runs", line);
}

static char *explain_state(const Engine *engine, const Instance *instance)
{
        uint64_t now = clock_monotonic();
        g_autofree char *span = NULL, *why = NULL;

        switch (instance->state) {
        case STATE_STARTING:
                span = wording_span(now - instance->timings.spawned);
                why = explain_wait(engine, instance, "has not become ready yet");
                return g_strdup_printf("was spawned %s ago; %s", span, why);
        case STATE_READY:
                if (instance->is_stop_wanted)
                        return g_strdup_printf("is to stop, after %u of its dependents",
                                               engine->counts[instance->node].bound +
                                                       engine->counts[instance->node].ordered);
                span = wording_span(now - instance->timings.ready);
                return g_strdup_printf("has been ready for %s", span);
        case STATE_STOPPING:
                span = wording_span(now - instance->timings.stop_requested);
                why = explain_wait(engine, instance, "its processes have not ended");
                return g_strdup_printf("has been stopping for %s; %s", span, why);
        case STATE_BACKOFF:
                why = explain_failed(engine, instance);
                span = wording_span(instance->live && instance->live->deadline > now ? instance->live->deadline - now
                                                                                     : 0);
                return g_strdup_printf("%s; it is tried again in %s", why, span);
        case STATE_FAILED:
                return explain_failed(engine, instance);
        default:
                return explain_inactive(engine, instance);
        }
}

/* One component by itself. Returns the node it comes down to, which may be another one. */
static uint32_t explain_one(const Container *container, uint32_t node, DiagList *diags)
{
        const Instance *instance = container_instance(container, node);
        const Definition *definition = plan_definition(container->plan, node);
        const Condition *unmet = definition_unmet(definition);
        bool is_bad = instance->state == STATE_FAILED || instance->state == STATE_BACKOFF;
        uint32_t root = node;
        Diag *diag;

        if (instance->state == STATE_WAITING)
                return explain_waiting(container, instance, definition, diags);
        if (instance->state == STATE_BLOCKED) {
                diag = diag_add(diags, SEVERITY_ERROR, DIAG_DEPENDENCY_FAILED, definition->origin,
                                "'%s' is blocked: something it requires is not there", definition->name);
                root = add_chain(container, node, diag);
        } else if (instance->state == STATE_SKIPPED && unmet) {
                diag = diag_add(diags, SEVERITY_NOTICE, DIAG_CONDITION_NOT_MET, unmet->origin,
                                "'%s' is skipped: %s=%s is not met", definition->name, unmet->key, unmet->value);
        } else {
                g_autofree char *sentence = explain_state(&container->settle.engine, instance);

                Origin origin = is_bad ? wording_origin(definition, &instance->end) : definition->origin;

                diag = diag_add(diags, is_bad ? SEVERITY_ERROR : SEVERITY_NOTICE,
                                is_bad ? result_codes[instance->end.result] : DIAG_STATE, origin, "'%s' %s",
                                definition->name, sentence);
                if (is_bad && instance->end.result == RESULT_START_LIMIT)
                        diag_set_hint(diag, "when it is mended: \"reevectl reset %s\", then \"reevectl start %s\"",
                                      definition->name, definition->name);
                else if (is_bad && wording_advice(definition, &instance->end))
                        diag_set_hint(diag, "%s", wording_advice(definition, &instance->end));
        }
        diag_set_component(diag, definition->name, definition->module->name);
        return root;
}

void container_explain(const Container *container, uint32_t node, DiagList *diags)
{
        uint32_t root = explain_one(container, node, diags);

        if (root != node && !plan_is_barrier(container->plan, root))
                (void) explain_one(container, root, diags);
}

char *container_explain_spawn(const Container *container, uint32_t node)
{
        return wording_exec_failed(&container->settle.engine, container_instance(container, node));
}
