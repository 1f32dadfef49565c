/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "offline.h"

#include <stdio.h>
#include <unistd.h>

#include "base/diag_print.h"
#include "base/log.h"
#include "bus/bus.h"
#include "conf/schema.h"
#include "observe/console.h"
#include "plan/plan_print.h"
#include "run/state.h"

static void write_out(const GString *text)
{
        fwrite(text->str, 1, text->len, stdout);
        fflush(stdout);
}

void offline_print_diags(const DiagList *diags)
{
        g_autoptr(GString) text = g_string_new(NULL);

        diag_list_format(diags, console_has_colours(STDERR_FILENO), text);
        if (log_prefix && text->len > 0) {
                g_string_truncate(text, text->len - 1);
                g_string_replace(text, "\n", diag_list_count(diags, SEVERITY_ERROR) > 0 ? "\n<3>" : "\n<4>", 0);
                g_string_prepend(text, diag_list_count(diags, SEVERITY_ERROR) > 0 ? "<3>" : "<4>");
                g_string_append_c(text, '\n');
        }
        fwrite(text->str, 1, text->len, stderr);
}

static void print_json(const Options *options, const Plan *plan, const DiagList *diags)
{
        g_autoptr(GString) text = g_string_new(NULL);
        Json json;

        json_init(&json, text);
        json_begin_object(&json);
        json_field_bool(&json, "valid", plan != NULL);
        if (plan)
                json_field_string(&json, "hash", registry_hash(plan->registry));
        diag_list_to_json(diags, &json);
        if (plan && options->mode == MODE_PLAN) {
                json_key(&json, "plan");
                plan_to_json(plan, &json);
        }
        json_end_object(&json);
        g_string_append_c(text, '\n');
        write_out(text);
}

ExitStatus offline_check(const Options *options, const LoadRequest *request, DiagList *diags)
{
        bool has_faults = diag_list_count(diags, SEVERITY_ERROR) > 0;
        g_autoptr(Plan) plan = NULL;
        Registry *registry = NULL;
        int r = registry_load(request, &registry, diags);

        has_faults |= r < 0;
        if (registry) {
                PlanOptions plan_options = {.strict = options->is_strict,
                                            .stop_budget = request->settings->stop_budget};

                r = plan_build(registry, &plan_options, &plan, diags);
                has_faults |= r < 0;
        }
        diag_list_sort(diags);
        if (options->is_json) {
                print_json(options, has_faults ? NULL : plan, diags);
        } else {
                offline_print_diags(diags);
                if (!has_faults && plan && options->mode == MODE_PLAN) {
                        g_autoptr(GString) text = g_string_new(NULL);

                        plan_format(plan, text);
                        write_out(text);
                }
        }
        return has_faults ? EXIT_STATUS_CONFIGURATION : EXIT_STATUS_OK;
}

static int print_schema(SchemaForm form, GString *text)
{
        Json json;

        switch (form) {
        case SCHEMA_JSON:
                json_init(&json, text);
                schema_to_json(&json);
                g_string_append_c(text, '\n');
                return 0;
        case SCHEMA_MARKDOWN:
                schema_format_markdown(text);
                return 0;
        default:
                schema_format(text);
                return 0;
        }
}

ExitStatus offline_print(const Options *options)
{
        g_autoptr(GString) text = g_string_new(NULL);
        int r = 0;

        switch (options->mode) {
        case MODE_STATES:
                state_format_dot(text);
                break;
        case MODE_SCHEMA:
                r = print_schema(options->schema, text);
                break;
        case MODE_INTROSPECT:
                r = bus_introspect(options->introspect, text);
                break;
        case MODE_VERSION:
                g_string_append(text, "reeved " REEVE_VERSION "\n");
                break;
        default:
                options_print_help();
                break;
        }
        if (r < 0) {
                fprintf(stderr, "reeved: %s: %s\n", options->introspect, g_strerror(-r));
                return EXIT_STATUS_OTHER;
        }
        write_out(text);
        return EXIT_STATUS_OK;
}
