/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a duration, a size, a command line, a template …: no parser reads beyond it or writes without success. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/naming.h"
#include "conf/scalar.h"
#include "conf/template.h"
#include "conf/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
        if (!holds)
                abort();
}

static void try_scalars(const char *text)
{
        uint64_t duration = 17, bytes = 17, share = 17;
        int64_t number = 17;
        uint32_t mode = 17;
        int signal = 17;
        bool is_true;

        check(scalar_parse_duration(text, &duration) == 0 || duration == 17);
        check(scalar_parse_size(text, &bytes) == 0 || bytes == 17);
        check(scalar_parse_percent(text, &share) == 0 || share == 17);
        check(scalar_parse_int(text, &number) == 0 || number == 17);
        check(scalar_parse_octal(text, &mode) == 0 || mode == 17);
        check(scalar_parse_signal(text, &signal) == 0 || signal == 17);
        (void) !scalar_parse_bool(text, &is_true);
        for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
                struct rlimit limit;

                if (scalar_parse_limit(resource, text, &limit) == 0)
                        check(limit.rlim_cur <= limit.rlim_max);
        }
}

/* Words survive being quoted and split again. */
static void try_words(const char *text)
{
        g_auto(GStrv) words = NULL, again = NULL;
        g_autoptr(GString) quoted = g_string_new(NULL);
        const char *problem;

        if (words_split_command(text, &words, &problem) < 0)
                return;
        for (size_t i = 0; words[i]; i++) {
                g_string_append(quoted, " \"");
                for (const char *c = words[i]; *c; c++)
                        g_string_append_printf(quoted, "\\x%02x", (unsigned char) *c);
                g_string_append_c(quoted, '"');
        }
        check(words_split_command(quoted->str, &again, &problem) == 0);
        check(g_strv_equal((const char *const *) words, (const char *const *) again));
}

static void on_part(const TemplatePart *part, void *userdata)
{
        check(part->n_name > 0 && part->kind < TEMPLATE_N_);
        ++*(unsigned *) userdata;
}

static const char *look_up(const TemplatePart *part, void *userdata)
{
        (void) part;
        return userdata;
}

static void try_templates(const char *text)
{
        const char *problem = NULL;
        char *expanded = NULL;
        unsigned n_parts = 0;
        char known[] = "x";
        int visited = template_visit(text, on_part, &n_parts, &problem);

        check(template_expand(text, look_up, known, &expanded) == visited);
        check((visited == 0) == (expanded != NULL) && (visited == 0) == (problem == NULL));
        g_free(expanded);
}

static void try_names(const char *text)
{
        g_autofree char *program = name_from_program(text), *module = name_from_module_file(text),
                        *valid = name_to_valid(text);

        check(!valid || name_is_valid(valid));
        check(!strchr(program, '/') && !strchr(module, '/'));
        (void) name_is_valid(text);
        (void) route_is_valid(text, true);
        (void) account_is_valid(text);
        (void) variable_is_valid(text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = g_strndup((const char *) data, size);

        try_scalars(text);
        try_words(text);
        try_templates(text);
        try_names(text);
        return 0;
}
