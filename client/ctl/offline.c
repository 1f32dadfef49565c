/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "call.h"
#include "connect.h"
#include "reeved.h"
#include "verb.h"

/* One code path for the command and the daemon: we become reeved, and its exit status is ours (P40). */
static int become(Ctl *ctl, const char *mode)
{
        g_autofree char *path = reeved_find(ctl);
        g_autoptr(GPtrArray) arguments = NULL;

        if (!path)
                return EXIT_OTHER;
        if (ctl_has(ctl, OPTION_OVERLAY)) {
                ctl_error(ctl, "--overlay: not available yet");
                return EXIT_USAGE;
        }
        arguments = reeved_arguments(ctl, path, mode);
        if (ctl_has(ctl, OPTION_JSON))
                g_ptr_array_add(arguments, g_strdup("--json"));
        if (ctl_has(ctl, OPTION_QUIET) && g_str_equal(mode, "--check"))
                g_ptr_array_add(arguments, g_strdup("--quiet"));
        for (guint i = 0; ctl->options.command && ctl->options.command->pdata[i]; i++)
                g_ptr_array_add(arguments, g_strdup(ctl->options.command->pdata[i]));
        g_ptr_array_add(arguments, NULL);
        if (ctl_has(ctl, OPTION_NO_COLOR))
                (void) setenv("NO_COLOR", "1", true);
        (void) execv(path, (char *const *) arguments->pdata);
        ctl_error(ctl, "%s: cannot be executed: %s", path, strerror(errno));
        return EXIT_OTHER;
}

int verb_check(Ctl *ctl)
{
        return become(ctl, "--check");
}

static int print_plan(Ctl *ctl)
{
        const char *format = ctl_has(ctl, OPTION_JSON) ? "json" : "text";
        g_autoptr(JsonArray) reply = NULL;
        g_autoptr(GString) out = g_string_new(NULL);
        const char *text;

        if (call_container(ctl, "plan", &reply, "Plan", "a{sv}", 1, "format", "s", format) < 0)
                return EXIT_OTHER;
        text = field_string(element_object(reply, 0), format);
        text_append_lines(out, text ? text : "");
        if (out->len > 0 && out->str[out->len - 1] != '\n')
                g_string_append_c(out, '\n');
        return ctl_print(ctl, out);
}

/* Without a path the plan that is in force, if a daemon runs; else that of the files it would read. */
int verb_plan(Ctl *ctl)
{
        bool is_chosen = ctl_has(ctl, OPTION_ADDRESS) || getenv("REEVE_ADDRESS");
        bool is_offline =
                ctl->n_names > 0 || ctl->options.command || ctl_has(ctl, OPTION_ONLY | OPTION_STRICT | OPTION_OVERLAY);

        if (!is_offline && is_chosen)
                return print_plan(ctl);
        if (!is_offline && ctl_connect_quietly(ctl) >= 0)
                return print_plan(ctl);
        return become(ctl, "--plan");
}

int verb_graph(Ctl *ctl)
{
        const char *format = ctl_has(ctl, OPTION_JSON) ? "json" : "dot";
        g_autoptr(JsonArray) reply = NULL;
        g_autoptr(GString) out = g_string_new(NULL);

        if (call_container(ctl, "graph", &reply, "GetGraph", "s", format) < 0)
                return EXIT_OTHER;
        text_append_lines(out, element_string(reply, 0) ? element_string(reply, 0) : "");
        if (out->len > 0 && out->str[out->len - 1] != '\n')
                g_string_append_c(out, '\n');
        return ctl_print(ctl, out);
}
