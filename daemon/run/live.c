/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "live.h"

#include "engine.h"

Live *live_get(Engine *engine, Instance *instance)
{
        if (!instance->live) {
                instance->live = g_new0(Live, 1);
                instance->live->engine = engine;
                instance->live->instance = instance;
        }
        return instance->live;
}

void hook_run_free(HookRun *run)
{
        if (!run)
                return;
        process_free(run->process);
        output_free(run->output);
        g_free(run->said);
        g_free(run);
}

Process *live_hook_process(const Live *live)
{
        return live->hook ? live->hook->process : NULL;
}

void live_free(Live *live)
{
        if (!live)
                return;
        timer_free(live->timer);
        probe_free(live->probe);
        watchdog_free(live->watchdog);
        hook_run_free(live->hook);
        session_free(live->session);
        process_free(live->process);
        notify_free(live->notify);
        output_free(live->output);
        g_free(live->status);
        g_free(live);
}

void live_release(Instance *instance)
{
        if (!instance->live || instance->live->process || instance->live->hook || instance->live->timer ||
            instance->live->probe)
                return;
        g_clear_pointer(&instance->live, live_free);
}

int live_set_timer(Live *live, uint64_t at, TimerHandler handler)
{
        g_clear_pointer(&live->timer, timer_free);
        live->deadline = at;
        if (at == UINT64_MAX)
                return 0;
        return timer_new(live->engine->host.loop, at, handler, live, &live->timer);
}

void live_clear_timer(Live *live)
{
        g_clear_pointer(&live->timer, timer_free);
        live->deadline = 0;
}
