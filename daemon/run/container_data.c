/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container_data.h"

#include <assert.h>

#include "live.h"

void container_tell(Container *container, RunEventKind kind, const char *reason, const char *text)
{
        RunEvent event = {
                .kind = kind,
                .node = RUN_NO_NODE,
                .container_from = container->state,
                .container_to = container->state,
                .reason = reason,
                .text = text,
        };

        observers_emit(container->observers, &event);
}

void container_enter(Container *container, ContainerState state, const char *reason)
{
        RunEvent event = {
                .kind = RUN_CONTAINER,
                .node = RUN_NO_NODE,
                .container_from = container->state,
                .container_to = state,
                .reason = reason,
        };

        assert(container_state_may_follow(container->state, state));
        container->state = state;
        observers_emit(container->observers, &event);
}

Observers *container_observers(Container *container)
{
        return container->observers;
}

ContainerState container_state(const Container *container)
{
        return container->state;
}

ContainerResult container_result(const Container *container)
{
        return container->result;
}

bool container_is_degraded(const Container *container)
{
        return container->n_degrading > 0;
}

const DiagList *container_report(const Container *container)
{
        return &container->report;
}

const ContainerTimes *container_times(const Container *container)
{
        return &container->times;
}

const Settings *container_settings(const Container *container)
{
        return container->options.settings;
}

bool container_has_slot(const Container *container)
{
        const Engine *engine = &container->settle.engine;

        return engine->n_starting < engine->max_starting;
}

const Plan *container_plan(const Container *container)
{
        return container->plan;
}

const Instance *container_instance(const Container *container, uint32_t node)
{
        assert(container->plan && node < container->plan->n_components);
        return &container->settle.engine.instances[node];
}

pid_t container_main_pid(const Container *container, uint32_t node)
{
        const Instance *instance = container_instance(container, node);

        return instance->live && instance->live->process ? process_pid(instance->live->process) : 0;
}

const char *container_status_text(const Container *container, uint32_t node)
{
        const Instance *instance = container_instance(container, node);

        return instance->live ? instance->live->status : NULL;
}
