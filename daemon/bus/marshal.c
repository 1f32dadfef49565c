/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "marshal.h"

#include <string.h>

#include "base/escape.h"
#include "base/names.h"
#include "dbus/names.h"

#define TEXT_BYTES_MAX 4096
#define QUOTED_BYTES_MAX 128

int marshal_text(sd_bus_message *message, const char *text)
{
        g_autofree char *escaped = NULL;

        if (!text)
                text = "";
        if (!g_utf8_validate(text, -1, NULL))
                text = escaped = escape_text(text, TEXT_BYTES_MAX);
        return sd_bus_message_append_basic(message, 's', text);
}

static int open_entry(sd_bus_message *message, const char *key, const char *type)
{
        int r = sd_bus_message_open_container(message, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append_basic(message, 's', key);
        if (r >= 0)
                r = sd_bus_message_open_container(message, 'v', type);
        return r;
}

static int close_entry(sd_bus_message *message, int r)
{
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        return r;
}

int marshal_text_entry(sd_bus_message *message, const char *key, const char *text)
{
        int r;

        if (!text || !*text)
                return 0;
        r = open_entry(message, key, "s");
        if (r >= 0)
                r = marshal_text(message, text);
        return close_entry(message, r);
}

int marshal_number_entry(sd_bus_message *message, const char *key, char type, uint64_t value)
{
        uint32_t narrow = (uint32_t) MIN(value, UINT32_MAX);
        int truth = value != 0;
        int r = open_entry(message, key, (const char[]){type, '\0'});

        if (r >= 0)
                r = sd_bus_message_append_basic(message, type,
                                                type == 't'   ? (void *) &value
                                                : type == 'b' ? (void *) &truth
                                                              : (void *) &narrow);
        return close_entry(message, r);
}

static int append_step(sd_bus_message *message, const DiagStep *step)
{
        int r = sd_bus_message_open_container(message, 'r', REEVE_STEP_CONTENTS);

        if (r >= 0)
                r = marshal_text(message, step->name);
        if (r >= 0)
                r = marshal_text(message, step->kind);
        if (r >= 0)
                r = marshal_text(message, step->origin.file);
        if (r >= 0)
                r = sd_bus_message_append_basic(message, 'u', &step->origin.line);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int steps_entry(sd_bus_message *message, const char *key, const GPtrArray *steps)
{
        int r;

        if (!steps || steps->len == 0)
                return 0;
        r = open_entry(message, key, "a(" REEVE_STEP_CONTENTS ")");
        if (r >= 0)
                r = sd_bus_message_open_container(message, 'a', "(" REEVE_STEP_CONTENTS ")");
        for (guint i = 0; r >= 0 && i < steps->len; i++)
                r = append_step(message, g_ptr_array_index(steps, i));
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        return close_entry(message, r);
}

static int candidates_entry(sd_bus_message *message, const GPtrArray *candidates)
{
        int r;

        if (!candidates || candidates->len == 0)
                return 0;
        r = open_entry(message, "candidates", "as");
        if (r >= 0)
                r = sd_bus_message_open_container(message, 'a', "s");
        for (guint i = 0; r >= 0 && i < candidates->len; i++)
                r = marshal_text(message, g_ptr_array_index(candidates, i));
        if (r >= 0)
                r = sd_bus_message_close_container(message);
        return close_entry(message, r);
}

int marshal_finding(sd_bus_message *message, const Diag *diag)
{
        const struct {
                const char *key, *text;
        } texts[] = {
                {"code", name_of(diag_code_names, DIAG_N_, (int) diag->code)},
                {"severity", name_of(severity_names, SEVERITY_N_, (int) diag->severity)},
                {"text", diag->text},
                {"hint", diag->hint},
                {"component", diag->component},
                {"module", diag->module},
                {"key", diag->key},
                {"route", diag->route},
                {"file", diag->origin.file},
        };
        int r = sd_bus_message_open_container(message, 'a', "{sv}");

        for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(texts); i++)
                r = marshal_text_entry(message, texts[i].key, texts[i].text);
        if (r >= 0 && diag->origin.line > 0)
                r = marshal_number_entry(message, "line", 'u', diag->origin.line);
        if (r >= 0)
                r = steps_entry(message, "path", diag->path);
        if (r >= 0)
                r = steps_entry(message, "lead", diag->lead);
        if (r >= 0)
                r = steps_entry(message, "sources", diag->sources);
        if (r >= 0)
                r = candidates_entry(message, diag->candidates);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

int marshal_findings(sd_bus_message *message, const DiagList *diags)
{
        int r = sd_bus_message_open_container(message, 'a', "a{sv}");

        for (guint i = 0; r >= 0 && diags && diags->items && i < diags->items->len; i++)
                r = marshal_finding(message, g_ptr_array_index(diags->items, i));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static void words_of(const RunEvent *event, const char **ret_from, const char **ret_to)
{
        *ret_from = *ret_to = "";
        if (event->kind == RUN_CONTAINER) {
                *ret_from = name_of(container_state_names, CONTAINER_N_, (int) event->container_from);
                *ret_to = name_of(container_state_names, CONTAINER_N_, (int) event->container_to);
        } else if (event->node != RUN_NO_NODE && event->kind != RUN_CHANGE) {
                *ret_from = name_of(state_names, STATE_N_, (int) event->from);
                *ret_to = name_of(state_names, STATE_N_, (int) event->to);
        }
}

int marshal_event(sd_bus_message *message, const RunEvent *event)
{
        const char *from, *to;
        int r;

        words_of(event, &from, &to);
        r = sd_bus_message_append(message, "tts", event->sequence, event->usec,
                                  name_of(run_event_kind_names, RUN_KIND_N_, (int) event->kind));
        if (r >= 0)
                r = marshal_text(message, event->component);
        if (r >= 0)
                r = sd_bus_message_append(message, "ussss", event->incarnation, from, to,
                                          event->node == RUN_NO_NODE || event->kind == RUN_CHANGE
                                                  ? ""
                                                  : name_of(sub_state_names, SUB_N_, (int) event->sub_state),
                                          event->reason);
        if (r >= 0)
                r = marshal_text(message, event->text);
        return r < 0 ? r : sd_bus_message_append_basic(message, 't', &event->number);
}

int marshal_origin(sd_bus_message *message, Origin origin)
{
        int r = sd_bus_message_open_container(message, 'r', "su");

        if (r >= 0)
                r = marshal_text(message, origin.file);
        if (r >= 0)
                r = sd_bus_message_append_basic(message, 'u', &origin.line);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int read_option(sd_bus_message *message, const Option *options, size_t n_options, sd_bus_error *error)
{
        const char *name, *contents;
        const Option *option = NULL;
        int r = sd_bus_message_read_basic(message, 's', &name);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n_options && !option; i++)
                if (strcmp(options[i].name, name) == 0)
                        option = &options[i];
        if (!option) {
                g_autofree char *quoted = escape_text(name, QUOTED_BYTES_MAX);

                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "There is no option \"%s\" here", quoted);
        }
        r = sd_bus_message_peek_type(message, NULL, &contents);
        if (r < 0)
                return r;
        if (!contents || contents[0] != option->type || contents[1] != '\0')
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "Option \"%s\" is of type %c", name,
                                         option->type);
        return sd_bus_message_read(message, "v", (const char[]){option->type, '\0'}, option->ret);
}

int options_read(sd_bus_message *message, const Option *options, size_t n_options, sd_bus_error *error)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                r = read_option(message, options, n_options, error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}
