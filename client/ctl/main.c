/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <unistd.h>

#include "bus.h"
#include "verb.h"

static int usage(const Ctl *ctl, const char *text)
{
        ctl_error(ctl, "%s\n“reevectl --help” shows how it is used", text);
        return EXIT_USAGE;
}

static int print_help(const Ctl *ctl, const Verb *verb)
{
        g_autoptr(GString) out = g_string_new(NULL);

        verb_format_help(verb, ctl->out.has_colour, out);
        return ctl_print(ctl, out);
}

static int print_version(const Ctl *ctl)
{
        g_autoptr(GString) out = g_string_new("reevectl " REEVE_VERSION "\n");

        return ctl_print(ctl, out);
}

static int refuse_option(const Ctl *ctl, const Verb *verb, unsigned bits)
{
        unsigned bit = bits & -bits;
        g_autofree char *text = g_strdup_printf("%s: does not take --%s", verb->name, option_name(bit));

        return usage(ctl, text);
}

/* Behind "--" stand names like the others, for verbs that take no command. */
static void join_command(Options *options)
{
        for (guint i = 0; options->command && options->command->pdata[i]; i++)
                g_ptr_array_add(options->words, options->command->pdata[i]);
        g_clear_pointer(&options->command, g_ptr_array_unref);
}

static int run_verb(Ctl *ctl, const Verb *verb)
{
        unsigned refused = ctl->options.given & ~(OPTION_GLOBAL | verb->options);
        g_autofree char *text = NULL;

        if (refused)
                return refuse_option(ctl, verb, refused);
        if (!verb->executes_reeved)
                join_command(&ctl->options);
        ctl->n_names = ctl->options.words->len > 0 ? ctl->options.words->len - 1 : 0;
        g_ptr_array_add(ctl->options.words, NULL);
        ctl->names = (const char *const *) ctl->options.words->pdata + (ctl->options.words->len > 1 ? 1 : 0);
        if (ctl->n_names < verb->min_names)
                text = g_strdup_printf("%s: which? It takes %s", verb->name, verb->arguments);
        else if (ctl->n_names > verb->max_names)
                text = g_strdup_printf("%s: too many arguments, “%s” is one", verb->name, ctl->names[verb->max_names]);
        return text ? usage(ctl, text) : verb->function(ctl);
}

static int run(Ctl *ctl, int argc, char **argv)
{
        g_autofree char *text = NULL, *hint = NULL;
        const char *name = "status";
        const Verb *verb;
        int r = options_parse(&ctl->options, argc, argv, verb_passes_unknown, &text);

        ctl->out = screen_of(STDOUT_FILENO, !ctl_has(ctl, OPTION_NO_COLOR));
        ctl->err = screen_of(STDERR_FILENO, !ctl_has(ctl, OPTION_NO_COLOR));
        if (r < 0)
                return usage(ctl, text);
        if (ctl_has(ctl, OPTION_VERSION))
                return print_version(ctl);
        if (ctl->options.words->len > 0)
                name = ctl->options.words->pdata[0];
        /* "help VERB", which many type first, is "VERB --help" */
        if (g_str_equal(name, "help")) {
                ctl->options.given |= OPTION_HELP;
                g_ptr_array_remove_index(ctl->options.words, 0);
                name = ctl->options.words->len > 0 ? ctl->options.words->pdata[0] : name;
        }
        verb = verb_find(name);
        if (ctl_has(ctl, OPTION_HELP))
                return print_help(ctl, ctl->options.words->len > 0 ? verb : NULL);
        if (ctl_has(ctl, OPTION_HOST))
                return usage(ctl, "--host: not available yet; “ssh HOST reevectl …” does the same");
        if (verb_is_later(name)) {
                text = g_strdup_printf("%s: not available yet", name);
                return usage(ctl, text);
        }
        if (!verb) {
                hint = verb_hint(name);
                text = g_strdup_printf("there is no verb “%s”%s", name, hint);
                return usage(ctl, text);
        }
        return run_verb(ctl, verb);
}

/* A stream that we were started without must not become our connection: what is written there fails, as it should. */
static void reserve_streams(void)
{
        int fd;

        do
                fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd >= 0)
                (void) close(fd);
}

int main(int argc, char **argv)
{
        Ctl ctl = {0};
        int status;

        reserve_streams();
        status = run(&ctl, argc, argv);
        bus_free(ctl.bus);
        options_done(&ctl.options);
        return status;
}
