/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "option.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "nearest.h"

#define LONG_FIRST 256 /* values above any short option */

typedef struct OptionSpec {
        const char *name;
        const char *argument; /* its name in the help, or NULL: takes none */
        char letter;          /* or 0 */
        unsigned bit;
        const char *help;
} OptionSpec;

static const OptionSpec specs[] = {
        {"user", NULL, 0, OPTION_USER, "talk to the container of your own user"},
        {"address", "ADDRESS", 0, OPTION_ADDRESS, "talk to the private socket at a D-Bus address"},
        {"host", "HOST", 'H', OPTION_HOST, NULL},
        {"json", NULL, 0, OPTION_JSON, "print JSON"},
        {"no-color", NULL, 0, OPTION_NO_COLOR, "no colours (also: NO_COLOR in the environment)"},
        {"no-pager", NULL, 0, OPTION_NO_PAGER, "accepted; there is no pager"},
        {"quiet", NULL, 'q', OPTION_QUIET, "no progress, no notes; status: the exit status only"},
        {"help", NULL, 'h', OPTION_HELP, "print this help, or that of a verb"},
        {"version", NULL, 0, OPTION_VERSION, "print the version"},
        {"wait", NULL, 0, OPTION_WAIT, "wait for the end of the change (the default; Ctrl-C ends the waiting)"},
        {"no-block", NULL, 0, OPTION_NO_BLOCK, "return as soon as the change has begun"},
        {"cascade", NULL, 0, OPTION_CASCADE, "stop what depends on it as well"},
        {"follow", NULL, 'f', OPTION_FOLLOW, "go on as events happen"},
        {"since", "SEQUENCE", 0, OPTION_SINCE, "from this sequence number on"},
        {"strict", NULL, 0, OPTION_STRICT, "warnings are errors"},
        {"only", "MODULE,…", 0, OPTION_ONLY, "only these modules and what they require"},
        {"overlay", "FILE", 0, OPTION_OVERLAY, NULL},
        {"property", "NAME", 'p', OPTION_PROPERTY, "only this one; several: -p A -p B, or A,B"},
        {"value", NULL, 0, OPTION_VALUE, "values without their names"},
        {"timeout", "TIME", 0, OPTION_TIMEOUT, "wait no longer than 5s, 500ms, 2min; a bare number is seconds"},
};

#define N_SPECS G_N_ELEMENTS(specs)

static void prepare(struct option longs[N_SPECS + 1], GString *shorts)
{
        memset(longs, 0, (N_SPECS + 1) * sizeof(*longs));
        /* "-": names come in their place, so that "--" is seen where it stands; ":": we write the messages */
        g_string_assign(shorts, "-:");
        for (size_t i = 0; i < N_SPECS; i++) {
                longs[i].name = specs[i].name;
                longs[i].has_arg = specs[i].argument ? required_argument : no_argument;
                longs[i].val = LONG_FIRST + (int) i;
                if (specs[i].letter)
                        g_string_append_printf(shorts, "%c%s", specs[i].letter, specs[i].argument ? ":" : "");
        }
}

static const OptionSpec *spec_of(int value)
{
        if (value >= LONG_FIRST && value < LONG_FIRST + (int) N_SPECS)
                return &specs[value - LONG_FIRST];
        for (size_t i = 0; i < N_SPECS; i++)
                if (value != 0 && specs[i].letter == value)
                        return &specs[i];
        return NULL;
}

static char *unknown_text(const char *word)
{
        const char *names[N_SPECS + 1] = {NULL};
        g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "=")), *hint = NULL;

        for (size_t i = 0; i < N_SPECS; i++)
                names[i] = specs[i].name;
        hint = nearest_hint(name, names);
        return g_strdup_printf("unknown option --%s%s", name, hint);
}

static void options_add_properties(Options *options, const char *value)
{
        g_auto(GStrv) names = g_strsplit(value, ",", -1);

        if (!options->properties)
                options->properties = g_ptr_array_new_with_free_func(g_free);
        for (size_t i = 0; names[i]; i++)
                g_ptr_array_add(options->properties, g_strdup(names[i]));
}

/* 0, or -EINVAL: a number with one unit, or none, and not zero. */
static int parse_span(const char *text, uint64_t *ret_usec)
{
        static const struct {
                const char *unit;
                double usec;
        } units[] = {{"", 1e6},    {"us", 1},     {"ms", 1e3},  {"s", 1e6},
                     {"sec", 1e6}, {"min", 60e6}, {"h", 3600e6}};
        size_t n = strspn(text, "0123456789.");
        g_autofree char *digits = g_strndup(text, n);
        double number = g_ascii_strtod(digits, NULL);

        for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
                if (g_str_equal(text + n, units[i].unit) && number * units[i].usec >= 1 &&
                    number * units[i].usec < 1e18) {
                        *ret_usec = (uint64_t) (number * units[i].usec);
                        return 0;
                }
        return -EINVAL;
}

