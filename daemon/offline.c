/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "offline.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/diag_print.h"
#include "base/log.h"
#include "bus/bus.h"
#include "conf/schema.h"
#include "observe/console.h"
#include "plan/plan_print.h"
#include "run/state.h"

/* A full disk must not look like success; a reader that has seen enough, as `head` has, is told nothing. */
static ExitStatus write_out(const GString *text)
{
        if (fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0)
                return EXIT_STATUS_OK;
        if (errno != EPIPE)
                fprintf(stderr, "reeved: cannot write to standard output: %s\n", g_strerror(errno));
        return EXIT_STATUS_OTHER;
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

static ExitStatus print_json(const Options *options, const Plan *plan, const DiagList *diags)
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
        return write_out(text);
}

static void append_count(GString *text, const char *separator, uint32_t n, const char *what)
{
        g_string_append_printf(text, "%s%u %s%s", separator, n, what, n == 1 ? "" : "s");
}

/* Who sits before a terminal wonders whether anything was read; a script has the exit status. */
static ExitStatus print_success(const Plan *plan, const LoadRequest *request)
{
        LoadStatistics statistics = registry_statistics(plan->registry);
        g_autoptr(GString) text = g_string_new("no errors: ");

        if (statistics.n_files == 0) {
                const char *const *places = request->paths ? request->paths : request->directories;
                g_autofree char *list = g_strjoinv(", ", (char **) places);

                g_string_append_printf(text, "there are no module files in %s\n", *list ? list : "any place");
                return write_out(text);
        }
        append_count(text, "", plan->n_components, "component");
        append_count(text, " in ", plan->n_modules, "module");
        if (statistics.n_drop_ins > 0)
                append_count(text, ", ", statistics.n_drop_ins, "drop-in");
        if (statistics.n_masked > 0)
                append_count(text, ", ", statistics.n_masked, "masked file");
        g_string_append_c(text, '\n');
        return write_out(text);
}

static ExitStatus print_plan(const Plan *plan)
{
        g_autoptr(GString) text = g_string_new(NULL);

        plan_format(plan, text);
        return write_out(text);
}

ExitStatus offline_check(const Options *options, const LoadRequest *request, DiagList *diags)
{
        bool has_faults = diag_list_count(diags, SEVERITY_ERROR) > 0;
        g_autoptr(Plan) plan = NULL;
        Registry *registry = NULL;
        ExitStatus status = EXIT_STATUS_OK;
        int r = registry_load(request, &registry, diags);

        has_faults |= r < 0;
        if (registry) {
                PlanOptions plan_options = {.strict = options->is_strict,
                                            .stop_budget = request->settings->stop_budget};

                r = plan_build(registry, &plan_options, &plan, diags);
                has_faults |= r < 0;
        }
        diag_list_sort(diags);
        if (options->is_json)
                status = print_json(options, has_faults ? NULL : plan, diags);
        else
                offline_print_diags(diags);
        if (has_faults)
                return EXIT_STATUS_CONFIGURATION;
        if (!options->is_json && options->mode == MODE_PLAN)
                status = print_plan(plan);
        else if (!options->is_json && !options->is_quiet && isatty(STDOUT_FILENO))
                status = print_success(plan, request);
        return status;
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
        return write_out(text);
}
