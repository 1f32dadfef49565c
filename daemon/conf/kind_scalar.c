/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <syslog.h>

#include "base/names.h"
#include "kind.h"
#include "scalar.h"

int kind_parse_text(const Assignment *assignment, void *target)
{
        *(const char **) target = arena_text(assignment->context->arena, assignment->value);
        return 0;
}

static void add_words(Diag *diag, const char *const *words, size_t n_words, uint32_t later)
{
        for (size_t i = 0; i < n_words; i++)
                if (!(later & (1U << i)))
                        diag_add_candidate(diag, words[i]);
}

/* A word outside a closed set: all there are, and the nearest. */
static int report_word(const Assignment *assignment, const char *const *words, size_t n_words, uint32_t later)
{
        const char *nearest = name_nearest(words, n_words, assignment->value);
        Diag *diag = assign_error(assignment, "is not known");

        add_words(diag, words, n_words, later);
        if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        return -EBADMSG;
}

int kind_parse_word(const Assignment *assignment, void *target)
{
        const SchemaWords *words = assignment->key->words;
        int word = name_find(words->words, words->n_words, assignment->value);
        Diag *diag;

        if (word < 0)
                return report_word(assignment, words->words, words->n_words, words->later);
        if (words->later & (1U << word)) {
                diag = diag_error(assignment->diags, DIAG_NOT_AVAILABLE, assignment->origin,
                                  "%s=%s is not available yet", assignment->key->name, assignment->value);
                add_words(diag, words->words, words->n_words, words->later);
                return -EBADMSG;
        }
        *(int *) target = word;
        return 0;
}

int kind_parse_bool(const Assignment *assignment, void *target)
{
        if (scalar_parse_bool(assignment->value, target) < 0) {
                diag_set_hint(assign_error(assignment, "is neither yes nor no"), "write yes, no, true or false");
                return -EBADMSG;
        }
        return 0;
}

static int check_range(const Assignment *assignment, int r, int64_t value, const char *what, const char *example)
{
        const SchemaKey *key = assignment->key;
        g_autofree char *problem = NULL;

        if (r == -ERANGE && (key->max == 0 || key->max >= INT64_C(1000000000000))) {
                (void) assign_error(assignment, "is more than can be held");
                return -EBADMSG;
        }
        /* It is beyond any range that can be told in figures. */
        if (r == -ERANGE)
                value = *assignment->value == '-' ? INT64_MIN : INT64_MAX;
        else if (r < 0) {
                problem = g_strdup_printf("is not %s", what);
                diag_set_hint(assign_error(assignment, problem), "%s", example);
                return -EBADMSG;
        }
        if ((key->min != 0 || key->max != 0) && (value < key->min || value > key->max)) {
                if (key->max >= INT64_C(1000000000000))
                        (void) assign_error(assignment, value < key->min ? "is too little" : "is too much");
                else {
                        problem = key->min == key->max
                                          ? g_strdup_printf("is not %" G_GINT64_FORMAT, key->min)
                                          : g_strdup_printf("is not between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                                                            key->min, key->max);
                        (void) assign_error(assignment, problem);
                }
                return -EBADMSG;
        }
        return 0;
}

int kind_parse_int(const Assignment *assignment, void *target)
{
        int64_t n = 0;
        int r = scalar_parse_int(assignment->value, &n);

        r = check_range(assignment, r, n, "a whole number", "write digits, maybe with a - in front");
        if (r == 0)
                *(int *) target = (int) n;
        return r;
}

int kind_parse_count(const Assignment *assignment, void *target)
{
        int64_t n = 0;
        int r = scalar_parse_int(assignment->value, &n);

        r = check_range(assignment, r, n, "a whole number", "write digits");
        if (r == 0)
                *(uint32_t *) target = (uint32_t) n;
        return r;
}

int kind_parse_count_or_infinity(const Assignment *assignment, void *target)
{
        int64_t n = 0;
        int r;

        if (g_str_equal(assignment->value, "infinity")) {
                *(uint64_t *) target = UINT64_MAX;
                return 0;
        }
        r = scalar_parse_int(assignment->value, &n);
        r = check_range(assignment, r, n, "a whole number", "write digits, or infinity");
        if (r == 0)
                *(uint64_t *) target = (uint64_t) n;
        return r;
}

int kind_parse_octal(const Assignment *assignment, void *target)
{
        uint32_t mode = 0;

        if (scalar_parse_octal(assignment->value, &mode) < 0 || mode > assignment->key->max) {
                diag_set_hint(assign_error(assignment, "is not an octal mode"),
                              "write up to four digits of 0 to 7, such as 0022");
                return -EBADMSG;
        }
        *(uint32_t *) target = mode;
        return 0;
}

/* UINT64_MAX is infinity and beyond any range. */
static int check_unsigned(const Assignment *assignment, int r, uint64_t value, const char *what, const char *example)
{
        if (r == 0 && value == UINT64_MAX)
                return 0;
        if (r == 0 && value > INT64_MAX)
                r = -ERANGE;
        return check_range(assignment, r, r == 0 ? (int64_t) value : 0, what, example);
}

int kind_parse_duration(const Assignment *assignment, void *target)
{
        uint64_t usec = 0;
        int r = scalar_parse_duration(assignment->value, &usec);

        r = check_unsigned(assignment, r, usec, "a duration",
                           "write such as 90 (seconds), 1min 30s, 500ms, or infinity");
        if (r == 0)
                *(uint64_t *) target = usec;
        return r;
}

int kind_parse_size(const Assignment *assignment, void *target)
{
        uint64_t size = 0;
        int r = scalar_parse_size(assignment->value, &size);

        r = check_unsigned(assignment, r, size, "a size", "write bytes, or such as 512M or 2G, or infinity");
        if (r == 0)
                *(uint64_t *) target = size;
        return r;
}

int kind_parse_quota(const Assignment *assignment, void *target)
{
        uint64_t share = 0;
        int r;

        if (g_str_equal(assignment->value, "infinity")) {
                *(uint64_t *) target = UINT64_MAX;
                return 0;
        }
        r = scalar_parse_percent(assignment->value, &share);
        if (r == 0 && (share < 100 || share > UINT64_C(100) * 1000000)) {
                (void) assign_error(assignment, "is not between 1% and 1000000%");
                return -EBADMSG;
        }
        r = check_range(assignment, r, assignment->key->min, "a percentage", "write such as 50%, or 200% for two CPUs");
        if (r == 0)
                *(uint64_t *) target = share * 10; /* hundredths of a per cent of 100 ms, in µs */
        return r;
}

int kind_parse_signal(const Assignment *assignment, void *target)
{
        if (scalar_parse_signal(assignment->value, target) < 0) {
                size_t n_names;
                const char *const *names = scalar_signal_names(&n_names);
                const char *nearest = name_nearest(names, n_names, assignment->value);
                Diag *diag = assign_error(assignment, "is not a signal");

                if (nearest)
                        diag_set_hint(diag, "did you mean '%s'?", nearest);
                else
                        diag_set_hint(diag, "write a name such as SIGTERM");
                return -EBADMSG;
        }
        return 0;
}

static const char *const log_level_words[] = {
        [LOG_ERR] = "err",   [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info", [LOG_DEBUG] = "debug",
};

int kind_parse_log_level(const Assignment *assignment, void *target)
{
        int level = name_find(log_level_words, G_N_ELEMENTS(log_level_words), assignment->value);

        if (level < 0)
                return report_word(assignment, log_level_words + LOG_ERR, G_N_ELEMENTS(log_level_words) - LOG_ERR, 0);
        *(int *) target = level;
        return 0;
}
