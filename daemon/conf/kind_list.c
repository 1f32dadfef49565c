/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/names.h"
#include "condition.h"
#include "kind.h"
#include "naming.h"
#include "scalar.h"
#include "words.h"

/* A list of a megabyte of wrong words is one mistake, not many. */
#define MAX_WORD_ERRORS 20

static void add(const Assignment *assignment, void *target, const void *data)
{
        chain_add(target, assignment->context->scratch, data, assignment->origin);
}

static const char *keep(const Assignment *assignment, const char *text)
{
        return arena_text(assignment->context->arena, text);
}

int kind_parse_condition(const Assignment *assignment, void *target)
{
        Condition *condition;
        const char *problem;
        bool is_met;

        if (condition_judge(assignment->key->name, assignment->value, &is_met, &problem) < 0) {
                g_autofree char *text = g_strdup_printf("cannot be judged: %s", problem);

                (void) assign_error(assignment, text);
                return -EBADMSG;
        }
        condition = arena_new(assignment->context->scratch, Condition, 1);
        *condition =
                (Condition){assignment->key->name, keep(assignment, assignment->value), assignment->origin, is_met};
        add(assignment, target, condition);
        return 0;
}

/* The value's words, quotes resolved; a finding otherwise. Values may be secrets: they are not quoted. */
static char **split(const Assignment *assignment)
{
        const char *problem;
        char **words;

        if (words_split(assignment->value, &words, &problem) == 0)
                return words;
        (void) diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin, "%s= has %s",
                          assignment->key->name, problem);
        return NULL;
}

int kind_parse_environment(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                const char *equals = strchr(words[i], '=');
                Diag *diag;

                if (equals && variable_is_valid(words[i], (size_t) (equals - words[i]))) {
                        add(assignment, target, keep(assignment, words[i]));
                        continue;
                }
                diag = diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin,
                                  equals ? "word %zu of %s= has no valid name before its ="
                                         : "word %zu of %s= is not NAME=VALUE",
                                  i + 1, assignment->key->name);
                diag_set_hint(diag, "write NAME=VALUE, and quotes around the whole where the value has blanks");
                n_errors++;
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_variables(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                if (variable_is_valid(words[i], strlen(words[i])))
                        add(assignment, target, keep(assignment, words[i]));
                else {
                        (void) assign_word_error(assignment, words[i], "is not the name of a variable");
                        n_errors++;
                }
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_labels(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                const char *equals = strchr(words[i], '=');
                g_autofree char *name = equals ? g_strndup(words[i], (gsize) (equals - words[i])) : NULL;

                if (name && route_is_valid(name, false))
                        add(assignment, target, keep(assignment, words[i]));
                else {
                        diag_set_hint(assign_word_error(assignment, words[i], "is not a label"), "write key=value");
                        n_errors++;
                }
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_statuses(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                int64_t n;
                uint8_t *status;

                if (scalar_parse_int(words[i], &n) < 0 || n < 0 || n > 255) {
                        diag_set_hint(assign_word_error(assignment, words[i], "is not an exit status"),
                                      "write numbers from 0 to 255");
                        n_errors++;
                        continue;
                }
                status = arena_new(assignment->context->scratch, uint8_t, 1);
                *status = (uint8_t) n;
                add(assignment, target, status);
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_limit(const Assignment *assignment, void *target)
{
        Limit limit = {.resource = (int) assignment->key->min};
        int r = scalar_parse_limit(limit.resource, assignment->value, &limit.value);

        if (r < 0) {
                const char *problem = r == -ERANGE ? "is out of range"
                                      : r == -EDOM ? "has a soft limit above the hard one"
                                                   : "is not a limit";

                diag_set_hint(assign_error(assignment, problem),
                              "write SOFT:HARD, or one value for both; infinity for none");
                return -EBADMSG;
        }
        add(assignment, target, memcpy(arena_new(assignment->context->scratch, Limit, 1), &limit, sizeof(limit)));
        return 0;
}

static int parse_link(const Assignment *assignment, Chain *chain, char *word, bool has_routes, bool is_provided)
{
        char *route = has_routes ? strchr(word, ':') : NULL;
        Link *link;

        if (route)
                *route++ = '\0';
        if (!name_is_valid(word)) {
                g_autofree char *valid = name_to_valid(word);

                if (route)
                        route[-1] = ':';
                diag_set_hint(assign_word_error(assignment, word, "does not begin with a name"),
                              "a name is [a-z][a-z0-9_.-]{0,62}%s%s%s", valid ? ", such as '" : "", valid ? valid : "",
                              valid ? "'" : "");
                return -EBADMSG;
        }
        if (route && !route_is_valid(route, is_provided)) {
                route[-1] = ':';
                diag_set_hint(assign_word_error(assignment, word, "has no valid route"),
                              "a route is letters, digits and ._@/+-%s", is_provided ? ", or * for any" : "");
                return -EBADMSG;
        }
        link = arena_new(assignment->context->scratch, Link, 1);
        link->key = keep(assignment, word);
        link->route = keep(assignment, route);
        add(assignment, chain, link);
        return 0;
}

static int parse_links(const Assignment *assignment, Chain *chain, bool has_routes, bool is_provided)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++)
                if (parse_link(assignment, chain, words[i], has_routes, is_provided) < 0)
                        n_errors++;
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_refs(const Assignment *assignment, void *target)
{
        return parse_links(assignment, target, true, false);
}

int kind_parse_provides(const Assignment *assignment, void *target)
{
        return parse_links(assignment, target, true, true);
}

int kind_parse_names(const Assignment *assignment, void *target)
{
        return parse_links(assignment, target, false, false);
}

int kind_parse_globs(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);

        for (size_t i = 0; words && words[i]; i++)
                add(assignment, target, keep(assignment, words[i]));
        return words ? 0 : -EBADMSG;
}

int kind_parse_paths(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                if (words[i][0] == '/')
                        add(assignment, target, keep(assignment, words[i]));
                else {
                        diag_set_hint(assign_word_error(assignment, words[i], "is not an absolute path"),
                                      "begin it with /");
                        n_errors++;
                }
        }
        return n_errors > 0 ? -EBADMSG : 0;
}
