/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the start cost, phase by phase (§142) and component by component (§144), how many components are in each
 * state, and how each one's last stop went (§102).
 * Does not own: the moments themselves (run) nor their text. Everything is µs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "starts.h"

/* total is the sum of the seven others, exactly. */
typedef struct StartupMetrics {
        uint64_t total;
        uint64_t load, merge, validate, gates, resources, components, other;
        uint64_t entry, load_begun, components_begun, ended; /* moments; ended: now, while it runs */
        bool is_finished; /* no: total counts up to now */
} StartupMetrics;

/* Of RUN_STARTUP_FINISHED; is_finished no: not yet. */
typedef struct StartupOutcome {
        bool is_finished, is_success;
        uint64_t total;
        uint32_t n_failed, n_blocked;
} StartupOutcome;

#define DURATION_UNKNOWN UINT64_MAX

/* §143, over all loads. A load is reading, merging and validating. */
typedef struct LoadTotals {
        uint32_t n_loads;
        uint64_t total, fastest, slowest;
} LoadTotals;

/* §144; DURATION_UNKNOWN where an end of it has not happened in this incarnation. own begins with the slot: who waits
 * in a queue is not slow. */
typedef struct ComponentDurations {
        uint64_t wait_deps, wait_slot, spawn, construct, startup, own, stop;
} ComponentDurations;

typedef enum StopManner { STOP_NONE, STOP_CLEAN, STOP_TERM, STOP_KILL, STOP_HOOK_FAILED, STOP_N_ } StopManner;

extern const char *const stop_manner_names[STOP_N_];

typedef struct StopRecord {
        StopManner manner; /* STOP_NONE: was not stopped */
        uint64_t begun, took;
} StopRecord;

typedef struct Metrics Metrics;

/* Pure. Phases are clipped so that they are disjoint and none is negative, whatever TIMES says. */
StartupMetrics startup_metrics(const ContainerTimes *times, uint64_t now);
ComponentDurations component_durations(const Timings *timings);

/* CONTAINER is borrowed. To be made before the observers that read it. */
Metrics *metrics_new(Container *container);
void metrics_free(Metrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Metrics, metrics_free)

StartupOutcome metrics_outcome(const Metrics *metrics);
/* Of the component's last stop. */
StopRecord metrics_stop(const Metrics *metrics, uint32_t node);
LoadTotals metrics_loads(const Metrics *metrics);
StartRecord metrics_start(const Metrics *metrics, uint32_t node);
/* One a component, newly allocated. O(components), as the two below. */
StartRecord *metrics_starts(const Metrics *metrics);
/* §144: own times of all components over TOOK, the time of their phase; 0: nothing was spawned. */
double metrics_parallelism(const Metrics *metrics, uint64_t took);
void container_count_states(const Container *container, uint32_t ret_counts[STATE_N_]);
