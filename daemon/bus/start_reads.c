/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "start_reads.h"

#include "base/names.h"
#include "container_reads.h"
#include "error.h"
#include "marshal.h"
#include "observe/critical.h"
#include "run/wording.h"

typedef struct Figure {
        const char *key;
        uint64_t usec, unknown;
} Figure;

static int append_figures(sd_bus_message *reply, const Figure *figures, size_t n_figures)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n_figures; i++)
                if (figures[i].usec != figures[i].unknown)
                        r = marshal_number_entry(reply, figures[i].key, 't', figures[i].usec);
        return r;
}

/* The last attempt alone, where there were several. */
static ComponentDurations latest_durations(const StartRecord *record)
{
        Timings last = record->timings;

        if (record->again != 0)
                last.slot = record->again;
        return component_durations(&last);
}

/* Moments, then durations. */
static int append_times(sd_bus_message *reply, const StartRecord *record)
{
        ComponentDurations whole = component_durations(&record->timings), latest = latest_durations(record);
        const Figure figures[] = {
                {"requested", record->timings.requested, 0},
                {"deps_ready", record->timings.deps_ready, 0},
                {"slot", record->timings.slot, 0},
                {"again", record->again, 0},
                {"spawned", record->timings.spawned, 0},
                {"connected", record->timings.connected, 0},
                {"constructed", record->timings.constructed, 0},
                {"settled", record->settled, 0},
                {"wait_deps", whole.wait_deps, DURATION_UNKNOWN},
                {"wait_slot", whole.wait_slot, DURATION_UNKNOWN},
                {"spawn", latest.spawn, DURATION_UNKNOWN},
                {"construct", latest.construct, DURATION_UNKNOWN},
                {"startup", latest.startup, DURATION_UNKNOWN},
                {"own", start_own(record), 0},
        };

        return append_figures(reply, figures, G_N_ELEMENTS(figures));
}

static bool is_missing(State outcome)
{
        return outcome == STATE_FAILED || outcome == STATE_BLOCKED || outcome == STATE_BACKOFF ||
               outcome == STATE_SKIPPED;
}

/* One phrase why it is not ready; NULL: it is, or it is on its way. */
static char *why(const BusContext *context, uint32_t node, const StartRecord *record)
{
        const Container *container = context->container;
        const Plan *plan = container_plan(container);
        const Instance *instance = container_instance(container, node);
        uint32_t n;
        const uint32_t *edges = graph_edges(&plan->graph, node, DOWN, &n);

        if (record->outcome == STATE_BLOCKED) {
                for (uint32_t i = 0; i < n; i++) {
                        const Edge *edge = &plan->graph.edges[edges[i]];

                        if (edge->kind == EDGE_REQUIRES &&
                            is_missing(metrics_start(context->metrics, edge->to).outcome))
                                return g_strdup_printf("needs %s", plan_node_name(plan, edge->to));
                }
                return NULL;
        }
        if (record->outcome == STATE_INACTIVE && record->settled == 0)
                return g_strdup("called off");
        if ((record->outcome != STATE_FAILED && record->outcome != STATE_BACKOFF) ||
            instance->end.result == RESULT_SUCCESS)
                return NULL;
        if (last_end_is_before_spawn(&instance->end))
                return container_explain_spawn(container, node);
        if (instance->end.result == RESULT_START_TIMEOUT)
                return g_strdup("did not become ready in time");
        return wording_end(&instance->end);
}

static int append_component(sd_bus_message *reply, const BusContext *context, uint32_t node, const StartRecord *record)
{
        const Definition *definition = plan_definition(container_plan(context->container), node);
        const Instance *instance = container_instance(context->container, node);
        bool is_ready = record->outcome == STATE_READY;
        g_autofree char *text = is_ready ? NULL : why(context, node, record);
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = marshal_text_entry(reply, "name", definition->name);
        if (r >= 0)
                r = marshal_text_entry(reply, "module", definition->module->name);
        if (r >= 0)
                r = marshal_text_entry(reply, "state", state_names[record->outcome]);
        if (r >= 0 && text && instance->end.result != RESULT_SUCCESS)
                r = marshal_text_entry(reply, "result", result_names[instance->end.result]);
        if (r >= 0)
                r = marshal_text_entry(reply, "text", text);
        if (r >= 0)
                r = append_times(reply, record);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* What was asked for before the start had ended; what was never asked for has no times. */
static bool has_part(const Container *container, const StartRecord *record)
{
        uint64_t finished = container_times(container)->finished, requested = record->timings.requested;

        return requested != 0 && (finished == 0 || requested <= finished);
}

int container_on_startup(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const BusContext *context = ((Link *) userdata)->context;
        sd_bus_message *reply = NULL;
        const Plan *plan;
        int r = options_read(message, NULL, 0, error);

        if (r >= 0)
                r = container_need_plan(userdata, &plan, error);
        if (r < 0)
                return r;
        r = sd_bus_message_new_method_return(message, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (uint32_t node = 0; r >= 0 && node < plan->n_components; node++) {
                StartRecord record = metrics_start(context->metrics, node);

                if (has_part(context->container, &record))
                        r = append_component(reply, context, node, &record);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

static int append_step(sd_bus_message *reply, const Plan *plan, const StartRecord *starts, const CriticalStep *step)
{
        const Figure figures[] = {
                {"begin", step->begin, DURATION_UNKNOWN},
                {"until", step->until, DURATION_UNKNOWN},
                {"wait_slot", step->wait_slot, DURATION_UNKNOWN},
                {"own", step->own, DURATION_UNKNOWN},
        };
        const char *module =
                step->reason == STEP_MODULE ? plan_node_name(plan, plan->graph.edges[step->edge].to) : NULL;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = marshal_text_entry(reply, "name", plan_node_name(plan, step->node));
        if (r >= 0)
                r = marshal_text_entry(reply, "state", state_names[starts[step->node].outcome]);
        if (r >= 0)
                r = marshal_text_entry(reply, "reason", name_of(step_reason_names, STEP_N_, (int) step->reason));
        if (r >= 0)
                r = marshal_text_entry(reply, "module", module);
        if (r >= 0)
                r = append_figures(reply, figures, G_N_ELEMENTS(figures));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int send_path(sd_bus_message *message, const Plan *plan, const StartRecord *starts, const GArray *path)
{
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(message, &reply);

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        for (guint i = 0; r >= 0 && i < path->len; i++)
                r = append_step(reply, plan, starts, &g_array_index(path, CriticalStep, i));
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r;
}

int container_on_critical_path(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Link *link = userdata;
        g_autofree StartRecord *starts = NULL;
        g_autoptr(GArray) path = NULL;
        const char *name;
        const Plan *plan;
        uint32_t last = RUN_NO_NODE;
        int r = container_read_name(message, &name, error);

        if (r >= 0)
                r = options_read(message, NULL, 0, error);
        if (r >= 0)
                r = container_need_plan(link, &plan, error);
        if (r >= 0 && *name)
                r = container_find_node(link, name, &last, error);
        if (r < 0)
                return r;
        starts = metrics_starts(link->context->metrics);
        path = critical_path(plan, starts, *name ? last : critical_last(plan, starts), NULL);
        return send_path(message, plan, starts, path);
}
