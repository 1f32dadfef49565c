/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "metrics.h"

#include <signal.h>
#include <string.h>

const char *const stop_manner_names[STOP_N_] = {
        [STOP_NONE] = "none",
        [STOP_CLEAN] = "clean",
        [STOP_TERM] = "term",
        [STOP_KILL] = "kill",
        [STOP_HOOK_FAILED] = "hook-failed",
};

struct Metrics {
        Container *container; /* borrowed */
        Starts *starts;
        StartupOutcome outcome;
        LoadTotals loads;
        uint64_t load_begun;
        GArray *stops; /* of StopRecord, by node; grows when a node is first stopped */
};

/* A phase gets at most what the phases before it have left: so the identity of §142 holds by construction. */
static uint64_t take(uint64_t *left, uint64_t wanted)
{
        uint64_t taken = MIN(*left, wanted);

        *left -= taken;
        return taken;
}

StartupMetrics startup_metrics(const ContainerTimes *times, uint64_t now)
{
        StartupMetrics metrics = {
                .entry = times->entry,
                .load_begun = times->load_begun,
                .components_begun = times->first_spawn,
                .is_finished = times->finished != 0,
        };
        uint64_t end = metrics.is_finished ? times->finished : now;
        bool is_settled = metrics.is_finished && times->last_settled != 0 && times->last_settled < end;
        uint64_t settled = is_settled ? times->last_settled : end;
        uint64_t left;

        metrics.ended = end;
        metrics.total = left = end > times->entry ? end - times->entry : 0;
        metrics.load = take(&left, times->load);
        metrics.merge = take(&left, times->merge);
        metrics.validate = take(&left, times->validate);
        metrics.gates = take(&left, times->gates);
        metrics.resources = take(&left, times->resources);
        if (times->first_spawn != 0 && times->first_spawn < settled)
                metrics.components = take(&left, settled - times->first_spawn);
        metrics.other = left;
        return metrics;
}

static uint64_t between(uint64_t from, uint64_t to)
{
        return from != 0 && to != 0 && to >= from ? to - from : DURATION_UNKNOWN;
}

ComponentDurations component_durations(const Timings *timings)
{
        uint64_t constructed = timings->constructed != 0 ? timings->constructed : timings->spawned;

        return (ComponentDurations){
                .wait_deps = between(timings->requested, timings->deps_ready),
                .wait_slot = between(timings->deps_ready, timings->slot),
                .spawn = between(timings->slot, timings->spawned),
                .construct = between(timings->spawned, timings->constructed),
                .startup = between(constructed, timings->ready),
                .own = between(timings->slot, timings->ready),
                .stop = between(timings->stop_requested, timings->stopped),
        };
}

void container_count_states(const Container *container, uint32_t ret_counts[STATE_N_])
{
        const Plan *plan = container_plan(container);

        memset(ret_counts, 0, sizeof(uint32_t) * STATE_N_);
        for (uint32_t node = 0; plan && node < plan->n_components; node++)
                ret_counts[container_instance(container, node)->state]++;
}

static void note_startup(Metrics *metrics, const RunEvent *event)
{
        uint32_t counts[STATE_N_];

        container_count_states(metrics->container, counts);
        metrics->outcome = (StartupOutcome){
                .is_finished = true,
                .is_success = container_result(metrics->container) != CONTAINER_RESULT_START_FAILED &&
                              container_state(metrics->container) != CONTAINER_FAILED &&
                              !g_str_has_suffix(event->reason, "failed"),
                .total = startup_metrics(container_times(metrics->container), event->usec).total,
                .n_failed = counts[STATE_FAILED] + counts[STATE_BACKOFF],
                .n_blocked = counts[STATE_BLOCKED],
        };
}

static StopManner judge_stop(const StopRecord *record, const Instance *instance)
{
        if (record->manner == STOP_KILL || instance->end.result == RESULT_STOP_TIMEOUT)
                return STOP_KILL;
        if (instance->end.hook.is_set && instance->end.hook.hook >= HOOK_SHUTDOWN)
                return STOP_HOOK_FAILED;
        return instance->end.code == CLD_KILLED || instance->end.code == CLD_DUMPED ? STOP_TERM : STOP_CLEAN;
}

