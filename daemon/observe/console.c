/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "limiter.h"
#include "run/wording.h"
#include "screen.h"
#include "summary.h"

#define NAME_WIDTH_MIN 8
#define NAME_WIDTH_MAX 24
#define LINE_MAX_BYTES (64 * 1024)

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RESET "\033[0m"

struct Console {
        ConsoleOptions options;
        Screen *screen;
        Limiter *limiter;
        Container *container;   /* borrowed, NULL before console_attach() */
        const Metrics *metrics; /* borrowed */
        GString *line;          /* scratch */
        int width;              /* of the column of names */
        uint64_t generation;    /* of which `width` is */
        uint64_t stop_begun;
};

bool console_has_colours(int fd)
{
        const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

        return isatty(fd) && !(no_color && *no_color) && !(terminal && strcmp(terminal, "dumb") == 0);
}

static const char *colour(const Console *console, const char *code)
{
        return console->options.has_colours ? code : "";
}

/* By name, so that a component keeps its colour from run to run. */
static const char *colour_of_name(const Console *console, const char *name)
{
        static const char *const codes[] = {"\033[36m", "\033[35m", "\033[34m", "\033[33m",
                                            "\033[32m", "\033[96m", "\033[95m", "\033[94m"};

        return colour(console, codes[g_str_hash(name) % G_N_ELEMENTS(codes)]);
}

static void measure(Console *console)
{
        const Plan *plan = console->container ? container_plan(console->container) : NULL;

        if (!plan || (console->width > 0 && console->generation == plan->generation))
                return;
        console->width = NAME_WIDTH_MIN;
        console->generation = plan->generation;
        for (uint32_t node = 0; node < plan->n_components; node++)
                console->width =
                        MAX(console->width, (int) MIN(strlen(plan_node_name(plan, node)), (size_t) NAME_WIDTH_MAX));
}

/* A moment of the monotonic clock, as the clock on the wall showed it. */
static void begin_line(Console *console, uint64_t usec)
{
        gint64 real = g_get_real_time() - (g_get_monotonic_time() - (gint64) usec);
        g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(real / G_USEC_PER_SEC);
        g_autofree char *text = time ? g_date_time_format(time, "%H:%M:%S") : NULL;

        measure(console);
        g_string_truncate(console->line, 0);
        g_string_append_printf(console->line, "%s%s.%03d%s ", colour(console, DIM), text ? text : "--:--:--",
                               (int) (real % G_USEC_PER_SEC / 1000), colour(console, RESET));
}

static void end_line(Console *console, bool is_foreign)
{
        g_string_append_c(console->line, '\n');
        if (!screen_write(console->screen, console->line->str, console->line->len, is_foreign) &&
            console->options.on_stall)
                console->options.on_stall(console->options.userdata);
}

static void say(Console *console, uint64_t usec, const char *code, const char *mark, const char *name, const char *text)
{
        begin_line(console, usec);
        g_string_append_printf(console->line, "%s%s%s ", colour(console, code), mark, colour(console, RESET));
        if (name)
                g_string_append_printf(console->line, "%s%-*s%s ", colour(console, BOLD), console->width, name,
                                       colour(console, RESET));
        escape_append(console->line, text, strlen(text), TRUE, LINE_MAX_BYTES);
        end_line(console, false);
}

static void say_span(Console *console, const RunEvent *event, const char *code, const char *mark, const char *words,
                     uint64_t usec, const char *manner)
{
        g_autofree char *span = wording_span(usec);
        g_autofree char *text = g_strdup_printf("%s %s%s%s", words, span, manner ? ", " : "", manner ? manner : "");

        say(console, event->usec, code, mark, event->component, text);
}

static void on_ready(Console *console, const RunEvent *event)
{
        const Instance *instance = container_instance(console->container, event->node);
        uint64_t since = instance->timings.slot;

        say_span(console, event, GREEN, "●", event->sub_state == SUB_EXITED ? "done in" : "ready in",
                 since != 0 && since < event->usec ? event->usec - since : 0, NULL);
}

static void on_stopped(Console *console, const RunEvent *event)
{
        static const char *const words[STOP_N_] = {
                [STOP_TERM] = "ended by its signal",
                [STOP_KILL] = "killed: it did not stop in time",
                [STOP_HOOK_FAILED] = "a stop hook failed",
        };
        StopRecord stop = metrics_stop(console->metrics, event->node);

        say_span(console, event, stop.manner == STOP_KILL ? RED : DIM, "○", "stopped in", stop.took,
                 words[stop.manner]);
}

