/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "verb.h"

#include "nearest.h"

#define CHANGE_OPTIONS (OPTION_WAIT | OPTION_NO_BLOCK)
#define FILE_OPTIONS (OPTION_STRICT | OPTION_ONLY | OPTION_OVERLAY)

const Verb verbs[] = {
        {"status", "[NAME…]", "the container, or components: state, process, wiring, last events", verb_status,
         GROUP_LOOK, 0, NAMES_MANY, 0, false},
        {"list", "", "all components, one a line", verb_list, GROUP_LOOK, 0, 0, 0, false},
        {"show", "[NAME…]", "all properties as Key=Value", verb_show, GROUP_LOOK, 0, NAMES_MANY,
         OPTION_PROPERTY | OPTION_VALUE, false},
        {"why", "NAME…", "why a component is in the state it is in", verb_why, GROUP_LOOK, 1, NAMES_MANY, 0, false},
        {"events", "[NAME…]", "what happened; -f: and what happens", verb_events, GROUP_LOOK, 0, NAMES_MANY,
         OPTION_FOLLOW | OPTION_SINCE, false},
        {"analyze", "[VIEW [NAME…]]", "the start: time, blame, critical-chain, plot (SVG), dot (graph)", verb_analyze,
         GROUP_LOOK, 0, NAMES_MANY, 0, false},
        {"graph", "", "the dependency graph in dot; --json: as JSON", verb_graph, GROUP_LOOK, 0, 0, 0, false},

        {"start", "NAME…", "start components and what they need", verb_start, GROUP_CHANGE, 1, NAMES_MANY,
         CHANGE_OPTIONS, false},
        {"stop", "NAME…", "stop components until they are started again", verb_stop, GROUP_CHANGE, 1, NAMES_MANY,
         CHANGE_OPTIONS | OPTION_CASCADE, false},
        {"restart", "NAME…", "stop and start components with their static dependents", verb_restart, GROUP_CHANGE, 1,
         NAMES_MANY, CHANGE_OPTIONS, false},
        {"resolve", "KEY[:ROUTE]", "what a key stands for, started if it does not run: its endpoints", verb_resolve,
         GROUP_CHANGE, 1, 1, OPTION_TIMEOUT | OPTION_PROPERTY | OPTION_VALUE, false},
        {"reset", "NAME…", "forget failures and start limits", verb_reset, GROUP_CHANGE, 1, NAMES_MANY, CHANGE_OPTIONS,
         false},

        {"check", "[PATH…]", "find every mistake in module files; starts nothing", verb_check, GROUP_FILES, 0,
         NAMES_MANY, FILE_OPTIONS, true},
        {"plan", "[PATH…]", "what starts in which order; without PATH: the running container's", verb_plan, GROUP_FILES,
         0, NAMES_MANY, FILE_OPTIONS, true},
        {"run", "PATH… [-- COMMAND…]", "a private container in the foreground, until COMMAND ends or Ctrl-C", verb_run,
         GROUP_FILES, 1, NAMES_MANY, FILE_OPTIONS, true},
};
const size_t n_verbs = G_N_ELEMENTS(verbs);

/* Named in the design; who types one is told that it is to come. */
static const char *const later[] = {"reload",  "load",      "unload", "logs", "scope",
                                    "metrics", "contracts", "import", NULL};

static const char *const group_titles[GROUP_N_] = {
        [GROUP_LOOK] = "Look",
        [GROUP_CHANGE] = "Change",
        [GROUP_FILES] = "Module files",
};

static const char exit_text[] =
        "  0  done\n"
        "  1  failed; there is no such component; the container is not running\n"
        "  2  usage\n"
        "  3  status NAME: not ready (as systemctl); check, plan, run: a mistake in the configuration\n"
        "  5  run: a strict component did not start, all was rolled back\n"
        "  run with a command: the command's own, 128+N when signal N ended it\n";

static const char environment_text[] = "  REEVE_ADDRESS      the container to talk to, where no option says it\n"
                                       "  NO_COLOR           no colours\n"
                                       "  REEVED             the reeved that check, plan and run execute\n";

const Verb *verb_find(const char *name)
{
        for (size_t i = 0; i < n_verbs; i++)
                if (g_str_equal(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

/* What is called so elsewhere. */
static const char *find_foreign(const char *name)
{
        static const struct {
                const char *name, *command;
        } words[] = {
                {"is-active", "status -q NAME"},
                {"is-failed", "show -p State --value NAME"},
                {"list-units", "list"},
                {"ps", "list"},
                {"up", "run PATH"},
                {"verify", "check PATH"},
                {"journal", "events"},
                {"explain", "why NAME"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
                if (g_str_equal(words[i].name, name))
                        return words[i].command;
        return NULL;
}

char *verb_hint(const char *name)
{
        const char *foreign = find_foreign(name);
        const char *names[G_N_ELEMENTS(verbs) + 1] = {NULL};

        if (foreign)
                return g_strdup_printf("; here it is “reevectl %s”", foreign);
        for (size_t i = 0; i < n_verbs; i++)
                names[i] = verbs[i].name;
        return nearest_hint(name, names);
}

bool verb_is_later(const char *name)
{
        return g_strv_contains(later, name);
}

bool verb_passes_unknown(const char *name)
{
        const Verb *verb = verb_find(name);

        return verb ? verb->executes_reeved : verb_is_later(name);
}

static void append_title(GString *out, const char *title, bool has_colour)
{
        g_string_append_c(out, '\n');
        text_append_coloured(out, COLOUR_BOLD, has_colour, title);
        g_string_append(out, ":\n");
}

static void format_verb(const Verb *verb, bool has_colour, GString *out)
{
        g_string_append_printf(out, "Usage: reevectl [OPTION…] %s %s\n\n  %s\n", verb->name, verb->arguments,
                               verb->help);
        if (verb->options) {
                append_title(out, "Options", has_colour);
                options_format(verb->options, out);
        }
        append_title(out, "Options of every verb", has_colour);
        options_format(OPTION_GLOBAL, out);
        g_string_append(out, "\n“reevectl --help” shows all verbs and the exit statuses.\n");
}

void verb_format_help(const Verb *verb, bool has_colour, GString *out)
{
        if (verb) {
                format_verb(verb, has_colour, out);
                return;
        }
        g_string_append(out, "Usage: reevectl [OPTION…] [VERB] [NAME…]\n\n"
                             "Look at and control a container of components. Without a verb: status.\n");
        for (VerbGroup group = 0; group < GROUP_N_; group++) {
                append_title(out, group_titles[group], has_colour);
                for (size_t i = 0; i < n_verbs; i++) {
                        g_autofree char *usage = g_strdup_printf("%s %s", verbs[i].name, verbs[i].arguments);

                        if (verbs[i].group == group)
                                g_string_append_printf(out, "  %s%*s %s\n", usage,
                                                       MAX(26 - (int) g_utf8_strlen(usage, -1), 0), "", verbs[i].help);
                }
        }
        append_title(out, "Options", has_colour);
        options_format(OPTION_GLOBAL, out);
        append_title(out, "Options of some verbs", has_colour);
        options_format(~(unsigned) OPTION_GLOBAL, out);
        append_title(out, "Exit status", has_colour);
        g_string_append(out, exit_text);
        append_title(out, "Environment", has_colour);
        g_string_append(out, environment_text);
}
