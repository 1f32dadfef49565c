/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container_properties.h"

#include <unistd.h>

#include "base/names.h"
#include "link.h"
#include "marshal.h"
#include "os/loop.h"

static const char *const result_words[CONTAINER_RESULT_N_] = {
        [CONTAINER_RESULT_NONE] = "none",
        [CONTAINER_RESULT_CLEAN] = "clean",
        [CONTAINER_RESULT_START_FAILED] = "start-failed",
};

static Container *container_of(void *userdata)
{
        return ((Link *) userdata)->context->container;
}

PROPERTY_GETTER(container_get_version)
{
        return sd_bus_message_append(reply, "s", REEVE_VERSION);
}

PROPERTY_GETTER(container_get_features)
{
        static const char *const features[] = {"start",   "stop",   "restart", "reset",   "plan",
                                               "explain", "events", "graph",   "startup", "resolve"};
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(features); i++)
                r = marshal_text(reply, features[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(container_get_name)
{
        return marshal_text(reply, container_settings(container_of(userdata))->name);
}

PROPERTY_GETTER(container_get_environment)
{
        return marshal_text(reply, name_of(container_environment_names, ENVIRONMENT_N_,
                                           (int) container_settings(container_of(userdata))->environment));
}

PROPERTY_GETTER(container_get_pid)
{
        return sd_bus_message_append(reply, "u", (uint32_t) getpid());
}

PROPERTY_GETTER(container_get_state)
{
        return marshal_text(
                reply, name_of(container_state_names, CONTAINER_N_, (int) container_state(container_of(userdata))));
}

PROPERTY_GETTER(container_get_degraded)
{
        return sd_bus_message_append(reply, "b", (int) container_is_degraded(container_of(userdata)));
}

PROPERTY_GETTER(container_get_result)
{
        return marshal_text(reply,
                            name_of(result_words, CONTAINER_RESULT_N_, (int) container_result(container_of(userdata))));
}

PROPERTY_GETTER(container_get_generation)
{
        const Plan *plan = container_plan(container_of(userdata));

        return sd_bus_message_append(reply, "t", plan ? plan->generation : UINT64_C(0));
}

PROPERTY_GETTER(container_get_hash)
{
        const Plan *plan = container_plan(container_of(userdata));

        return marshal_text(reply, plan ? registry_hash(plan->registry) : NULL);
}

PROPERTY_GETTER(container_get_counts)
{
        uint32_t counts[STATE_N_];
        int r = sd_bus_message_open_container(reply, 'a', "{su}");

        container_count_states(container_of(userdata), counts);
        for (int state = 0; r >= 0 && state < STATE_N_; state++)
                if (counts[state] > 0)
                        r = sd_bus_message_append(reply, "{su}", state_names[state], counts[state]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(container_get_startup)
{
        const Link *link = userdata;
        StartupMetrics metrics = startup_metrics(container_times(link->context->container), clock_monotonic());
        const struct {
                const char *key;
                uint64_t usec;
        } phases[] = {
                {"entry", metrics.entry},
                {"total", metrics.total},
                {"load", metrics.load},
                {"register", metrics.merge},
                {"validate", metrics.validate},
                {"gates", metrics.gates},
                {"resources", metrics.resources},
                {"components", metrics.components},
                {"other", metrics.other},
                {"load_begun", metrics.load_begun},
                {"components_begun", metrics.components_begun},
                {"ended", metrics.ended},
        };
        double parallelism = metrics_parallelism(link->context->metrics, metrics.components);
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(phases); i++)
                r = marshal_number_entry(reply, phases[i].key, 't', phases[i].usec);
        if (r >= 0)
                r = marshal_number_entry(reply, "finished", 'b', metrics.is_finished);
        if (r >= 0)
                r = marshal_number_entry(reply, "success", 'b', metrics_outcome(link->context->metrics).is_success);
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}", "parallelism", "d", parallelism);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* §1: what has a name of its own */
static uint32_t count_definitions(const Plan *plan)
{
        uint32_t n_components, n_values, n_aliases;

        (void) registry_components(plan->registry, &n_components);
        (void) registry_values(plan->registry, &n_values);
        (void) registry_aliases(plan->registry, &n_aliases);
        return n_components + n_values + n_aliases;
}

PROPERTY_GETTER(container_get_scan)
{
        const Plan *plan = container_plan(container_of(userdata));
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0 && plan) {
                LoadStatistics statistics = registry_statistics(plan->registry);
                LoadTotals loads = metrics_loads(((Link *) userdata)->context->metrics);
                const struct {
                        const char *key;
                        char type;
                        uint64_t value;
                } numbers[] = {
                        {"files", 'u', statistics.n_files},      {"drop-ins", 'u', statistics.n_drop_ins},
                        {"masked", 'u', statistics.n_masked},    {"modules", 'u', plan->n_modules},
                        {"filtered", 'u', statistics.n_filtered}, {"bytes", 't', statistics.n_bytes},
                        {"components", 'u', plan->n_components}, {"definitions", 'u', count_definitions(plan)},
                        {"warnings", 'u', plan->n_warnings},     {"read", 't', statistics.read_usec},
                        {"merge", 't', statistics.merge_usec},   {"loads", 'u', loads.n_loads},
                        {"total", 't', loads.total},             {"average", 't', loads.total / MAX(loads.n_loads, 1)},
                        {"fastest", 't', loads.fastest},         {"slowest", 't', loads.slowest},
                };

                r = marshal_text_entry(reply, "mode", statistics.is_explicit ? "explicit" : "auto");
                for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(numbers); i++)
                        r = marshal_number_entry(reply, numbers[i].key, numbers[i].type, numbers[i].value);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

PROPERTY_GETTER(container_get_report)
{
        return marshal_findings(reply, container_report(container_of(userdata)));
}
