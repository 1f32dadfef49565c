/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"

static const char *const schema_form_names[SCHEMA_N_] = {"text", "json", "markdown"};

enum {
        OPTION_USER = 256,
        OPTION_FOREGROUND,
        OPTION_MODULES,
        OPTION_ONLY,
        OPTION_OVERLAY,
        OPTION_ADDRESS,
        OPTION_CONFIG,
        OPTION_RUNTIME_DIRECTORY,
        OPTION_JSON,
        OPTION_STRICT,
        OPTION_QUIET,
        OPTION_CHECK,
        OPTION_PLAN,
        OPTION_STATES,
        OPTION_SCHEMA,
        OPTION_INTROSPECT,
        OPTION_VERSION,
        OPTION_HELP,
};

static const struct option long_options[] = {
        {"user", no_argument, NULL, OPTION_USER},
        {"foreground", no_argument, NULL, OPTION_FOREGROUND},
        {"modules", required_argument, NULL, OPTION_MODULES},
        {"only", required_argument, NULL, OPTION_ONLY},
        {"overlay", required_argument, NULL, OPTION_OVERLAY},
        {"address", required_argument, NULL, OPTION_ADDRESS},
        {"config", required_argument, NULL, OPTION_CONFIG},
        {"runtime-directory", required_argument, NULL, OPTION_RUNTIME_DIRECTORY},
        {"json", no_argument, NULL, OPTION_JSON},
        {"strict", no_argument, NULL, OPTION_STRICT},
        {"quiet", no_argument, NULL, OPTION_QUIET},
        {"check", no_argument, NULL, OPTION_CHECK},
        {"plan", no_argument, NULL, OPTION_PLAN},
        {"states", no_argument, NULL, OPTION_STATES},
        {"schema", optional_argument, NULL, OPTION_SCHEMA},
        {"introspect", required_argument, NULL, OPTION_INTROSPECT},
        {"version", no_argument, NULL, OPTION_VERSION},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
};

void options_print_help(void)
{
        puts("reeved [OPTION]... [MODULE FILE OR DIRECTORY]...\n"
             "\n"
             "Starts, watches and stops the components that module files declare, wired by what\n"
             "they provide and require.\n"
             "\n"
             "Running:\n"
             "  --user                    as a user's own daemon, with the user's directories\n"
             "  --foreground              show progress and the components' output here\n"
             "  --modules PATH            this module file or directory alone, no scanning; may be repeated\n"
             "  --only NAME[,NAME...]     these modules and what they require\n"
             "  --config DIRECTORY        read reeved.conf and reeved.conf.d there, and nowhere else\n"
             "  --runtime-directory DIR   instead of /run/reeve or $XDG_RUNTIME_DIR/reeve\n"
             "  --address unix:path=PATH  where the private socket is, instead of DIR/bus\n"
             "\n"
             "Printing and exiting, without starting or writing anything:\n"
             "  --check                   read and check everything, report all that is wrong\n"
             "  --plan                    the same, and print what would start in which order\n"
             "  --json                    with --check and --plan: as JSON\n"
             "  --strict                  treat warnings as errors\n"
             "  --quiet                   with --check: say nothing when nothing is wrong, on a terminal too\n"
             "  --schema[=text|json|markdown]  every section and key of module files and reeved.conf\n"
             "  --states                  the state table of a component, as dot\n"
             "  --introspect PATH         the D-Bus interfaces of an object, as XML; session: of what\n"
             "                            a component with Type=reeve sees on its own connection\n"
             "  --version, --help\n"
             "\n"
             "Exit status: 0 stopped as asked, 1 other, 2 usage, 3 configuration, 5 a strict component\n"
             "did not start and all was rolled back.");
}

static int fail(const char *format, const char *what)
{
        fputs("reeved: ", stderr);
        /* Both come from this file or the command line; the format is one of ours. */
        fprintf(stderr, "%s%s\n", format, what);
        fputs("Try: reeved --help\n", stderr);
        return -EINVAL;
}

static void append(char ***list, char *word)
{
        guint n = *list ? g_strv_length(*list) : 0;

        *list = g_renew(char *, *list, n + 2);
        (*list)[n] = word;
        (*list)[n + 1] = NULL;
}

static int parse_schema(Options *options, const char *form)
{
        int found = form ? name_find(schema_form_names, SCHEMA_N_, form) : SCHEMA_TEXT;

        if (found < 0)
                return fail("--schema= takes text, json or markdown, not ", form);
        options->mode = MODE_SCHEMA;
        options->schema = (SchemaForm) found;
        return 0;
}