static void on_transition(Console *console, const RunEvent *event)
{
        if (event->from == STATE_STOPPING)
                on_stopped(console, event);
        switch (event->to) {
        case STATE_READY:
                on_ready(console, event);
                break;
        case STATE_FAILED: {
                g_autofree char *text = g_strdup_printf("failed (%s)", event->reason);

                say(console, event->usec, RED, "✗", event->component, text);
                break;
        }
        case STATE_BACKOFF:
                say(console, event->usec, YELLOW, "↻", event->component, "will be tried again");
                break;
        case STATE_BLOCKED:
                say(console, event->usec, YELLOW, "◌", event->component, "blocked: something it requires is not there");
                break;
        case STATE_SKIPPED:
                say(console, event->usec, DIM, "◌", event->component, "skipped: a condition is not met");
                break;
        case STATE_INACTIVE:
                if (event->from == STATE_READY)
                        say(console, event->usec, DIM, "○", event->component, "ended");
                break;
        default:
                break;
        }
}

static void on_container(Console *console, const RunEvent *event)
{
        g_autofree char *text = NULL;

        if (event->container_to == CONTAINER_DRAINING) {
                console->stop_begun = event->usec;
                text = g_strdup_printf("stopping (%s)", event->reason);
                say(console, event->usec, BOLD, "■", NULL, text);
        } else if (console->stop_begun != 0 &&
                   (event->container_to == CONTAINER_STOPPED || event->container_to == CONTAINER_FAILED)) {
                text = summary_of_stop(console->container, console->metrics, console->stop_begun, event->usec);
                console->stop_begun = 0;
                say(console, event->usec, BOLD, "■", NULL, text);
        }
}

/* P18 */
static void on_warning(Console *console, const RunEvent *event)
{
        g_autofree char *class_name = g_strdup_printf("%s %s", event->component ? event->component : "", event->reason);
        const char *text = event->text ? event->text : event->reason;
        g_autofree char *counted = NULL;
        uint32_t n_held;

        if (!limiter_pass(console->limiter, class_name, 1, event->usec, &n_held))
                return;
        if (n_held > 0)
                text = counted = g_strdup_printf("%s (and %u more like this)", text, n_held);
        say(console, event->usec, YELLOW, "!", event->component, text);
}

static void on_event(const RunEvent *event, void *userdata)
{
        Console *console = userdata;

        if (event->kind == RUN_TRANSITION) {
                on_transition(console, event);
        } else if (event->kind == RUN_WARNING) {
                on_warning(console, event);
        } else if (event->kind == RUN_CONTAINER) {
                on_container(console, event);
        } else if (event->kind == RUN_STARTUP_FINISHED) {
                StartupOutcome outcome = metrics_outcome(console->metrics);
                g_autofree char *text = summary_of_start(console->container, &outcome);

                say(console, event->usec, outcome.is_success ? BOLD : RED, "■", NULL, text);
        }
}

void console_line(const char *component, const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        Console *console = userdata;

        begin_line(console, (uint64_t) g_get_monotonic_time());
        g_string_append_printf(console->line, "%s%*s%s │ ", colour_of_name(console, component), console->width + 2,
                               component, colour(console, RESET));
        if (n_lost > 0)
                g_string_append_printf(console->line, "(%u lines lost) ", n_lost);
        escape_append(console->line, line, n_line, TRUE, LINE_MAX_BYTES);
        end_line(console, true);
}

bool console_flush(Console *console)
{
        return screen_flush(console->screen);
}

Console *console_new(const ConsoleOptions *options)
{
        Console *console = g_new0(Console, 1);

        console->options = *options;
        console->screen = screen_new(options->fd);
        console->limiter = limiter_new();
        console->line = g_string_new(NULL);
        console->width = NAME_WIDTH_MIN;
        return console;
}

void console_attach(Console *console, Container *container, const Metrics *metrics)
{
        console->container = container;
        console->metrics = metrics;
        console->width = 0;
        observers_add(container_observers(container), on_event, console);
}

void console_free(Console *console)
{
        if (!console)
                return;
        if (console->container)
                observers_remove(container_observers(console->container), on_event, console);
        screen_free(console->screen);
        limiter_free(console->limiter);
        g_string_free(console->line, TRUE);
        g_free(console);
}
