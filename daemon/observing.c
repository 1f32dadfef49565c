/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "observing.h"

#include <limits.h>
#include <unistd.h>

#include "base/log.h"

#define FLUSH_AFTER (100 * 1000)

static void on_flush(Timer *timer, void *userdata)
{
        Observing *observing = userdata;

        if (!console_flush(observing->console))
                (void) timer_set(timer, clock_monotonic() + FLUSH_AFTER);
}

static void on_stall(void *userdata)
{
        Observing *observing = userdata;

        (void) timer_set(observing->flush, clock_monotonic() + FLUSH_AFTER);
}

/* Without a foreground and without a journal to hand the output to: the daemon's own log is the place. */
static void on_plain_line(const char *component, const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        if (n_lost > 0)
                log_warning("%s: %u lines of output were lost", component, n_lost);
        if (line)
                log_info("%s: %.*s", component, (int) MIN(n_line, (size_t) INT_MAX), line);
}

int observing_init(Observing *observing, Loop *loop, ContainerOptions *options)
{
        options->on_line = on_plain_line;
        if (!options->is_foreground)
                return 0;
        observing->console = console_new(&(ConsoleOptions){
                .fd = STDOUT_FILENO,
                .has_colours = console_has_colours(STDOUT_FILENO),
                .on_stall = on_stall,
                .userdata = observing,
        });
        options->on_line = console_line;
        options->userdata = observing->console;
        return timer_new(loop, UINT64_MAX, on_flush, observing, &observing->flush);
}

void observing_attach(Observing *observing, Container *container)
{
        observing->history = history_new(container_observers(container), 0);
        observing->metrics = metrics_new(container);
        if (observing->console)
                console_attach(observing->console, container, observing->metrics);
        else
                observing->journal = event_log_new(container, observing->metrics);
}

void observing_done(Observing *observing)
{
        console_free(observing->console);
        event_log_free(observing->journal);
        metrics_free(observing->metrics);
        history_free(observing->history);
        timer_free(observing->flush);
}
