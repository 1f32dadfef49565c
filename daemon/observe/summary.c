/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summary.h"

#include "run/wording.h"

static const char *plural(uint32_t n)
{
        return n == 1 ? "" : "s";
}

static void add_count(GString *out, const char *separator, uint32_t n, const char *what)
{
        if (n > 0)
                g_string_append_printf(out, "%s%u %s", separator, n, what);
}

/* A oneshot that has done its work counts as started. */
static uint32_t count_started(const Container *container)
{
        const Plan *plan = container_plan(container);
        uint32_t n = 0;

        for (uint32_t node = 0; plan && node < plan->n_components; node++)
                n += container_instance(container, node)->timings.ready != 0;
        return n;
}

char *summary_of_start(const Container *container, const StartupOutcome *outcome)
{
        GString *out = g_string_new(NULL);
        g_autofree char *span = wording_span(outcome->total);
        uint32_t n = count_started(container);

        if (outcome->is_success)
                g_string_append_printf(out, "started %u component%s in %s", n, plural(n), span);
        else
                g_string_append_printf(out, "start failed after %s, %u component%s had started", span, n, plural(n));
        add_count(out, ", ", outcome->n_failed, "failed");
        add_count(out, ", ", outcome->n_blocked, "blocked");
        return g_string_free(out, FALSE);
}

char *summary_of_stop(const Container *container, const Metrics *metrics, uint64_t begun, uint64_t ended)
{
        static const char *const words[STOP_N_] = {
                [STOP_CLEAN] = "clean",
                [STOP_TERM] = "by signal",
                [STOP_KILL] = "killed after the stop timeout",
                [STOP_HOOK_FAILED] = "with a failed hook",
        };
        const Plan *plan = container_plan(container);
        g_autofree char *span = wording_span(ended - begun);
        uint32_t counts[STOP_N_] = {0}, n;
        const char *separator = ": ";
        GString *out = g_string_new(NULL);

        for (uint32_t node = 0; plan && node < plan->n_components; node++) {
                StopRecord stop = metrics_stop(metrics, node);

                /* What an administrator had stopped before is not part of this. */
                if (stop.begun + stop.took >= begun)
                        counts[stop.manner]++;
        }
        n = counts[STOP_CLEAN] + counts[STOP_TERM] + counts[STOP_KILL] + counts[STOP_HOOK_FAILED];
        g_string_append_printf(out, "stopped %u component%s in %s", n, plural(n), span);
        for (int manner = STOP_CLEAN; manner < STOP_N_; manner++) {
                add_count(out, separator, counts[manner], words[manner]);
                if (counts[manner] > 0)
                        separator = ", ";
        }
        return g_string_free(out, FALSE);
}
