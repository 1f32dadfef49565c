/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "starts.h"

struct Starts {
        Container *container; /* borrowed */
        GHashTable *kept;     /* node + 1 → StartRecord: what the instance does not tell any more */
        GArray *freed_by;     /* of node, by node; empty until somebody has to wait for a slot */
        uint32_t freeing;     /* who gave its slot back when there was no other, the last time */
        uint64_t freed;       /* and when; 0: nobody has */
};

Starts *starts_new(Container *container)
{
        Starts *starts = g_new0(Starts, 1);

        starts->container = container;
        starts->kept = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        starts->freed_by = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        return starts;
}

void starts_free(Starts *starts)
{
        if (!starts)
                return;
        g_hash_table_unref(starts->kept);
        g_array_unref(starts->freed_by);
        g_free(starts);
}

static StartRecord *find_kept(const Starts *starts, uint32_t node)
{
        return g_hash_table_lookup(starts->kept, GUINT_TO_POINTER(node + 1));
}

static uint32_t freed_by(const Starts *starts, uint32_t node)
{
        return node < starts->freed_by->len ? g_array_index(starts->freed_by, uint32_t, node) : RUN_NO_NODE;
}

/* §52, of what is not ready. */
static bool is_settled(const Instance *instance, State state)
{
        if (state == STATE_BACKOFF)
                return instance->is_down;
        if (state == STATE_INACTIVE)
                return instance->timings.requested != 0;
        return state == STATE_FAILED || state == STATE_BLOCKED || state == STATE_SKIPPED;
}

/* What the instance tells, as long as it is in STATE. */
static StartRecord record_of(const Starts *starts, uint32_t node, State state)
{
        const Instance *instance = container_instance(starts->container, node);
        uint64_t finished = container_times(starts->container)->finished;
        StartRecord record = {.timings = instance->timings, .outcome = state, .freed_by = freed_by(starts, node)};

        if (instance->timings.ready != 0) {
                record.settled = instance->timings.ready;
                record.outcome = STATE_READY;
        } else if (is_settled(instance, state)) {
                record.settled = instance->since;
        }
        /* What is called off because another failed comes after the end, if only by a moment too short to measure. */
        if (finished != 0 && record.settled > finished - (record.outcome == STATE_INACTIVE)) {
                record.settled = 0;
                record.outcome = state;
        }
        return record;
}

StartRecord starts_get(const Starts *starts, uint32_t node)
{
        const StartRecord *kept = find_kept(starts, node);
        const Instance *instance = container_instance(starts->container, node);
        StartRecord record;

        if (!kept)
                return record_of(starts, node, instance->state);
        record = *kept;
        if (record.settled == 0)
                record.outcome = instance->state;
        return record;
}

uint64_t start_own(const StartRecord *record)
{
        uint64_t slot = record->timings.slot;

        return slot != 0 && record->settled > slot ? record->settled - slot : 0;
}

/* §53: who waits while there is no free slot waits for whoever frees the first one. */
static void note_slot(Starts *starts, const RunEvent *event)
{
        const Plan *plan = container_plan(starts->container);
        const Instance *instance = container_instance(starts->container, event->node);
        bool takes_slot = !component_types[plan_definition(plan, event->node)->type].is_foreign;

        if (event->from == STATE_STARTING && takes_slot && !container_has_slot(starts->container)) {
                starts->freeing = event->node;
                starts->freed = event->usec;
        }
        if (event->to != STATE_STARTING || starts->freed <= instance->timings.deps_ready)
                return;
        for (uint32_t node = starts->freed_by->len; node < plan->n_components; node++)
                g_array_append_val(starts->freed_by, (uint32_t){RUN_NO_NODE});
        g_array_index(starts->freed_by, uint32_t, event->node) = starts->freeing;
}

/* It was kept because it is tried once more; now it has settled. */
static void complete(const Starts *starts, StartRecord *record, const Instance *instance, const RunEvent *event)
{
        Timings first = record->timings;

        if (instance->timings.slot != 0)
                record->timings = instance->timings;
        if (first.slot != 0) {
                record->again = instance->timings.slot;
                record->timings.deps_ready = first.deps_ready;
                record->timings.slot = first.slot;
        } else {
                record->freed_by = freed_by(starts, event->node);
        }
        record->timings.requested = first.requested;
        if (event->to == STATE_READY)
                record->timings.ready = event->usec;
        record->settled = event->usec;
        record->outcome = event->to;
}

static void note_record(Starts *starts, const RunEvent *event, uint64_t finished)
{
        const Instance *instance = container_instance(starts->container, event->node);
        StartRecord *kept = find_kept(starts, event->node);
        bool is_over = instance->timings.requested == 0 || (finished != 0 && instance->timings.requested > finished);
        bool is_lost = event->to == STATE_WAITING || (event->to == STATE_INACTIVE && is_settled(instance, event->from));
        bool is_better = kept && (event->to == STATE_READY ? kept->outcome != STATE_READY
                                                           : kept->settled == 0 && is_settled(instance, event->to));

        if (finished == 0 && is_better) {
                complete(starts, kept, instance, event);
        } else if (!kept && !is_over && is_lost) {
                kept = g_new(StartRecord, 1);
                *kept = record_of(starts, event->node, event->from);
                g_hash_table_insert(starts->kept, GUINT_TO_POINTER(event->node + 1), kept);
        }
}

void starts_note(Starts *starts, const RunEvent *event)
{
        uint64_t finished = container_times(starts->container)->finished;

        if (finished == 0)
                note_slot(starts, event);
        note_record(starts, event, finished);
}