static int take(Options *options, const OptionSpec *spec, const char *value, char **ret_error)
{
        guint64 number;

        options->given |= spec->bit;
        if (spec->bit == OPTION_ADDRESS) {
                options->address = value;
        } else if (spec->bit == OPTION_ONLY) {
                options->only = value;
        } else if (spec->bit == OPTION_PROPERTY) {
                options_add_properties(options, value);
        } else if (spec->bit == OPTION_TIMEOUT) {
                if (parse_span(value, &options->timeout_usec) < 0) {
                        *ret_error = g_strdup_printf("--timeout: “%s” is not a time such as 5s or 500ms", value);
                        return -EINVAL;
                }
        } else if (spec->bit == OPTION_SINCE) {
                if (!g_ascii_string_to_unsigned(value, 10, 0, UINT64_MAX, &number, NULL)) {
                        *ret_error = g_strdup_printf("--since: “%s” is not a sequence number", value);
                        return -EINVAL;
                }
                options->since = number;
        }
        return 0;
}

/* getopt's '?': an unknown option, or one with a value that takes none */
static int take_unknown(Options *options, char **argv, OptionPassesUnknown passes, char **ret_error)
{
        const OptionSpec *spec = spec_of(optopt);

        if (spec) {
                *ret_error = g_strdup_printf("--%s takes no value", spec->name);
        } else if (optopt) {
                *ret_error = g_strdup_printf("unknown option -%c", optopt);
        } else if (options->words->len > 0 && passes(options->words->pdata[0])) {
                g_ptr_array_add(options->words, argv[optind - 1]);
                return 0;
        } else {
                *ret_error = unknown_text(argv[optind - 1]);
        }
        return -EINVAL;
}

int options_parse(Options *options, int argc, char **argv, OptionPassesUnknown passes, char **ret_error)
{
        g_autoptr(GString) shorts = g_string_new(NULL);
        struct option longs[N_SPECS + 1];
        int value, r = 0;

        *options = (Options){.words = g_ptr_array_new()};
        prepare(longs, shorts);
        opterr = 0;
        optind = 0;
        while (r == 0 && (value = getopt_long(argc, argv, shorts->str, longs, NULL)) != -1) {
                if (value == 1) {
                        g_ptr_array_add(options->words, optarg);
                } else if (value == ':') {
                        *ret_error = g_strdup_printf("--%s needs a value: %s", spec_of(optopt)->name,
                                                     spec_of(optopt)->argument);
                        r = -EINVAL;
                } else if (value == '?') {
                        r = take_unknown(options, argv, passes, ret_error);
                } else {
                        r = take(options, spec_of(value), optarg, ret_error);
                }
        }
        if (r == 0 && optind > 0 && g_str_equal(argv[optind - 1], "--")) {
                options->command = g_ptr_array_new();
                for (int i = optind; i < argc; i++)
                        g_ptr_array_add(options->command, argv[i]);
                g_ptr_array_add(options->command, NULL);
        }
        return r;
}

void options_done(Options *options)
{
        g_clear_pointer(&options->words, g_ptr_array_unref);
        g_clear_pointer(&options->command, g_ptr_array_unref);
        g_clear_pointer(&options->properties, g_ptr_array_unref);
}

const char *option_name(unsigned bit)
{
        for (size_t i = 0; i < N_SPECS; i++)
                if (specs[i].bit == bit)
                        return specs[i].name;
        return "?";
}

void options_format(unsigned mask, GString *out)
{
        for (size_t i = 0; i < N_SPECS; i++) {
                g_autofree char *word = NULL;
                char letter[8] = "    ";

                if (!(specs[i].bit & mask) || !specs[i].help)
                        continue;
                if (specs[i].letter)
                        g_snprintf(letter, sizeof(letter), "-%c, ", specs[i].letter);
                word = g_strdup_printf("%s--%s%s%s", letter, specs[i].name, specs[i].argument ? " " : "",
                                       specs[i].argument ? specs[i].argument : "");
                g_string_append_printf(out, "  %s%*s %s\n", word, MAX(26 - (int) g_utf8_strlen(word, -1), 0), "",
                                       specs[i].help);
        }
}
