/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "status_block.h"

#include <errno.h>
#include <inttypes.h>

#include "call.h"
#include "clock.h"
#include "component.h"
#include "dbus/names.h"
#include "event.h"
#include "finding.h"
#include "state_look.h"
#include "wiring.h"

#define EVENTS_SHOWN 5
#define NAMES_A_TIME (BUS_CALLS_MAX / 2) /* two calls each */
#define WAIT_SHOWN_USEC UINT64_C(1000)

/* What one block is made from. */
typedef struct Block {
        const char *name; /* borrowed */
        JsonObject *component;
        JsonArray *events, *findings;
        uint32_t component_serial, events_serial;
} Block;

typedef struct Page {
        Ctl *ctl;
        GArray *blocks;     /* of Block; those that are there */
        GHashTable *states; /* of the neighbours: name, borrowed from components → state */
        int status;
} Page;

static void status_block_done(gpointer data)
{
        Block *block = data;

        g_clear_pointer(&block->component, json_object_unref);
        g_clear_pointer(&block->events, json_array_unref);
        g_clear_pointer(&block->findings, json_array_unref);
}

static void page_done(Page *page)
{
        g_clear_pointer(&page->states, g_hash_table_unref);
        g_clear_pointer(&page->blocks, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_done)

/* The exit status says it. */
static bool is_silent(const Ctl *ctl)
{
        return ctl_has(ctl, OPTION_QUIET) && !ctl_has(ctl, OPTION_JSON);
}

static int begin(Ctl *ctl, Block *block)
{
        g_autofree char *path = call_component_path(block->name);
        int r = call_begin_properties(ctl, path, REEVE_COMPONENT_INTERFACE, &block->component_serial);

        return r < 0 || is_silent(ctl)
                       ? r
                       : call_begin(ctl, &block->events_serial, "GetEventsOf", "su", block->name, EVENTS_SHOWN);
}

/* -ENOENT: there is no such component, and the message has said so. */
static int end(Ctl *ctl, Block *block)
{
        g_autoptr(JsonArray) reply = NULL;
        int r = call_end_properties(ctl, block->component_serial, &block->component);

        if (r == -ENOENT)
                return call_unknown(ctl, block->name);
        if (r < 0 || is_silent(ctl))
                return r;
        r = call_end(ctl, "status", block->events_serial, &reply);
        if (r < 0)
                return r;
        block->events = element_array(reply, 0) ? json_array_ref(element_array(reply, 0)) : json_array_new();
        return 0;
}

/* A few at a time, so that what is not read yet stays small. */
static int read_some(Page *page, const char *const *names, size_t n)
{
        guint first = page->blocks->len;
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n; i++) {
                Block block = {.name = names[i]};

                r = begin(page->ctl, &block);
                g_array_append_val(page->blocks, block);
        }
        for (guint i = first; r >= 0 && i < page->blocks->len;) {
                r = end(page->ctl, &g_array_index(page->blocks, Block, i));
                if (r == -ENOENT) {
                        page->status = EXIT_OTHER;
                        g_array_remove_index(page->blocks, i);
                        r = 0;
                } else {
                        i++;
                }
        }
        return r;
}

static void add_neighbours(Page *page, JsonObject *component)
{
        JsonArray *refs = field_array(component, "Requires"), *names = field_array(component, "RequiredBy");

        for (guint i = 0; i < element_count(refs); i++) {
                const char *name = element_string(element_array(refs, i), 3);

                if (name && *name)
                        g_hash_table_insert(page->states, (char *) name, NULL);
        }
        for (guint i = 0; i < element_count(names); i++)
                if (element_string(names, i))
                        g_hash_table_insert(page->states, (char *) element_string(names, i), NULL);
}

/* What is not ready says why. */
static int explain(Ctl *ctl, Block *block)
{
        g_autoptr(JsonArray) reply = NULL;
        int r = 0;

        if (!component_is_ready(block->component))
                r = call_container(ctl, "why", &reply, "Explain", "s", block->name);
        block->findings = element_array(reply, 0) ? json_array_ref(element_array(reply, 0)) : json_array_new();
        return r;
}

static int page_read(Page *page, Ctl *ctl)
{
        int r = 0;

        *page = (Page){.ctl = ctl, .blocks = g_array_new(FALSE, FALSE, sizeof(Block)), .status = EXIT_OK};
        page->states = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
        g_array_set_clear_func(page->blocks, status_block_done);
        for (size_t i = 0; r >= 0 && i < ctl->n_names; i += NAMES_A_TIME)
                r = read_some(page, ctl->names + i, MIN(ctl->n_names - i, (size_t) NAMES_A_TIME));
        for (guint i = 0; r >= 0 && i < page->blocks->len; i++) {
                Block *block = &g_array_index(page->blocks, Block, i);

                if (!component_is_ready(block->component) && page->status == EXIT_OK)
                        page->status = EXIT_NOT_READY;
                if (is_silent(ctl))
                        continue;
                add_neighbours(page, block->component);
                r = explain(ctl, block);
        }
        return r < 0 || ctl_has(ctl, OPTION_JSON) || is_silent(ctl) ? r : call_states(ctl, page->states);
}

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
        JsonArray *drop_ins = field_array(component, "DropIns");
        uint64_t since = component_since(component);

        g_string_append(out, "     Loaded: ");
        text_append(out, source);
        g_string_append(out, " (module ");
        text_append(out, module ? module : "?");
        for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
                g_string_append(out, words[i] ? "; " : "");
                text_append(out, words[i] ? words[i] : "");
        }
        g_string_append(out, ")\n");
        for (guint i = 0; i < element_count(drop_ins); i++) {
                g_string_append(out, i == 0 ? "    Drop-In: " : "             ");
                text_append(out, element_string(drop_ins, i) ? element_string(drop_ins, i) : "?");
                g_string_append_c(out, '\n');
        }
        g_string_append(out, "      State: ");
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

static void append_events(const Page *page, GString *out, JsonArray *events)
{
        for (guint i = 0; i < element_count(events); i++) {
                g_string_append(out, i == 0 ? "\n" : "");
                event_append(out, element_array(events, i), page->ctl->out.has_colour);
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

static void append_block(const Page *page, GString *out, const Block *block)
{
        JsonObject *component = block->component;
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
        wiring_append(out, component, page->states, page->ctl->out.has_colour);
        append_findings(page, out, block->findings);
        append_events(page, out, block->events);
}

static JsonObject *status_block_to_json(const Block *block)
{
        JsonArray *events = json_array_new();

        for (guint i = 0; i < element_count(block->events); i++)
                json_array_add_object_element(events, event_to_object(element_array(block->events, i)));
        json_object_set_array_member(block->component, "Findings", findings_to_json(block->findings));
        json_object_set_array_member(block->component, "Events", events);
        return json_object_ref(block->component);
}

int status_blocks(Ctl *ctl)
{
        g_auto(Page) page = {0};
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(JsonArray) blocks = json_array_new();
        int r;

        if (page_read(&page, ctl) < 0)
                return EXIT_OTHER;
        if (is_silent(ctl))
                return page.status;
        for (guint i = 0; i < page.blocks->len; i++) {
                const Block *block = &g_array_index(page.blocks, Block, i);

                if (ctl_has(ctl, OPTION_JSON)) {
                        json_array_add_object_element(blocks, status_block_to_json(block));
                        continue;
                }
                g_string_append(out, out->len > 0 ? "\n" : "");
                append_block(&page, out, block);
        }
        if (ctl_has(ctl, OPTION_JSON))
                json_append_array(out, blocks, false);
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? page.status : r;
}
