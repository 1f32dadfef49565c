/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "schema.h"

const SchemaKindInfo schema_kinds[KIND_N_] = {
        [KIND_LATER] = {"not available yet", false},
        [KIND_TEXT] = {"text", false},
        [KIND_VALUE] = {"text", false},
        [KIND_WORD] = {"word", false},
        [KIND_BOOL] = {"yes or no", false},
        [KIND_INT] = {"number", false},
        [KIND_COUNT] = {"number", false},
        [KIND_OCTAL] = {"octal mode", false},
        [KIND_DURATION] = {"duration", false},
        [KIND_SIZE] = {"size", false},
        [KIND_COUNT_OR_INFINITY] = {"number or infinity", false},
        [KIND_QUOTA] = {"percentage", false},
        [KIND_SIGNAL] = {"signal", false},
        [KIND_LIMIT] = {"SOFT:HARD or one value", false},
        [KIND_PATH] = {"absolute path", false},
        [KIND_ACCOUNT] = {"name or number", false},
        [KIND_OUTPUT] = {"place", false},
        [KIND_NAME] = {"name", false},
        [KIND_KEY] = {"key", false},
        [KIND_SCOPE] = {"scope", false},
        [KIND_PROBE] = {"address", false},
        [KIND_COMMAND] = {"command", false},
        [KIND_HOOK] = {"command, run one after the other", true},
        [KIND_COMMANDS] = {"command, a component each", true},
        [KIND_CONDITION] = {"condition", true},
        [KIND_ENVIRONMENT] = {"list of NAME=VALUE", true},
        [KIND_VARIABLES] = {"list of variables", true},
        [KIND_LABELS] = {"list of key=value", true},
        [KIND_STATUSES] = {"list of numbers", true},
        [KIND_REFS] = {"list of KEY[:ROUTE]", true},
        [KIND_PROVIDES] = {"list of KEY[:ROUTE]", true},
        [KIND_CONTRIBUTIONS] = {"list of KEY [rank=N]", true},
        [KIND_ROUTE] = {"route", false},
        [KIND_ROUTES] = {"list of routes", true},
        [KIND_CARDINALITY] = {"MIN..MAX, n for any number", false},
        [KIND_TARGET] = {"list of NAME=VALUE, NAME!=VALUE, has:NAME, !has:NAME", true},
        [KIND_NAMES] = {"list of names", true},
        [KIND_GLOBS] = {"list of patterns", true},
        [KIND_PATHS] = {"list of absolute paths", true},
        [KIND_LISTEN] = {"list of NAME=tcp:HOST:PORT or NAME=unix:[PATH]", true},
        [KIND_PORTS] = {"list of names", true},
        [KIND_PUBLISH] = {"list of NAME=VALUE", true},
        [KIND_ENVIRONMENT_FILE] = {"absolute path, - in front: may be missing", true},
        [KIND_CREDENTIAL] = {"ID:PATH or the name of a value", true},
        [KIND_LOG_LEVEL] = {"word", false},
};

static void append_words(const SchemaWords *words, GString *out, const char *separator)
{
        bool is_first = true;

        for (uint32_t i = 0; i < words->n_words; i++) {
                if (words->later & (1U << i))
                        continue;
                g_string_append_printf(out, "%s%s", is_first ? "" : separator, words->words[i]);
                is_first = false;
        }
}

static void append_kind(const SchemaKey *key, GString *out, const char *separator)
{
        if (key->kind == KIND_WORD && key->words)
                append_words(key->words, out, separator);
        else
                g_string_append(out, schema_kinds[key->kind].doc);
}

static void append_title(const SchemaSection *section, GString *out)
{
        g_string_append_printf(out, "[%s%s%s]", section->name, section->argument ? " " : "",
                               section->argument ? section->argument : "");
}

static const char *file_title(SchemaFile file)
{
        return file == SCHEMA_MODULE_FILE ? "Module files: *.module" : "Settings: reeved.conf";
}

