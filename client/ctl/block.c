/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "block.h"

#include <errno.h>
#include <inttypes.h>

#include "call.h"
#include "clock.h"
#include "component.h"
#include "event.h"
#include "finding.h"
#include "history.h"
#include "wiring.h"

#define EVENTS_SHOWN 5
#define WAIT_SHOWN_USEC UINT64_C(1000)

/* Everything that blocks are made from, read once. */
typedef struct Page {
        Ctl *ctl;
        JsonArray *events;
        GHashTable *by_name; /* component's name → JsonObject, both borrowed from components */
        JsonArray *components;
} Page;

static int page_init(Page *page, Ctl *ctl)
{
        int r;

        *page = (Page){.ctl = ctl};
        r = call_snapshot(ctl, &page->components, NULL);
        if (r < 0)
                return r;
        page->events = json_array_new();
        r = history_read(ctl, 0, page->events, NULL, NULL);
        if (r < 0)
                return r;
        page->by_name = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < element_count(page->components); i++) {
                JsonObject *component = element_object(page->components, i);

                g_hash_table_insert(page->by_name, (char *) component_name(component), component);
        }
        return 0;
}

static void page_done(Page *page)
{
        g_clear_pointer(&page->by_name, g_hash_table_unref);
        g_clear_pointer(&page->events, json_array_unref);
        g_clear_pointer(&page->components, json_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_done)

static void append_process(GString *out, JsonObject *component)
{
        uint64_t pid = field_uint(component, "MainPid"), restarts = field_uint(component, "NRestarts");
        g_autofree char *result = component_result_text(component);

        if (pid > 0)
                g_string_append_printf(out, "   Main PID: %" PRIu64 " (incarnation %" PRIu64 ")\n", pid,
                                       field_uint(component, "Incarnation"));
        if (restarts > 0)
                g_string_append_printf(out, "   Restarts: %" PRIu64 "\n", restarts);
        if (result) {
                g_string_append(out, "     Result: ");
                text_append(out, result);
                g_string_append_c(out, '\n');
        }
}

static void append_startup(GString *out, JsonObject *timings)
{
        static const struct {
                const char *member, *words;
        } waits[] = {
                {"wait_deps", "for what it needs"},
                {"wait_slot", "for a free slot"},
        };
        const char *separator = " (after ";

        if (!timings || !json_object_has_member(timings, "own"))
                return;
        g_string_append(out, "    Startup: ");
        text_append_span(out, field_uint(timings, "own"));
        for (size_t i = 0; i < G_N_ELEMENTS(waits); i++) {
                uint64_t usec = field_uint(timings, waits[i].member);

                if (usec < WAIT_SHOWN_USEC)
                        continue;
                g_string_append(out, separator);
                text_append_span(out, usec);
                g_string_append_printf(out, " %s", waits[i].words);
                separator = ", ";
        }
        g_string_append(out, separator[0] == ',' ? ")\n" : "\n");
}

static void append_state(const Page *page, GString *out, JsonObject *component)
{
        g_autofree char *source = source_text(field_array(component, "Source")),
                        *state = component_state_text(component);
        const char *words[] = {field_string(component, "Type"), field_string(component, "Start"),
                               field_string(component, "Policy")};
        const char *module = field_string(component, "Module"), *text = field_string(component, "StatusText");
        uint64_t since = component_since(component);

        g_string_append(out, "     Loaded: ");
        text_append(out, source);
        g_string_append(out, " (module ");
        text_append(out, module ? module : "?");
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
                g_string_append(out, words[i] ? "; " : "");
                text_append(out, words[i] ? words[i] : "");
        }
        g_string_append(out, ")\n      State: ");
        text_append_coloured(out, colour_of_state(component_state(component)), page->ctl->out.has_colour, state);
        if (since > 0) {
                g_string_append(out, " since ");
                text_append_since(out, clock_realtime_of(since), clock_realtime());
        }
        g_string_append_c(out, '\n');
        if (g_strcmp0(field_string(component, "Desired"), "stopped") == 0)
                g_string_append(out, "    Desired: stopped, until “reevectl start”\n");
        if (text && *text) {
                g_string_append(out, "     Status: “");
                text_append(out, text);
                g_string_append(out, "”\n");
        }
}

