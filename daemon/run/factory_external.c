/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include <string.h>

#include "decide.h"
#include "expand.h"
#include "live.h"
#include "wording.h"

#define FIRST_RETRY (50 * 1000)

/* §25: something that runs without us is awaited and bound. It accepts connections, or it is not there. */
static void begin_probe(Live *live);

static void on_due(Timer *timer, void *userdata)
{
        Live *live = userdata;

        (void) timer;
        live_clear_timer(live);
        begin_probe(live);
        live->engine->turn(live->engine);
}

static void probe_again(Live *live, uint64_t after)
{
        (void) !live_set_timer(live, clock_after(after), on_due);
}

static void refused_while_starting(Live *live, int error)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        const Definition *definition = engine_definition(engine, instance);
        uint64_t waited = clock_monotonic() - instance->timings.spawned;
        g_autofree char *text = NULL, *span = NULL;

        if (waited < definition->life->timeout_start) {
                /* Waits as long again as it has waited, so that a peer that comes late costs little. */
                probe_again(live, CLAMP(waited, FIRST_RETRY, definition->life->probe_interval));
                return;
        }
        span = wording_span(waited);
        text = g_strdup_printf("%s does not accept connections after %s: %s", definition->probe, span,
                               g_strerror(error));
        factory_start_failed(engine, instance, RESULT_START_TIMEOUT, text);
}

static void on_probe(Probe *probe, int error, void *userdata)
{
        Live *live = userdata;
        Engine *engine = live->engine;
        Instance *instance = live->instance;

        probe_free(probe);
        live->probe = NULL;
        if (instance->state == STATE_STARTING) {
                if (error == 0)
                        engine_post(engine, instance, EVENT_READY, "accepts-connections");
                else
                        refused_while_starting(live, error);
        } else if (instance->state == STATE_READY) {
                if (error == 0) {
                        probe_again(live, engine_definition(engine, instance)->life->probe_interval);
                } else {
                        instance->end = (LastEnd){.result = RESULT_PROBE, .error = error};
                        engine_post(engine, instance, decide_exit(engine, instance), "provider-lost");
                }
        }
        engine->turn(engine);
}

static void begin_probe(Live *live)
{
        const Definition *definition = engine_definition(live->engine, live->instance);
        g_autofree char *address = NULL;
        int r = expand_text(live->engine, live->instance, definition->probe, &address);

        if (r == 0)
                r = probe_new(live->engine->host.loop, address, definition->life->probe_timeout, on_probe, live,
                              &live->probe);
        if (r < 0 && live->instance->state == STATE_STARTING)
                refused_while_starting(live, -r);
        else if (r < 0)
                probe_again(live, definition->life->probe_interval);
}

static void external_start(Engine *engine, Instance *instance)
{
        instance->end = (LastEnd){0};
        instance->timings.spawned = clock_monotonic();
        if (!factory_open_endpoints(engine, instance))
                return;
        instance->sub_state = SUB_PROBING;
        begin_probe(live_get(engine, instance));
}

static void external_serve(Engine *engine, Instance *instance)
{
        probe_again(live_get(engine, instance), engine_definition(engine, instance)->life->probe_interval);
}

/* §102: released, not stopped. */
static void external_stop(Engine *engine, Instance *instance)
{
        g_clear_pointer(&instance->live, live_free);
        engine_post(engine, instance, decide_gone(instance), "released");
}

const Factory factory_external = {.start = external_start, .serve = external_serve, .stop = external_stop};
