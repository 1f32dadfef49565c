/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include "decide.h"
#include "expand.h"
#include "live.h"
#include "sockets.h"
#include "wording.h"

void factory_tell(Engine *engine, const Instance *instance, const char *reason, const char *text)
{
        factory_tell_at(engine, instance, engine_definition(engine, instance)->origin, reason, text);
}

void factory_tell_at(Engine *engine, const Instance *instance, Origin origin, const char *reason, const char *text)
{
        g_autofree char *told = g_strdup_printf("%s (%s:%u)", text, origin.file ? origin.file : "?", origin.line);

        engine_tell(engine, instance, RUN_WARNING, instance->state, reason, told);
}

void factory_tell_limit(Engine *engine, const Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);
        g_autofree char *limit = NULL, *text = NULL;

        if (instance->end.result != RESULT_START_LIMIT)
                return;
        limit = wording_start_limit(definition);
        text = g_strdup_printf("%s; when it is mended: reevectl reset %s, then reevectl start %s", limit,
                               definition->name, definition->name);
        factory_tell(engine, instance, result_names[RESULT_START_LIMIT], text);
}

void factory_start_failed(Engine *engine, Instance *instance, Result result, const char *text)
{
        StateEvent event;

        instance->end.result = result;
        factory_tell_at(engine, instance, wording_origin(engine_definition(engine, instance), &instance->end),
                        result_names[result], text);
        event = decide_start_failure(engine, instance);
        factory_tell_limit(engine, instance);
        engine_post(engine, instance, event, result_names[instance->end.result]);
}

void factory_fail(Engine *engine, Instance *instance, StateEvent verdict, const char *reason)
{
        Goal goal = verdict == EVENT_EXIT_RETRY   ? GOAL_RETRY
                    : verdict == EVENT_EXIT_CLEAN ? GOAL_INACTIVE
                                                  : GOAL_FAILED;

        instance->goal = MAX(instance->goal, goal);
        engine_post(engine, instance, EVENT_FAIL, reason);
}

void factory_fail_start(Engine *engine, Instance *instance)
{
        bool was_down = instance->is_down;
        StateEvent verdict = decide_start_failure(engine, instance);

        factory_tell_limit(engine, instance);
        instance->is_down = was_down; /* not yet: what there is of it is stopped first */
        factory_fail(engine, instance, verdict, result_names[instance->end.result]);
}

bool factory_open_endpoints(Engine *engine, Instance *instance)
{
        const Definition *definition = engine_definition(engine, instance);
        const DeclaredEndpoint *failed = NULL;
        g_autofree char *text = NULL;
        int r = sockets_open(engine, instance, &failed);

        if (r == 0)
                r = expand_published(engine, instance, &failed);
        if (r == 0)
                return true;
        instance->end = (LastEnd){
                .result = RESULT_ENDPOINT_FAILED,
                .error = -r,
                .step = "endpoint",
                .endpoint = (uint32_t) (failed - definition->endpoints->list) + 1,
        };
        text = wording_exec_failed(engine, instance);
        live_release(instance);
        factory_start_failed(engine, instance, RESULT_ENDPOINT_FAILED, text);
        return false;
}
