/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The start of the container: who is wanted, the judgement of each component that does not become ready (§84-90), the
 * end of the start, and the report of a strict failure (§93, §94). */
#include "container_data.h"
#include "wording.h"
#include "os/announce.h"

/* How often the service manager hears that a start makes progress, and how much longer than a component it waits. */
#define TELL_EVERY (1000ull * 1000)
#define MARGIN (15ull * 1000 * 1000)
/* READY=1 is tried again, each time after twice as long: for a minute and a half. */
#define READY_DELAY (100ull * 1000)
#define READY_TRIES_MAX 10

void startup_begin(Container *container)
{
        Engine *engine = container_engine(container);
        const Plan *plan = container->plan;

        engine->is_start_judged = true;
        for (uint32_t i = 0; i < plan->graph.n_nodes; i++) {
                uint32_t node = plan->order[i];

                if (plan_is_barrier(plan, node))
                        continue;
                if (plan->nodes[node].is_skipped)
                        engine_wish(engine, &engine->instances[node], EVENT_SKIP, "condition-not-met");
                else if (plan->nodes[node].is_wanted)
                        engine_wish(engine, &engine->instances[node], EVENT_START, "start");
        }
        container_enter(container, CONTAINER_STARTING, "start");
        activation_begin(container);
        engine->turn(engine);
}

static bool is_bad(const Instance *instance)
{
        return instance->state == STATE_FAILED || instance->state == STATE_BLOCKED ||
               (instance->state == STATE_BACKOFF && instance->is_down);
}

/* A component that may take long must not make the service manager lose patience with the daemon. */
static void ask_for_time(Container *container, uint64_t until)
{
        uint64_t longest = UINT64_MAX / 2;

        until = until > longest - MARGIN ? longest : until + MARGIN;
        if (until <= container->asked_until + TELL_EVERY)
                return;
        container->asked_until = until;
        announce_extend(until - clock_monotonic());
}

/* §94: what goes wrong while a failed start is rolled back is part of its report. */
static void note_rollback(Container *container, const RunEvent *event)
{
        const Instance *instance = container_instance(container, event->node);
        const Definition *definition = plan_definition(container->plan, event->node);
        Diag *diag;

        if (event->from != STATE_STOPPING)
                return;
        if (instance->end.hook.is_set && instance->end.hook.hook >= HOOK_SHUTDOWN) {
                g_autofree char *text = wording_hook(container_engine(container), instance, &instance->end);

                diag = diag_add(&container->report, SEVERITY_WARNING, result_codes[instance->end.result],
                                wording_origin(definition, &instance->end), "while '%s' was stopped, its %s",
                                definition->name, text);
        } else if (instance->end.result == RESULT_STOP_TIMEOUT) {
                diag = diag_add(&container->report, SEVERITY_WARNING, DIAG_STOP_TIMEOUT, definition->origin,
                                "'%s' did not stop within its TimeoutStopSec= and was killed", definition->name);
        } else {
                return;
        }
        diag_set_component(diag, definition->name, definition->module->name);
}

void startup_note(Container *container, const RunEvent *event)
{
        const Instance *instance = container_instance(container, event->node);
        bool was = container->degrading[event->node];
        bool is = is_bad(instance) && plan_definition(container->plan, event->node)->policy != POLICY_IGNORE;

        if (instance->state == STATE_STARTING && container->times.first_spawn == 0)
                container->times.first_spawn = event->usec;
        if (container->state == CONTAINER_STARTING) {
                container->times.last_settled = event->usec;
                if (instance->state == STATE_STARTING)
                        ask_for_time(container,
                                     clock_after(plan_definition(container->plan, event->node)->life->timeout_start));
        }
        /* What was bad stays so while it is tried once more: Degraded does not flicker with each attempt. */
        if (was && !is && instance->state != STATE_READY && instance->state != STATE_INACTIVE)
                is = true;
        container->degrading[event->node] = is;
        container->n_degrading += (uint32_t) is - (uint32_t) was;
        if (container->state == CONTAINER_STOPPING && container->result == CONTAINER_RESULT_START_FAILED)
                note_rollback(container, event);
        /* What somebody else has started meanwhile is not part of the start of the container (§85, §92). */
        if (container_engine(container)->is_start_judged && container->plan->nodes[event->node].is_wanted &&
            is_bad(instance))
                g_array_append_val(container->failures, event->node);
}

/* The chain from a blocked component to what it is blocked by. */
static void add_chain(const Container *container, uint32_t node, Diag *diag)
{
        const Graph *graph = &container->plan->graph;

        for (uint32_t hops = 0; hops < 64; hops++) {
                uint32_t n, next = node;
                const uint32_t *edges = graph_edges(graph, node, DOWN, &n);

                for (uint32_t i = 0; i < n && next == node; i++) {
                        const Edge *edge = &graph->edges[edges[i]];

                        if (edge->kind != EDGE_REQUIRES || !container_instance(container, edge->to)->is_down)
                                continue;
                        diag_add_step(diag, plan_node_name(container->plan, node), edge_kind_names[edge->kind],
                                      edge->origin);
                        next = edge->to;
                }
                if (next == node)
                        break;
                node = next;
        }
        diag_add_step(diag, plan_node_name(container->plan, node), NULL,
                      plan_definition(container->plan, node)->origin);
}

