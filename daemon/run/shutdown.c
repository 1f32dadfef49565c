/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of the container, wanted or after a strict failure: one walk in the reverse of the recorded order, within
 * one budget (§93-102). */
#include "container_data.h"
#include "base/diag_print.h"
#include "factory.h"
#include "live.h"
#include "neighbours.h"
#include "os/announce.h"
#include "os/discard.h"
#include "sockets.h"

/* After the budget every process has had SIGKILL; what the kernel cannot end by then is not waited for. */
#define GRACE (1000 * 1000)
/* A budget without an end is for the service manager one of a day. */
#define LONGEST_EXTENSION (86400ull * 1000 * 1000)

/* Whoever has no dependents left stops at once, the others as theirs go; settle sees to the order among equals. */
static void stop_all(Container *container)
{
        Engine *engine = container_engine(container);

        for (uint32_t node = 0; node < container->plan->n_components; node++) {
                Instance *instance = &engine->instances[node];
                const Factory *factory = factory_of(engine_definition(engine, instance));

                neighbours_stop(engine, instance, GOAL_INACTIVE);
                if (instance->state == STATE_INACTIVE)
                        sockets_give_up(engine, instance); /* of a lazy one that nobody needed */
                if (instance->state == STATE_STOPPING && factory->hurry)
                        factory->hurry(engine, instance);
        }
}

static void end(Container *container, const char *reason)
{
        bool is_failed = container->result == CONTAINER_RESULT_START_FAILED;

        g_clear_pointer(&container->last_resort, timer_free);
        if (is_failed) {
                g_autoptr(GString) text = g_string_new(NULL);

                diag_list_format(&container->report, false, text);
                /* The journal has it too: a runtime directory that cannot be written must not hide the failure. */
                (void) !runtime_directory_write(container->options.directory, "start-failure", text->str);
                container_tell(container, RUN_STARTUP_FINISHED, "start-failed", NULL);
        } else {
                container->result = CONTAINER_RESULT_CLEAN;
        }
        container_enter(container, is_failed ? CONTAINER_FAILED : CONTAINER_STOPPED, reason);
}

static void on_last_resort(Timer *timer, void *userdata)
{
        Container *container = userdata;
        Engine *engine = container_engine(container);

        (void) timer;
        for (uint32_t node = 0; node < container->plan->n_components; node++) {
                Live *live = engine->instances[node].live;

                if (!live || (!live->process && !live_hook_process(live)))
                        continue;
                if (live->process)
                        process_kill(live->process);
                if (live_hook_process(live))
                        process_kill(live_hook_process(live));
                engine_tell(engine, live->instance, RUN_WARNING, live->instance->state, "left-behind",
                            "did not end although it was killed; the kernel holds it");
        }
        if (container->state == CONTAINER_STOPPING)
                end(container, "budget-over");
}

static void say_stopping(const Container *container)
{
        announce_stopping(container->result == CONTAINER_RESULT_START_FAILED
                                  ? "The start failed, stopping what had started"
                                  : "Stopping in reverse order");
}

void shutdown_begin(Container *container, const char *reason)
{
        uint64_t budget = container->options.settings->stop_budget;
        Engine *engine;

        if (container->state == CONTAINER_DRAINING || container->state == CONTAINER_STOPPING ||
            container->state == CONTAINER_STOPPED)
                return; /* §111: joins the one that runs */
        if (container->state == CONTAINER_FAILED)
                container->result = CONTAINER_RESULT_CLEAN;
        container_enter(container, CONTAINER_DRAINING, reason);
        container_enter(container, CONTAINER_STOPPING, reason);
        if (!container->plan) {
                say_stopping(container);
                end(container, reason);
                return;
        }
        resolve_drain(container);
        activation_end(container);
        engine = container_engine(container);
        engine->is_closing = true;
        engine->is_start_judged = false;
        engine->stop_deadline = clock_after(budget);
        (void) !timer_new(container->options.loop,
                          clock_after(budget > UINT64_MAX - GRACE ? UINT64_MAX : budget + GRACE), on_last_resort,
                          container, &container->last_resort);
        discard_begin(container->options.loop);
        stop_all(container);
        engine->turn(engine);
        /* Not before: by now nothing more begins to be spawned (P14). */
        say_stopping(container);
        announce_extend(MIN(budget, LONGEST_EXTENSION) + 5 * GRACE);
}

void shutdown_rest(Container *container)
{
        const Engine *engine = container->plan ? container_engine(container) : NULL;

        if (container->state != CONTAINER_STOPPING || !engine || engine->n_holding > 0)
                return;
        if (engine->queue.length == 0 && engine->dirty->len == 0)
                end(container, "stopped");
}