static bool is_known(const char *word)
{
        const char *name = word + strspn(word, "-");
        size_t n_name = strcspn(name, "=");

        for (const struct option *option = long_options; option->name; option++)
                if (strlen(option->name) == n_name && strncmp(option->name, name, n_name) == 0)
                        return true;
        return false;
}

/* WORD: as it was typed */
static int parse_one(Options *options, int option, const char *word)
{
        switch (option) {
        case OPTION_USER:
                options->is_user = true;
                return 0;
        case OPTION_FOREGROUND:
                options->is_foreground = true;
                return 0;
        case OPTION_MODULES:
                append(&options->modules, g_strdup(optarg));
                return 0;
        case OPTION_ONLY:
                g_strfreev(options->only);
                options->only = g_strsplit_set(optarg, ", ", -1);
                return 0;
        case OPTION_OVERLAY:
                return fail("--overlay is not available yet", "");
        case OPTION_ADDRESS:
                if (!g_str_has_prefix(optarg, "unix:path=/"))
                        return fail("--address takes unix:path=/PATH, not ", optarg);
                g_free(options->address);
                options->address = g_strdup(optarg + strlen("unix:path="));
                return 0;
        case OPTION_CONFIG:
                g_free(options->configuration);
                options->configuration = g_strdup(optarg);
                return 0;
        case OPTION_RUNTIME_DIRECTORY:
                g_free(options->runtime_directory);
                options->runtime_directory = g_canonicalize_filename(optarg, NULL);
                return 0;
        case OPTION_JSON:
                options->is_json = true;
                return 0;
        case OPTION_STRICT:
                options->is_strict = true;
                return 0;
        case OPTION_QUIET:
                options->is_quiet = true;
                return 0;
        case OPTION_SCHEMA:
                return parse_schema(options, optarg);
        case OPTION_INTROSPECT:
                g_free(options->introspect);
                options->introspect = g_strdup(optarg);
                options->mode = MODE_INTROSPECT;
                return 0;
        case OPTION_CHECK:
        case OPTION_PLAN:
        case OPTION_STATES:
                options->mode = option == OPTION_CHECK ? MODE_CHECK : option == OPTION_PLAN ? MODE_PLAN : MODE_STATES;
                return 0;
        case OPTION_VERSION:
        case OPTION_HELP:
                options->mode = option == OPTION_VERSION ? MODE_VERSION : MODE_HELP;
                return 0;
        case ':':
                return fail("this option needs a value: ", word);
        default:
                return fail(is_known(word) ? "this option takes no value: " : "there is no option ", word);
        }
}

int options_parse(Options *options, int argc, char **argv)
{
        const char *run = g_getenv("XDG_RUNTIME_DIR");
        int option, r;

        *options = (Options){.is_user = geteuid() != 0};
        opterr = 0;
        while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
                r = parse_one(options, option, argv[optind - 1]);
                if (r < 0)
                        return r;
                if (options->mode == MODE_HELP || options->mode == MODE_VERSION)
                        return 0;
        }
        for (int i = optind; i < argc; i++)
                append(&options->modules, g_strdup(argv[i]));
        if (options->runtime_directory || options->mode != MODE_RUN)
                return 0;
        if (options->is_user && !run)
                return fail("XDG_RUNTIME_DIR is not set; say --runtime-directory", "");
        options->runtime_directory = options->is_user ? g_build_filename(run, "reeve", NULL) : g_strdup("/run/reeve");
        return 0;
}

void options_done(Options *options)
{
        g_clear_pointer(&options->modules, g_strfreev);
        g_clear_pointer(&options->only, g_strfreev);
        g_clear_pointer(&options->configuration, g_free);
        g_clear_pointer(&options->runtime_directory, g_free);
        g_clear_pointer(&options->address, g_free);
        g_clear_pointer(&options->introspect, g_free);
}

char **options_directories(const Options *options, const char *file)
{
        static const char *const of_system[] = {"/usr/lib/reeve", "/run/reeve", "/etc/reeve"};
        char **list = NULL;

        if (options->configuration) {
                append(&list, g_build_filename(options->configuration, file, NULL));
                return list;
        }
        for (size_t i = 0; !options->is_user && i < G_N_ELEMENTS(of_system); i++)
                append(&list, g_build_filename(of_system[i], file, NULL));
        if (options->is_user) {
                append(&list, g_build_filename("/usr/lib/reeve/user", file, NULL));
                append(&list, g_build_filename(g_get_user_data_dir(), "reeve", file, NULL));
                if (g_getenv("XDG_RUNTIME_DIR"))
                        append(&list, g_build_filename(g_getenv("XDG_RUNTIME_DIR"), "reeve", file, NULL));
                append(&list, g_build_filename(g_get_user_config_dir(), "reeve", file, NULL));
        }
        return list;
}