void schema_format(GString *out)
{
        for (size_t i = 0; i < schema_n_sections; i++) {
                const SchemaSection *section = &schema_sections[i];

                if (i == 0 || section[-1].file != section->file)
                        g_string_append_printf(out, "%s%s\n", i == 0 ? "" : "\n", file_title(section->file));
                g_string_append_c(out, '\n');
                append_title(section, out);
                g_string_append_printf(out, "    %s%s\n", section->doc,
                                       section->role == ROLE_LATER ? " Not available yet." : "");
                for (const SchemaKey *key = section->keys; key->name; key++) {
                        g_string_append_printf(out, "    %s=  (", key->name);
                        append_kind(key, out, "|");
                        if (key->fallback)
                                g_string_append_printf(out, "; default %s", key->fallback);
                        g_string_append_printf(out, ")\n        %s\n", key->doc);
                }
                if (section->free_keys)
                        g_string_append_printf(out, "    %s\n", section->free_keys);
        }
}

/* A cell of a table: a bar would end it. */
static void append_cell(GString *out, const char *text)
{
        for (; *text; text++) {
                if (*text == '|')
                        g_string_append_c(out, '\\');
                g_string_append_c(out, *text);
        }
}

void schema_format_markdown(GString *out)
{
        for (size_t i = 0; i < schema_n_sections; i++) {
                const SchemaSection *section = &schema_sections[i];

                if (i == 0 || section[-1].file != section->file)
                        g_string_append_printf(out, "%s## %s\n", i == 0 ? "" : "\n", file_title(section->file));
                g_string_append(out, "\n### `");
                append_title(section, out);
                g_string_append_printf(out, "`\n\n%s%s\n", section->doc,
                                       section->role == ROLE_LATER ? " **Not available yet.**" : "");
                if (section->keys->name)
                        g_string_append(out, "\n| key | value | default | meaning |\n|---|---|---|---|\n");
                for (const SchemaKey *key = section->keys; key->name; key++) {
                        g_string_append_printf(out, "| `%s=` | ", key->name);
                        append_kind(key, out, ", ");
                        g_string_append_printf(out, " | %s%s%s | ", key->fallback ? "`" : "",
                                               key->fallback ? key->fallback : "", key->fallback ? "`" : "");
                        append_cell(out, key->doc);
                        g_string_append(out, " |\n");
                }
                if (section->free_keys)
                        g_string_append_printf(out, "\nAny other key: %s.\n", section->free_keys);
        }
}

static void key_to_json(const SchemaKey *key, Json *json)
{
        json_begin_object(json);
        json_field_string(json, "name", key->name);
        json_field_string(json, "kind", schema_kinds[key->kind].doc);
        json_field_bool(json, "available", key->kind != KIND_LATER);
        json_field_bool(json, "list", schema_kinds[key->kind].is_list);
        json_field_string(json, "default", key->fallback);
        if (key->words) {
                json_key(json, "words");
                json_begin_array(json);
                for (uint32_t i = 0; i < key->words->n_words; i++)
                        if (!(key->words->later & (1U << i)))
                                json_string(json, key->words->words[i]);
                json_end_array(json);
        }
        json_field_string(json, "doc", key->doc);
        json_end_object(json);
}

void schema_to_json(Json *json)
{
        json_begin_array(json);
        for (size_t i = 0; i < schema_n_sections; i++) {
                const SchemaSection *section = &schema_sections[i];

                json_begin_object(json);
                json_field_string(json, "file", section->file == SCHEMA_MODULE_FILE ? "module" : "reeved.conf");
                json_field_string(json, "section", section->name);
                json_field_string(json, "argument", section->argument);
                json_field_string(json, "doc", section->doc);
                json_field_bool(json, "available", section->role != ROLE_LATER);
                json_field_string(json, "other_keys", section->free_keys);
                json_key(json, "keys");
                json_begin_array(json);
                for (const SchemaKey *key = section->keys; key->name; key++)
                        key_to_json(key, json);
                json_end_array(json);
                json_end_object(json);
        }
        json_end_array(json);
}
