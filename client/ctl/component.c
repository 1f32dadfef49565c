/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "component.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

const char *component_name(JsonObject *component)
{
        const char *name = field_string(component, "Name");

        return name ? name : "?";
}

const char *component_state(JsonObject *component)
{
        const char *state = field_string(component, "State");

        return state ? state : "unknown";
}

bool component_is_ready(JsonObject *component)
{
        return g_str_equal(component_state(component), "ready");
}

char *component_state_text(JsonObject *component)
{
        const char *sub_state = field_string(component, "SubState");

        if (!sub_state || !*sub_state)
                return g_strdup(component_state(component));
        return g_strdup_printf("%s (%s)", component_state(component), sub_state);
}

uint64_t component_since(JsonObject *component)
{
        return field_uint(component, "StateSince");
}

char *component_result_text(JsonObject *component)
{
        const char *result = field_string(component, "Result");
        int code = (int) field_uint(component, "ExitCode"), status = (int) field_uint(component, "ExitStatus");
        int error = (int) field_uint(component, "ErrorNumber");

        if (!result || !*result || g_str_equal(result, "success"))
                return NULL;
        if (error > 0)
                return g_strdup_printf("%s (%s)", result, strerror(error));
        if (code == CLD_EXITED)
                return g_strdup_printf("%s (exit status %d)", result, status);
        if (code == CLD_KILLED || code == CLD_DUMPED)
                return g_strdup_printf("%s (signal %d, %s)", result, status, strsignal(status));
        return g_strdup(result);
}

char *source_text(JsonArray *source)
{
        const char *file = element_string(source, 0);
        uint64_t line = element_uint(source, 1);

        if (!file || !*file)
                return g_strdup("not from a file");
        return line > 0 ? g_strdup_printf("%s:%" PRIu64, file, line) : g_strdup(file);
}