static void note_stop(Metrics *metrics, const RunEvent *event)
{
        StopRecord *record;

        if (event->node >= metrics->stops->len) {
                if (event->to != STATE_STOPPING)
                        return;
                g_array_set_size(metrics->stops, event->node + 1);
        }
        record = &g_array_index(metrics->stops, StopRecord, event->node);

        if (event->kind == RUN_TRANSITION && event->to == STATE_STOPPING)
                *record = (StopRecord){.begun = event->usec};
        else if (event->kind == RUN_TRANSITION && event->from == STATE_STOPPING) {
                record->manner = judge_stop(record, container_instance(metrics->container, event->node));
                record->took = event->usec - record->begun;
        } else if (event->kind == RUN_SUB_STATE && event->sub_state == SUB_KILL)
                record->manner = STOP_KILL;
}

static bool is_loading(ContainerState state)
{
        return state == CONTAINER_LOADING || state == CONTAINER_VALIDATING;
}

static void note_load(Metrics *metrics, const RunEvent *event)
{
        LoadTotals *loads = &metrics->loads;
        uint64_t took = event->usec - metrics->load_begun;

        if (is_loading(event->container_to) && !is_loading(event->container_from))
                metrics->load_begun = event->usec;
        if (!is_loading(event->container_from) || is_loading(event->container_to))
                return;
        loads->total += took;
        loads->fastest = loads->n_loads == 0 ? took : MIN(loads->fastest, took);
        loads->slowest = MAX(loads->slowest, took);
        loads->n_loads++;
}

static void on_event(const RunEvent *event, void *userdata)
{
        Metrics *metrics = userdata;

        if (event->kind == RUN_STARTUP_FINISHED)
                note_startup(metrics, event);
        else if (event->kind == RUN_CONTAINER)
                note_load(metrics, event);
        if (event->kind == RUN_TRANSITION)
                starts_note(metrics->starts, event);
        if (event->node != RUN_NO_NODE && (event->kind == RUN_TRANSITION || event->kind == RUN_SUB_STATE))
                note_stop(metrics, event);
}

Metrics *metrics_new(Container *container)
{
        Metrics *metrics = g_new0(Metrics, 1);

        metrics->container = container;
        metrics->starts = starts_new(container);
        metrics->stops = g_array_new(FALSE, TRUE, sizeof(StopRecord));
        observers_add(container_observers(container), on_event, metrics);
        return metrics;
}

void metrics_free(Metrics *metrics)
{
        if (!metrics)
                return;
        observers_remove(container_observers(metrics->container), on_event, metrics);
        starts_free(metrics->starts);
        g_array_free(metrics->stops, TRUE);
        g_free(metrics);
}

StartupOutcome metrics_outcome(const Metrics *metrics)
{
        return metrics->outcome;
}

StopRecord metrics_stop(const Metrics *metrics, uint32_t node)
{
        return node < metrics->stops->len ? g_array_index(metrics->stops, StopRecord, node) : (StopRecord){0};
}

LoadTotals metrics_loads(const Metrics *metrics)
{
        return metrics->loads;
}

StartRecord metrics_start(const Metrics *metrics, uint32_t node)
{
        return starts_get(metrics->starts, node);
}

StartRecord *metrics_starts(const Metrics *metrics)
{
        const Plan *plan = container_plan(metrics->container);
        StartRecord *records = g_new(StartRecord, MAX(plan->n_components, 1));

        for (uint32_t node = 0; node < plan->n_components; node++)
                records[node] = starts_get(metrics->starts, node);
        return records;
}

double metrics_parallelism(const Metrics *metrics, uint64_t took)
{
        const Plan *plan = container_plan(metrics->container);
        uint64_t own = 0;

        for (uint32_t node = 0; plan && node < plan->n_components; node++) {
                StartRecord record = starts_get(metrics->starts, node);

                own += start_own(&record);
        }
        return took > 0 ? (double) own / (double) took : 0;
}
