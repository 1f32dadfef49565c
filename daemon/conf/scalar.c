/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scalar.h"

#include <string.h>

#include <glib.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* Digits from *TEXT, which is moved behind them. */
static int parse_digits(const char **text, unsigned base, uint64_t *ret)
{
        const char *c = *text;
        uint64_t n = 0;

        for (; g_ascii_isdigit(*c) && (unsigned) (*c - '0') < base; c++)
                if (__builtin_mul_overflow(n, base, &n) || __builtin_add_overflow(n, (uint64_t) (*c - '0'), &n))
                        return -ERANGE;
        if (c == *text)
                return -EINVAL;
        *text = c;
        *ret = n;
        return 0;
}

int scalar_parse_bool(const char *text, bool *ret)
{
        bool is_true = g_str_equal(text, "yes") || g_str_equal(text, "true");

        if (!is_true && !g_str_equal(text, "no") && !g_str_equal(text, "false"))
                return -EINVAL;
        *ret = is_true;
        return 0;
}

int scalar_parse_int(const char *text, int64_t *ret)
{
        bool is_negative = *text == '-';
        uint64_t n;
        int r;

        if (*text == '-' || *text == '+')
                text++;
        r = parse_digits(&text, 10, &n);
        if (r < 0)
                return r;
        if (*text)
                return -EINVAL;
        if (n > INT64_MAX)
                return -ERANGE;
        *ret = is_negative ? -(int64_t) n : (int64_t) n;
        return 0;
}

int scalar_parse_octal(const char *text, uint32_t *ret)
{
        uint64_t n;
        int r = parse_digits(&text, 8, &n);

        if (r < 0)
                return r;
        if (*text)
                return -EINVAL;
        if (n > UINT32_MAX)
                return -ERANGE;
        *ret = (uint32_t) n;
        return 0;
}

/* A decimal number times UNIT, the fraction rounded down. */
static int parse_decimal(const char **text, uint64_t unit, uint64_t *ret)
{
        uint64_t whole = 0, total;
        const char *c = *text;
        int r;

        r = parse_digits(&c, 10, &whole);
        if (r < 0)
                return r;
        if (__builtin_mul_overflow(whole, unit, &total))
                return -ERANGE;
        if (*c == '.') {
                const char *digits = ++c;
                uint64_t fraction = 0, scale = 1;

                /* Digits beyond the tenth do not count for any unit there is. */
                for (; g_ascii_isdigit(*c); c++)
                        if (c - digits < 10) {
                                fraction = fraction * 10 + (uint64_t) (*c - '0');
                                scale *= 10;
                        }
                if (c == digits)
                        return -EINVAL;
                fraction = (uint64_t) ((unsigned __int128) unit * fraction / scale);
                if (__builtin_add_overflow(total, fraction, &total))
                        return -ERANGE;
        }
        *text = c;
        *ret = total;
        return 0;
}

static const struct {
        const char *word;
        uint64_t usec;
} time_units[] = {
        {"seconds", USEC_PER_SEC},
        {"second", USEC_PER_SEC},
        {"sec", USEC_PER_SEC},
        {"s", USEC_PER_SEC},
        {"minutes", 60 * USEC_PER_SEC},
        {"minute", 60 * USEC_PER_SEC},
        {"min", 60 * USEC_PER_SEC},
        {"months", 2629800 * USEC_PER_SEC},
        {"month", 2629800 * USEC_PER_SEC},
        {"M", 2629800 * USEC_PER_SEC},
        {"msec", 1000},
        {"ms", 1000},
        {"m", 60 * USEC_PER_SEC},
        {"hours", 3600 * USEC_PER_SEC},
        {"hour", 3600 * USEC_PER_SEC},
        {"hr", 3600 * USEC_PER_SEC},
        {"h", 3600 * USEC_PER_SEC},
        {"days", 86400 * USEC_PER_SEC},
        {"day", 86400 * USEC_PER_SEC},
        {"d", 86400 * USEC_PER_SEC},
        {"weeks", 604800 * USEC_PER_SEC},
        {"week", 604800 * USEC_PER_SEC},
        {"w", 604800 * USEC_PER_SEC},
        {"years", 31557600 * USEC_PER_SEC},
        {"year", 31557600 * USEC_PER_SEC},
        {"y", 31557600 * USEC_PER_SEC},
        {"usec", 1},
        {"us", 1},
        {"µs", 1}, /* U+00B5 */
        {"μs", 1}, /* U+03BC */
};

/* The unit at TEXT as a whole word, 0 when there is none of that name. */
static uint64_t find_time_unit(const char **text)
{
        size_t n = 0;

        while ((*text)[n] && !g_ascii_isdigit((*text)[n]) && !strchr(" \t.+-", (*text)[n]))
                n++;
        for (size_t i = 0; i < G_N_ELEMENTS(time_units); i++)
                if (strlen(time_units[i].word) == n && strncmp(time_units[i].word, *text, n) == 0) {
                        *text += n;
                        return time_units[i].usec;
                }
        return 0;
}

int scalar_parse_duration(const char *text, uint64_t *ret_usec)
{
        uint64_t total = 0;

        if (g_str_equal(text, "infinity")) {
                *ret_usec = UINT64_MAX;
                return 0;
        }
        do {
                const char *number, *after;
                uint64_t unit, part;
                int r;

                number = after = text += strspn(text, " \t");
                after += strspn(after, "0123456789.");
                after += strspn(after, " \t");
                if (*after == '\0' || g_ascii_isdigit(*after))
                        unit = USEC_PER_SEC; /* §9 */
                else {
                        unit = find_time_unit(&after);
                        if (unit == 0)
                                return -EINVAL;
                }
                r = parse_decimal(&text, unit, &part);
                if (r < 0)
                        return r;
                /* What stands between the number and its unit may only be blanks. */
                if (text != number + strspn(number, "0123456789."))
                        return -EINVAL;
                if (__builtin_add_overflow(total, part, &total) || total == UINT64_MAX)
                        return -ERANGE;
                text = after;
        } while (*text);
        *ret_usec = total;
        return 0;
}

int scalar_parse_size(const char *text, uint64_t *ret)
{
        static const char units[] = "KMGT";
        uint64_t unit = 1, n;
        const char *at;
        size_t n_digits;
        int r;

        if (g_str_equal(text, "infinity")) {
                *ret = UINT64_MAX;
                return 0;
        }
        n_digits = strspn(text, "0123456789.");
        if (text[n_digits]) {
                at = strchr(units, text[n_digits]);
                if (!at || text[n_digits + 1])
                        return -EINVAL;
                unit <<= 10 * (at - units + 1);
        } else if (strchr(text, '.'))
                return -EINVAL;
        at = text;
        r = parse_decimal(&at, unit, &n);
        if (r < 0)
                return r;
        if (at != text + n_digits)
                return -EINVAL;
        if (n == UINT64_MAX)
                return -ERANGE;
        *ret = n;
        return 0;
}

int scalar_parse_percent(const char *text, uint64_t *ret)
{
        uint64_t n;
        int r = parse_decimal(&text, 100, &n);

        if (r < 0)
                return r;
        if (!g_str_equal(text, "%"))
                return -EINVAL;
        *ret = n;
        return 0;
}