static void report_failure(Container *container, uint32_t node)
{
        const Instance *instance = container_instance(container, node);
        const Definition *definition = plan_definition(container->plan, node);
        Severity severity = definition->policy == POLICY_STRICT ? SEVERITY_ERROR
                            : definition->policy == POLICY_WARN ? SEVERITY_WARNING
                                                                : SEVERITY_NOTICE;
        bool is_blocked = instance->state == STATE_BLOCKED;
        Diag *diag;

        if (is_blocked) {
                diag = diag_add(&container->report, severity, DIAG_DEPENDENCY_FAILED, definition->origin,
                                "'%s' was not started: something it requires is not there", definition->name);
                add_chain(container, node, diag);
        } else if (last_end_is_before_spawn(&instance->end)) {
                g_autofree char *text = wording_exec_failed(container_engine(container), instance);

                diag = diag_add(&container->report, severity, result_codes[instance->end.result],
                                wording_origin(definition, &instance->end), "'%s' %s", definition->name, text);
        } else if (instance->end.hook.is_set) {
                g_autofree char *text = wording_hook(container_engine(container), instance, &instance->end);

                diag = diag_add(&container->report, severity, result_codes[instance->end.result],
                                wording_origin(definition, &instance->end), "'%s' did not become ready: its %s",
                                definition->name, text);
        } else {
                g_autofree char *how = wording_end(&instance->end);

                if (instance->end.result == RESULT_START_TIMEOUT)
                        diag = diag_add(&container->report, severity, DIAG_START_TIMEOUT, definition->origin,
                                        "'%s' did not become ready within its TimeoutStartSec=", definition->name);
                else
                        diag = diag_add(&container->report, severity, result_codes[instance->end.result],
                                        definition->origin, "'%s' did not become ready: it %s", definition->name, how);
        }
        if (!is_blocked && wording_advice(definition, &instance->end))
                diag_set_hint(diag, "%s", wording_advice(definition, &instance->end));
        diag_set_component(diag, definition->name, definition->module->name);
}

static void fail_start(Container *container)
{
        container->result = CONTAINER_RESULT_START_FAILED;
        container->times.finished = clock_monotonic();
        shutdown_begin(container, "start-failed");
}

/* True: a strict one is among those that failed since the last rest. */
static bool judge(Container *container)
{
        bool is_fatal = false;

        for (guint i = 0; i < container->failures->len; i++) {
                uint32_t node = g_array_index(container->failures, uint32_t, i);
                const Instance *instance = container_instance(container, node);

                /* A retry in back-off fails again and again: it is judged once (§90). */
                if (!is_bad(instance) ||
                    instance->n_attempts >
                            engine_definition(container_engine(container), instance)->life->start_retries + 1)
                        continue;
                report_failure(container, node);
                is_fatal |= plan_definition(container->plan, node)->policy == POLICY_STRICT;
        }
        g_array_set_size(container->failures, 0);
        return is_fatal;
}

/* "Running 12 components", and what is wrong with how many. */
static char *running_status(const Container *container)
{
        uint32_t n_failed = 0, n_blocked = 0;

        for (uint32_t node = 0; container->n_degrading > 0 && node < container->plan->n_components; node++) {
                n_blocked += container_instance(container, node)->state == STATE_BLOCKED;
                n_failed += is_bad(container_instance(container, node)) &&
                            container_instance(container, node)->state != STATE_BLOCKED;
        }
        if (n_failed + n_blocked == 0)
                return g_strdup_printf("Running %u components", container->plan->n_wanted);
        return g_strdup_printf("Running %u components, degraded: %u failed, %u blocked",
                               container->plan->n_wanted - n_failed - n_blocked, n_failed, n_blocked);
}

static void say_ready(Container *container);

static void on_ready_again(Timer *timer, void *userdata)
{
        Container *container = userdata;

        (void) timer;
        g_clear_pointer(&container->ready_again.timer, timer_free);
        if (container->state == CONTAINER_RUNNING)
                say_ready(container);
}

/* §89: what keeps READY=1 from being said is a shortage that passes, or a manager that is not there: not for ever
 * (P24). */
static void say_ready(Container *container)
{
        g_autofree char *status = running_status(container), *text = NULL;
        int r = announce_ready(status);

        if (r == 0)
                return;
        if (container->ready_again.n_tries == 0) {
                text = g_strdup_printf("the service manager could not be told that all is ready: %s", g_strerror(-r));
                container_tell(container, RUN_WARNING, "ready-not-told", text);
        }
        if (container->ready_again.n_tries < READY_TRIES_MAX)
                (void) !timer_new(container->options.loop, clock_after(READY_DELAY << container->ready_again.n_tries),
                                  on_ready_again, container, &container->ready_again.timer);
        container->ready_again.n_tries++;
}

static void finish(Container *container)
{
        container_engine(container)->is_start_judged = false;
        container->times.finished = clock_monotonic();
        if (container->times.last_settled == 0)
                container->times.last_settled = container->times.finished;
        container_enter(container, CONTAINER_RUNNING, container->n_degrading > 0 ? "degraded" : "started");
        container_tell(container, RUN_STARTUP_FINISHED, "started", NULL);
        say_ready(container);
}

static void tell_progress(Container *container)
{
        uint64_t now = clock_monotonic();
        g_autofree char *status = NULL;

        if (now - container->last_told < TELL_EVERY)
                return;
        container->last_told = now;
        status = g_strdup_printf("Starting: %u of %u components are still to settle",
                                 container_engine(container)->n_unsettled, container->plan->n_wanted);
        announce_status(status);
}

void startup_rest(Container *container)
{
        if (container->state != CONTAINER_STARTING)
                return;
        if (container_engine(container)->patience > 0)
                ask_for_time(container, container_engine(container)->patience);
        if (judge(container)) {
                fail_start(container);
                return;
        }
        if (container_engine(container)->n_unsettled > 0 || container_engine(container)->dirty->len > 0)
                tell_progress(container);
        else if (container_engine(container)->queue.length == 0)
                finish(container);
}
