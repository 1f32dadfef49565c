/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "kind.h"
#include "naming.h"
#include "scalar.h"
#include "words.h"

enum { MAX_WORD_ERRORS = 20, MAX_RANK = 1000000, MAX_CARDINALITY = 1000000 };

static char **split(const Assignment *assignment)
{
        g_autofree char *text = NULL;
        const char *problem;
        char **words;

        if (words_split(assignment->value, &words, &problem) == 0)
                return words;
        text = g_strdup_printf("has %s", problem);
        (void) assign_error(assignment, text);
        return NULL;
}

/* N of rank=N, for the contribution before it. */
static int parse_rank(const Assignment *assignment, const char *word, Contribution *last)
{
        int64_t rank;

        if (!last) {
                diag_set_hint(assign_word_error(assignment, word, "stands before any key"), "write KEY %s", word);
                return -EBADMSG;
        }
        if (scalar_parse_int(word + strlen("rank="), &rank) < 0 || rank < -MAX_RANK || rank > MAX_RANK) {
                diag_set_hint(assign_word_error(assignment, word, "is no rank"),
                              "write a whole number from -%d to %d; the larger goes first", MAX_RANK, MAX_RANK);
                return -EBADMSG;
        }
        last->rank = (int) rank;
        return 0;
}

static Contribution *parse_contribution(const Assignment *assignment, Chain *chain, const char *word)
{
        Contribution *contribution;
        g_autofree char *valid = NULL;

        if (!name_is_valid(word)) {
                Diag *diag = assign_word_error(assignment, word, "is not the name of a group");

                if (strchr(word, ':'))
                        diag_set_hint(diag, "a group has no routes; a key with routes is for Provides=");
                else if (strchr(word, '='))
                        diag_set_hint(diag, "behind a key stands nothing but rank=N; labels are given by Labels=");
                else {
                        valid = name_to_valid(word);
                        diag_set_hint(diag, "a name is [a-z][a-z0-9_.-]{0,62}%s%s%s", valid ? ", such as '" : "",
                                      valid ? valid : "", valid ? "'" : "");
                }
                return NULL;
        }
        contribution = arena_new(assignment->context->scratch, Contribution, 1);
        *contribution = (Contribution){.key = arena_text(assignment->context->arena, word),
                                       .origin = assignment->origin};
        chain_add(chain, assignment->context->scratch, contribution, assignment->origin);
        return contribution;
}

int kind_parse_contributions(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        Contribution *last = NULL;
        unsigned n_errors = words ? 0 : 1;
        bool is_skipping = false; /* the rank of a word that was refused */

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                if (g_str_has_prefix(words[i], "rank=")) {
                        n_errors += !is_skipping && parse_rank(assignment, words[i], last) < 0;
                        continue;
                }
                last = parse_contribution(assignment, target, words[i]);
                is_skipping = !last;
                n_errors += is_skipping;
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_route(const Assignment *assignment, void *target)
{
        if (!route_is_valid(assignment->value, false)) {
                diag_set_hint(assign_error(assignment, "is not a route"), "a route is letters, digits and ._@/+-");
                return -EBADMSG;
        }
        return kind_parse_text(assignment, target);
}

int kind_parse_routes(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                if (route_is_valid(words[i], false)) {
                        chain_add(target, assignment->context->scratch,
                                  arena_text(assignment->context->arena, words[i]), assignment->origin);
                        continue;
                }
                diag_set_hint(assign_word_error(assignment, words[i], "is not a route"),
                              strcmp(words[i], "*") == 0 ? "this is the list of all there may be; * is for Provides="
                                                         : "a route is letters, digits and ._@/+-");
                n_errors++;
        }
        return n_errors > 0 ? -EBADMSG : 0;
}

static bool parse_count(const char *text, uint32_t *ret)
{
        int64_t n;

        if (!g_ascii_isdigit(*text) || scalar_parse_int(text, &n) < 0 || n < 0 || n > MAX_CARDINALITY)
                return false;
        *ret = (uint32_t) n;
        return true;
}

int kind_parse_cardinality(const Assignment *assignment, void *target)
{
        const char *dots = strstr(assignment->value, "..");
        g_autofree char *min = dots ? g_strndup(assignment->value, (gsize) (dots - assignment->value)) : NULL;
        Cardinality cardinality = {.max = CARDINALITY_ANY};

        if (!dots || !parse_count(min, &cardinality.min) ||
            (strcmp(dots, "..n") != 0 && !parse_count(dots + strlen(".."), &cardinality.max))) {
                diag_set_hint(assign_error(assignment, "is not a cardinality"),
                              "write MIN..MAX, such as 0..1, 1..1, 2..5, or 0..n for any number");
                return -EBADMSG;
        }
        if (cardinality.max == 0 || cardinality.min > cardinality.max) {
                diag_set_hint(assign_error(assignment, cardinality.max == 0 ? "lets nothing be referred to"
                                                                            : "has a minimum above its maximum"),
                              "write MIN..MAX, MAX at least 1 and no less than MIN");
                return -EBADMSG;
        }
        *(Cardinality *) target = cardinality;
        return 0;
}

/* The name before N bytes of an operator; NULL: there is none that a label may have. */
static LabelTest *make_test(const Assignment *assignment, LabelTestKind kind, const char *name, size_t n_name,
                            const char *word)
{
        g_autofree char *copy = g_strndup(name, n_name);
        g_autofree char *text = NULL;
        LabelTest *test;

        if (!route_is_valid(copy, false))
                return NULL;
        text = kind == LABEL_DIFFERS ? g_strconcat(copy, "=", name + n_name + strlen("!="), NULL)
               : kind == LABEL_EQUALS ? g_strdup(word)
                                      : g_strdup(copy);
        test = arena_new(assignment->context->scratch, LabelTest, 1);
        *test = (LabelTest){.kind = kind,
                            .text = arena_text(assignment->context->arena, text),
                            .n_name = (uint32_t) n_name};
        return test;
}

static LabelTest *parse_test(const Assignment *assignment, const char *word)
{
        const char *equals = strchr(word, '=');

        if (g_str_has_prefix(word, "has:"))
                return make_test(assignment, LABEL_PRESENT, word + strlen("has:"), strlen(word) - strlen("has:"), word);
        if (g_str_has_prefix(word, "!has:"))
                return make_test(assignment, LABEL_ABSENT, word + strlen("!has:"), strlen(word) - strlen("!has:"),
                                 word);
        if (!equals || equals == word)
                return NULL;
        if (equals[-1] == '!')
                return make_test(assignment, LABEL_DIFFERS, word, (size_t) (equals - word) - 1, word);
        return make_test(assignment, LABEL_EQUALS, word, (size_t) (equals - word), word);
}

/* §24 */
int kind_parse_target(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = split(assignment);
        unsigned n_errors = words ? 0 : 1;

        for (size_t i = 0; words && words[i] && n_errors < MAX_WORD_ERRORS; i++) {
                const LabelTest *test = parse_test(assignment, words[i]);

                if (test) {
                        chain_add(target, assignment->context->scratch, test, assignment->origin);
                        continue;
                }
                diag_set_hint(assign_word_error(assignment, words[i], "is not a test of a label"),
                              "write NAME=VALUE, NAME!=VALUE, has:NAME or !has:NAME; all of them are to hold");
                n_errors++;
        }
        return n_errors > 0 ? -EBADMSG : 0;
}
