/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call.h"
#include "component.h"
#include "finding.h"
#include "state_look.h"
#include "verb.h"

static void append_one(const Ctl *ctl, GString *out, JsonObject *component, JsonArray *findings)
{
        g_autofree char *state = component_state_text(component);

        g_string_append(out, out->len > 0 ? "\n" : "");
        text_append_coloured(out, COLOUR_BOLD, ctl->out.has_colour, component_name(component));
        g_string_append(out, ": ");
        text_append_coloured(out, colour_of_state(component_state(component)), ctl->out.has_colour, state);
        g_string_append(out, element_count(findings) > 0 ? "\n" : "; there is nothing to explain\n");
        for (guint i = 0; i < element_count(findings); i++)
                finding_append(out, element_object(findings, i), "  ", ctl->out.has_colour);
}

int verb_why(Ctl *ctl)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(JsonArray) all = json_array_new();
        int status = EXIT_OK, r;

        for (size_t i = 0; i < ctl->n_names; i++) {
                g_autoptr(JsonObject) component = NULL, entry = NULL;
                g_autoptr(JsonArray) reply = NULL;
                JsonArray *findings;

                if (call_component(ctl, ctl->names[i], &component) < 0 ||
                    call_container(ctl, ctl->names[i], &reply, "Explain", "s", ctl->names[i]) < 0) {
                        status = EXIT_OTHER;
                        continue;
                }
                findings = element_array(reply, 0);
                append_one(ctl, out, component, findings);
                entry = json_object_new();
                json_object_set_string_member(entry, "component", component_name(component));
                json_object_set_string_member(entry, "state", component_state(component));
                json_object_set_array_member(entry, "findings", findings_to_json(findings));
                json_array_add_object_element(all, g_steal_pointer(&entry));
        }
        if (ctl_has(ctl, OPTION_JSON)) {
                g_string_truncate(out, 0);
                json_append_array(out, all, false);
        }
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}
