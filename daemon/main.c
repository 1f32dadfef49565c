/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The composition root: with its neighbours in this folder the only place that knows every room. */
#include <signal.h>
#include <stdlib.h>

#include "base/log.h"
#include "bus/bus.h"
#include "ground.h"
#include "observing.h"
#include "offline.h"
#include "options.h"
#include "run/container.h"
#include "sources.h"

typedef struct Daemon {
        Options options;
        Settings settings;
        Ground ground;
        Container *container;
        Observing observing;
        Bus *bus;
} Daemon;

static void on_stop_signal(int signal, void *userdata)
{
        Daemon *daemon = userdata;

        container_shutdown(daemon->container, signal == SIGINT ? "interrupt" : "terminate");
}

static void on_hangup(int signal, void *userdata)
{
        (void) signal;
        (void) userdata;
        log_warning("reload is not available yet; nothing was changed");
}

static void on_event(const RunEvent *event, void *userdata)
{
        Daemon *daemon = userdata;
        bool is_held = event->container_to == CONTAINER_FAILED && daemon->settings.hold_on_failure;

        if (event->kind != RUN_CONTAINER || event->container_from != CONTAINER_STOPPING || is_held)
                return;
        loop_exit(daemon->ground.loop,
                  event->container_to == CONTAINER_FAILED ? EXIT_STATUS_START_FAILED : EXIT_STATUS_OK);
}

static int open_bus(Daemon *daemon)
{
        const Options *options = &daemon->options;
        g_autofree char *path = options->address ? g_strdup(options->address)
                                                 : g_build_filename(options->runtime_directory, "bus", NULL);
        /* A container in somebody's foreground is private: it does not take the name of the system's own. */
        bool is_private = options->is_foreground && daemon->settings.bus == BUS_AUTO;
        int r = bus_new(daemon->ground.loop, daemon->container, daemon->observing.history, daemon->observing.metrics,
                        &(BusOptions){.socket_path = path, .choice = is_private ? BUS_NONE : daemon->settings.bus},
                        &daemon->bus);

        if (r < 0)
                log_error("cannot listen on %s: %s", path, g_strerror(-r));
        return r;
}

static int assemble(Daemon *daemon, uint64_t entry)
{
        ContainerOptions options = {
                .settings = &daemon->settings,
                .is_foreground = daemon->options.is_foreground,
                .entry_usec = entry,
        };
        int r = ground_init(&daemon->ground, daemon->options.runtime_directory);

        if (r < 0)
                return r;
        options.loop = daemon->ground.loop;
        options.host = daemon->ground.processes;
        options.directory = daemon->ground.directory;
        r = observing_init(&daemon->observing, daemon->ground.loop, &options);
        if (r == 0)
                r = container_new(&options, &daemon->container);
        if (r < 0) {
                log_error("cannot make the container: %s", g_strerror(-r));
                return r;
        }
        observing_attach(&daemon->observing, daemon->container);
        observers_add(container_observers(daemon->container), on_event, daemon);
        return open_bus(daemon);
}

static int watch_signals(Daemon *daemon)
{
        Loop *loop = daemon->ground.loop;
        int r = loop_watch_signal(loop, SIGTERM, on_stop_signal, daemon);

        if (r == 0)
                r = loop_watch_signal(loop, SIGINT, on_stop_signal, daemon);
        if (r == 0)
                r = loop_watch_signal(loop, SIGHUP, on_hangup, daemon);
        return r;
}

static int run(Daemon *daemon, const LoadRequest *request, DiagList *diags, uint64_t entry)
{
        int r;

        log_level = daemon->settings.log_level;
        log_prefix = getenv("JOURNAL_STREAM") != NULL && !daemon->options.is_foreground;
        r = assemble(daemon, entry);
        if (r < 0)
                return EXIT_STATUS_OTHER;
        r = container_load(daemon->container, request, daemon->options.is_strict, diags);
        diag_list_sort(diags);
        offline_print_diags(diags);
        if (r < 0 || diag_list_count(diags, SEVERITY_ERROR) > 0)
                return EXIT_STATUS_CONFIGURATION;
        r = watch_signals(daemon);
        if (r < 0) {
                log_error("cannot watch for signals: %s", g_strerror(-r));
                return EXIT_STATUS_OTHER;
        }
        container_start(daemon->container);
        r = loop_run(daemon->ground.loop);
        if (r < 0)
                log_error("the event loop fails: %s", g_strerror(-r));
        if (r == EXIT_STATUS_START_FAILED)
                offline_print_diags(container_report(daemon->container));
        return r < 0 ? EXIT_STATUS_OTHER : r;
}

static void done(Daemon *daemon)
{
        bus_free(daemon->bus);
        observing_done(&daemon->observing);
        container_free(daemon->container);
        ground_done(&daemon->ground);
        settings_done(&daemon->settings);
        options_done(&daemon->options);
}

int main(int argc, char **argv)
{
        uint64_t entry = clock_monotonic();
        g_auto(DiagList) diags = {0};
        Daemon daemon = {0};
        int status = EXIT_STATUS_USAGE;

        process_block_signals();
        diag_list_init(&diags);
        settings_init(&daemon.settings);
        if (options_parse(&daemon.options, argc, argv) == 0) {
                Mode mode = daemon.options.mode;
                bool is_offline = mode != MODE_RUN && mode != MODE_CHECK && mode != MODE_PLAN;
                g_auto(Sources) sources = {0};

                if (is_offline) {
                        status = (int) offline_print(&daemon.options);
                } else {
                        sources_init(&sources, &daemon.options, &daemon.settings, &diags);
                        status = mode == MODE_RUN ? run(&daemon, &sources.request, &diags, entry)
                                                  : (int) offline_check(&daemon.options, &sources.request, &diags);
                }
        }
        done(&daemon);
        return status;
}
