/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event.h"

#include "os/loop.h"

const char *const run_event_kind_names[RUN_KIND_N_] = {
        [RUN_TRANSITION] = "transition", [RUN_SUB_STATE] = "sub-state", [RUN_CONTAINER] = "container",
        [RUN_STARTUP_FINISHED] = "startup-finished", [RUN_WARNING] = "warning", [RUN_CHANGE] = "change",
        [RUN_MAIN_PID] = "main-pid",     [RUN_ENDPOINTS] = "endpoints",   [RUN_STATUS] = "status",
};

bool run_event_is_hint(RunEventKind kind)
{
        return kind == RUN_MAIN_PID || kind == RUN_ENDPOINTS || kind == RUN_STATUS;
}

typedef struct Observer {
        RunObserver tell;
        void *userdata;
} Observer;

struct Observers {
        GArray *list; /* of Observer; an entry removed while events are told is only blanked */
        uint64_t sequence;
        uint32_t n_telling;
};

Observers *observers_new(void)
{
        Observers *observers = g_new0(Observers, 1);

        observers->list = g_array_new(FALSE, FALSE, sizeof(Observer));
        return observers;
}

void observers_free(Observers *observers)
{
        if (!observers)
                return;
        g_array_free(observers->list, TRUE);
        g_free(observers);
}

void observers_add(Observers *observers, RunObserver observer, void *userdata)
{
        Observer entry = {.tell = observer, .userdata = userdata};

        g_array_append_val(observers->list, entry);
}

void observers_remove(Observers *observers, RunObserver observer, void *userdata)
{
        for (guint i = 0; i < observers->list->len; i++) {
                Observer *entry = &g_array_index(observers->list, Observer, i);

                if (entry->tell != observer || entry->userdata != userdata)
                        continue;
                if (observers->n_telling > 0)
                        entry->tell = NULL;
                else
                        g_array_remove_index(observers->list, i);
                return;
        }
}

void observers_emit(Observers *observers, RunEvent *event)
{
        event->sequence = run_event_is_hint(event->kind) ? 0 : ++observers->sequence;
        event->usec = clock_monotonic();
        observers->n_telling++;
        for (guint i = 0; i < observers->list->len; i++) {
                Observer entry = g_array_index(observers->list, Observer, i);

                if (entry.tell)
                        entry.tell(event, entry.userdata);
        }
        if (--observers->n_telling > 0)
                return;
        for (guint i = observers->list->len; i > 0; i--)
                if (!g_array_index(observers->list, Observer, i - 1).tell)
                        g_array_remove_index(observers->list, i - 1);
}

uint64_t observers_sequence(const Observers *observers)
{
        return observers->sequence;
}
