/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include "decide.h"

const Factory *factory_of(const Definition *definition)
{
        return definition->type == TYPE_EXTERNAL ? &factory_external : &factory_exec;
}

void factory_tell(Engine *engine, const Instance *instance, const char *reason, const char *text)
{
        Origin origin = engine_definition(engine, instance)->origin;
        g_autofree char *told = g_strdup_printf("%s (%s:%u)", text, origin.file ? origin.file : "?", origin.line);

        engine_tell(engine, instance, RUN_WARNING, instance->state, reason, told);
}

void factory_start_failed(Engine *engine, Instance *instance, Result result, const char *text)
{
        StateEvent event;

        instance->end.result = result;
        factory_tell(engine, instance, result_names[result], text);
        event = decide_start_failure(engine, instance);
        engine_post(engine, instance, event, result_names[instance->end.result]);
}
