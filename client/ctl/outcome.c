/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outcome.h"

#include <string.h>

#include "finding.h"

static JsonObject *add(JsonArray *results, const char *kind, const char *component, const char *state)
{
        JsonObject *result = json_object_new();

        json_object_set_string_member(result, "component", component);
        json_object_set_string_member(result, "kind", kind);
        json_object_set_string_member(result, "state", state ? state : "unknown");
        json_array_add_object_element(results, result);
        return result;
}

/* "org.reeve.Reeve1.Error.InUse": "in-use" */
static char *code_of(const char *name)
{
        const char *dot = strrchr(name, '.');
        GString *code = g_string_new(NULL);

        for (const char *c = dot ? dot + 1 : name; *c; c++) {
                if (g_ascii_isupper(*c) && code->len > 0)
                        g_string_append_c(code, '-');
                g_string_append_c(code, g_ascii_tolower(*c));
        }
        return g_string_free(code, FALSE);
}

static void add_id(JsonObject *result, const char *path)
{
        const char *slash = strrchr(path, '/');

        json_object_set_int_member(result, "id", slash ? g_ascii_strtoll(slash + 1, NULL, 10) : 0);
}

void outcome_add_refused(JsonArray *results, const char *kind, const char *component, const char *name,
                         const char *message)
{
        g_autofree char *code = code_of(name);
        JsonObject *error = json_object_new();

        json_object_set_string_member(error, "code", code);
        json_object_set_string_member(error, "message", message);
        json_object_set_object_member(add(results, kind, component, "refused"), "error", error);
}

void outcome_add_begun(JsonArray *results, const char *kind, const char *component, const char *path)
{
        add_id(add(results, kind, component, "doing"), path);
}

void outcome_add_ended(JsonArray *results, const char *kind, const char *component, const char *path,
                       JsonObject *properties)
{
        JsonObject *finding = field_object(properties, "Error");
        JsonObject *result = add(results, kind, component, field_string(properties, "State"));

        add_id(result, path);
        if (properties) {
                json_object_set_int_member(result, "begun_usec", (gint64) field_uint(properties, "Begun"));
                json_object_set_int_member(result, "ended_usec", (gint64) field_uint(properties, "Ended"));
        }
        if (finding && field_string(finding, "text"))
                json_object_set_object_member(result, "error", finding_to_json(finding));
}
