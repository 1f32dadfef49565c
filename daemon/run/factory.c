/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factory.h"

#include "decide.h"

const Factory *factory_of(const Definition *definition)
{
        return definition->type == TYPE_EXTERNAL ? &factory_external : &factory_exec;
}

void factory_start_failed(Engine *engine, Instance *instance, Result result, const char *text)
{
        StateEvent event;

        instance->end.result = result;
        engine_tell(engine, instance, RUN_WARNING, instance->state, result_names[result], text);
        event = decide_start_failure(engine, instance);
        engine_post(engine, instance, event, result_names[instance->end.result]);
}
