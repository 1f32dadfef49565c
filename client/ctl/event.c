/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event.h"

#include <inttypes.h>

#include "clock.h"
#include "state_look.h"

/* Members of an event, in the order of Container.xml. */
enum {
        EVENT_SEQUENCE,
        EVENT_USEC,
        EVENT_KIND,
        EVENT_COMPONENT,
        EVENT_INCARNATION,
        EVENT_FROM,
        EVENT_TO,
        EVENT_SUB_STATE,
        EVENT_REASON,
        EVENT_TEXT,
        EVENT_NUMBER,
        EVENT_N_,
};

static const char *const event_names[EVENT_N_] = {
        [EVENT_SEQUENCE] = "sequence",
        [EVENT_USEC] = "usec",
        [EVENT_KIND] = "kind",
        [EVENT_COMPONENT] = "component",
        [EVENT_INCARNATION] = "incarnation",
        [EVENT_FROM] = "from",
        [EVENT_TO] = "to",
        [EVENT_SUB_STATE] = "sub_state",
        [EVENT_REASON] = "reason",
        [EVENT_TEXT] = "text",
        [EVENT_NUMBER] = "number",
};

static const char *word(JsonArray *event, guint index)
{
        const char *text = element_string(event, index);

        return text ? text : "";
}

uint64_t event_sequence(JsonArray *event)
{
        return element_uint(event, EVENT_SEQUENCE);
}

const char *event_component(JsonArray *event)
{
        return word(event, EVENT_COMPONENT);
}

JsonObject *event_to_object(JsonArray *event)
{
        JsonObject *object = json_object_new();
        guint n = MIN(element_count(event), (guint) EVENT_N_);

        for (guint i = 0; i < n; i++)
                json_object_set_member(object, event_names[i], json_array_dup_element(event, i));
        json_object_set_int_member(object, "realtime_usec",
                                   (gint64) clock_realtime_of(element_uint(event, EVENT_USEC)));
        return object;
}

static void append_words(GString *out, JsonArray *event, bool has_colour)
{
        const char *kind = word(event, EVENT_KIND), *to = word(event, EVENT_TO), *sub = word(event, EVENT_SUB_STATE);

        if (g_str_equal(kind, "warning")) {
                /* it happened within a state, which it does not change */
                text_append_coloured(out, COLOUR_BUSY, has_colour, kind);
        } else if (g_str_equal(kind, "sub-state")) {
                text_append(out, *sub ? sub : to);
        } else if (*to) {
                text_append(out, word(event, EVENT_FROM));
                g_string_append(out, " → ");
                text_append_coloured(out, colour_of_state(to), has_colour, to);
        } else if (g_str_equal(kind, "change")) {
                g_string_append_printf(out, "change %" PRIu64, element_uint(event, EVENT_NUMBER));
        } else {
                text_append(out, kind);
        }
}

void event_append(GString *out, JsonArray *event, bool has_colour)
{
        const char *component = event_component(event), *reason = word(event, EVENT_REASON);
        const char *text = word(event, EVENT_TEXT);

        text_append_clock(out, clock_realtime_of(element_uint(event, EVENT_USEC)));
        g_string_append_printf(out, " %6" PRIu64 "  ", element_uint(event, EVENT_SEQUENCE));
        text_append_coloured(out, COLOUR_BOLD, has_colour, *component ? component : "container");
        g_string_append(out, ": ");
        append_words(out, event, has_colour);
        if (*reason) {
                g_string_append(out, " (");
                text_append(out, reason);
                g_string_append_c(out, ')');
        }
        if (*text) {
                g_string_append(out, ": ");
                text_append(out, text);
        }
}
