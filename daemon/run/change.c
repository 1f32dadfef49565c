/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change.h"

#include "container_data.h"

#define KEPT_FOR (60ull * 1000 * 1000)
/* Once its end was read: time to read the rest of it. */
#define READ_KEPT_FOR (5ull * 1000 * 1000)
/* Above this the oldest that have ended go, whether or not anybody has read them. */
#define MAX_CHANGES 256

const char *const change_kind_names[CHANGE_KIND_N_] = {
        [CHANGE_START] = "start", [CHANGE_STOP] = "stop",         [CHANGE_RESTART] = "restart",
        [CHANGE_RESET] = "reset", [CHANGE_SHUTDOWN] = "shutdown",
};

const char *const change_state_names[CHANGE_STATE_N_] = {
        [CHANGE_DOING] = "doing",
        [CHANGE_DONE] = "done",
        [CHANGE_FAILED] = "failed",
};

void change_free(Change *change)
{
        if (!change)
                return;
        diag_list_done(&change->error);
        g_free(change->tasks);
        g_free(change);
}

static void tell(Container *container, const Change *change)
{
        RunEvent event = {
                .kind = RUN_CHANGE,
                .node = change->tasks[0].node,
                .component = plan_node_name(container->plan, change->tasks[0].node),
                .reason = change_state_names[change->state],
                .number = change->id,
        };

        observers_emit(container->observers, &event);
}

static void make_room(Container *container)
{
        for (guint i = 0; i < container->changes->len && container->changes->len >= MAX_CHANGES;) {
                Change *change = container->changes->pdata[i];

                if (change->ended > 0)
                        g_ptr_array_remove_index(container->changes, i);
                else
                        i++;
        }
}

bool change_is_full(const Container *container)
{
        uint32_t n_doing = 0;

        for (guint i = 0; i < container->changes->len; i++)
                n_doing += ((const Change *) container->changes->pdata[i])->ended == 0;
        return n_doing >= MAX_CHANGES;
}

Change *change_new(Container *container, ChangeKind kind, uint32_t node)
{
        Change *change = g_new0(Change, 1);

        make_room(container);
        change->id = ++container->n_changes;
        change->kind = kind;
        change->begun = clock_monotonic();
        change->tasks = g_new0(ChangeTask, 1);
        change->tasks[0] =
                (ChangeTask){.node = node, .old_incarnation = container_instance(container, node)->incarnation};
        change->n_tasks = 1;
        diag_list_init(&change->error);
        g_ptr_array_add(container->changes, change);
        tell(container, change);
        return change;
}

/* What the state of its component says of a task; judged at rest, when nothing is half done. */
static ChangeState judge_task(const Change *change, const ChangeTask *task, const Instance *instance)
{
        bool is_new = instance->incarnation > task->old_incarnation;
        bool is_leaving = instance->state == STATE_STOPPING || instance->is_stop_wanted;

        switch (change->kind) {
        case CHANGE_START:
        case CHANGE_RESTART:
                if (instance->state == STATE_READY && (is_new || change->kind == CHANGE_START) &&
                    !instance->is_stop_wanted)
                        return CHANGE_DONE;
                if (instance->state == STATE_FAILED || instance->state == STATE_BLOCKED ||
                    instance->state == STATE_BACKOFF || instance->state == STATE_SKIPPED)
                        return CHANGE_FAILED;
                /* A oneshot or a short job may have run to its good end already. */
                if (instance->state == STATE_INACTIVE)
                        return is_new && instance->end.result == RESULT_SUCCESS ? CHANGE_DONE : CHANGE_FAILED;
                return CHANGE_DOING;
        case CHANGE_STOP:
                if (instance->state == STATE_INACTIVE || instance->state == STATE_FAILED ||
                    instance->state == STATE_SKIPPED)
                        return CHANGE_DONE;
                return is_leaving ? CHANGE_DOING : CHANGE_FAILED; /* a later start has overtaken it (§71) */
        default:
                return CHANGE_DONE;
        }
}

static void drop_expired(Container *container);

static void on_expiry(Timer *timer, void *userdata)
{
        (void) timer;
        drop_expired(userdata);
}

static void drop_expired(Container *container)
{
        uint64_t now = clock_monotonic(), next = UINT64_MAX;

        for (guint i = container->changes->len; i > 0; i--) {
                Change *change = container->changes->pdata[i - 1];

                if (change->ended == 0)
                        continue;
                if (change->expires <= now)
                        g_ptr_array_remove_index(container->changes, i - 1);
                else
                        next = MIN(next, change->expires);
        }
        g_clear_pointer(&container->expiry, timer_free);
        if (next != UINT64_MAX)
                (void) !timer_new(container->options.loop, next, on_expiry, container, &container->expiry);
}

static void end_change(Container *container, Change *change, ChangeState state)
{
        change->state = state;
        change->tasks[0].state = state;
        change->ended = clock_monotonic();
        change->expires = change->ended + KEPT_FOR;
        if (state == CHANGE_FAILED)
                container_explain(container, change->tasks[0].node, &change->error);
        tell(container, change);
}

void change_rest(Container *container)
{
        bool any = false;

        if (container->changes->len == 0 || !container->plan)
                return;
        for (guint i = 0; i < container->changes->len; i++) {
                Change *change = container->changes->pdata[i];
                ChangeState state;

                if (change->ended > 0)
                        continue;
                state = judge_task(change, &change->tasks[0], container_instance(container, change->tasks[0].node));
                if (state == CHANGE_DOING)
                        continue;
                end_change(container, change, state);
                any = true;
        }
        if (any)
                drop_expired(container);
}

void container_change_read(Container *container, Change *change)
{
        uint64_t soon = clock_monotonic() + READ_KEPT_FOR;

        if (change->ended == 0 || change->expires <= soon)
                return;
        change->expires = soon;
        drop_expired(container);
}

Change *container_find_change(Container *container, uint64_t id)
{
        for (guint i = 0; i < container->changes->len; i++) {
                Change *change = container->changes->pdata[i];

                if (change->id == id)
                        return change;
        }
        return NULL;
}

const GPtrArray *container_changes(const Container *container)
{
        return container->changes;
}