static void append_events(const Page *page, GString *out, const char *name)
{
        guint n = element_count(page->events), first = n, found = 0;

        while (first > 0 && found < EVENTS_SHOWN)
                if (g_str_equal(event_component(element_array(page->events, --first)), name))
                        found++;
        for (guint i = first; i < n; i++) {
                JsonArray *event = element_array(page->events, i);

                if (!g_str_equal(event_component(event), name))
                        continue;
                g_string_append(out, found > 0 ? "\n" : "");
                found = 0;
                event_append(out, event, page->ctl->out.has_colour);
                g_string_append_c(out, '\n');
        }
}

static void append_findings(const Page *page, GString *out, JsonArray *findings)
{
        for (guint i = 0; i < element_count(findings); i++) {
                g_string_append(out, i == 0 ? "\n" : "");
                finding_append(out, element_object(findings, i), "", page->ctl->out.has_colour);
        }
}

static void append_block(const Page *page, GString *out, JsonObject *component, JsonArray *findings)
{
        const char *state = component_state(component), *description = field_string(component, "Description");

        text_append_coloured(out, colour_of_state(state), page->ctl->out.has_colour, state_symbol(state));
        g_string_append_c(out, ' ');
        text_append(out, component_name(component));
        if (description && *description) {
                g_string_append(out, " - ");
                text_append(out, description);
        }
        g_string_append_c(out, '\n');
        append_state(page, out, component);
        append_process(out, component);
        append_startup(out, field_object(component, "Timings"));
        wiring_append(out, component, page->by_name, page->ctl->out.has_colour);
        append_findings(page, out, findings);
        append_events(page, out, component_name(component));
}

static JsonArray *events_of(const Page *page, const char *name)
{
        JsonArray *events = json_array_new();

        for (guint i = 0; i < element_count(page->events); i++)
                if (g_str_equal(event_component(element_array(page->events, i)), name))
                        json_array_add_object_element(events, event_to_object(element_array(page->events, i)));
        return events;
}

/* What is not ready says why. */
static JsonArray *findings_of(const Page *page, JsonObject *component)
{
        g_autoptr(JsonArray) reply = NULL;
        JsonArray *findings = NULL;

        if (!component_is_ready(component) &&
            call_container(page->ctl, "why", &reply, "Explain", "s", component_name(component)) == 0)
                findings = element_array(reply, 0);
        return findings ? json_array_ref(findings) : json_array_new();
}

int status_blocks(Ctl *ctl)
{
        g_auto(Page) page = {0};
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(JsonArray) blocks = json_array_new();
        bool is_json = ctl_has(ctl, OPTION_JSON);
        int status = EXIT_OK, r;

        if (page_init(&page, ctl) < 0)
                return EXIT_OTHER;
        for (size_t i = 0; i < ctl->n_names; i++) {
                JsonObject *component = g_hash_table_lookup(page.by_name, ctl->names[i]);
                g_autoptr(JsonArray) findings = NULL;

                if (!component) {
                        call_unknown(ctl, ctl->names[i], page.components);
                        status = EXIT_OTHER;
                        continue;
                }
                findings = findings_of(&page, component);
                if (!component_is_ready(component) && status == EXIT_OK)
                        status = EXIT_NOT_READY;
                if (is_json) {
                        json_object_set_array_member(component, "Findings", findings_to_json(findings));
                        json_object_set_array_member(component, "Events", events_of(&page, ctl->names[i]));
                        json_array_add_object_element(blocks, json_object_ref(component));
                        continue;
                }
                g_string_append(out, out->len > 0 ? "\n" : "");
                append_block(&page, out, component, findings);
        }
        if (is_json)
                json_append_array(out, blocks, false);
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}
