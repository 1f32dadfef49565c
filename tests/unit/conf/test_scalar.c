/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/scalar.h"

#define SEC UINT64_C(1000000)

/* §9 */
static void test_bool(void **state)
{
        static const char *const wrong[] = {"", "1", "on", "Yes", "YES", "y", "yes ", "no,", "truee"};
        bool value;

        (void) state;
        assert_int_equal(scalar_parse_bool("yes", &value), 0);
        assert_true(value);
        assert_int_equal(scalar_parse_bool("true", &value), 0);
        assert_true(value);
        assert_int_equal(scalar_parse_bool("no", &value), 0);
        assert_false(value);
        assert_int_equal(scalar_parse_bool("false", &value), 0);
        assert_false(value);
        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                assert_int_equal(scalar_parse_bool(wrong[i], &value), -EINVAL);
}

typedef struct Case {
        const char *text;
        int result;
        uint64_t value;
} Case;

/* §9: a bare number is seconds; overflow and trailing text are errors */
static void test_duration(void **state)
{
        static const Case cases[] = {
                {"0", 0, 0},
                {"5", 0, 5 * SEC},
                {"1.5", 0, 1500000},
                {"500ms", 0, 500000},
                {"20 us", 0, 20},
                {"7\xc2\xb5s", 0, 7},
                {"1min 30s", 0, 90 * SEC},
                {"1min30s", 0, 90 * SEC},
                {"2h", 0, 7200 * SEC},
                {"1d 2hours 3minutes 4seconds", 0, (86400 + 7200 + 180 + 4) * SEC},
                {"1w", 0, 604800 * SEC},
                {"1M", 0, 2629800 * SEC},
                {"1m", 0, 60 * SEC},
                {"0.0000001", 0, 0},
                {"1min 30", 0, 90 * SEC},
                {"infinity", 0, UINT64_MAX},
                {"", -EINVAL, 0},
                {"s", -EINVAL, 0},
                {"-5", -EINVAL, 0},
                {"+5", -EINVAL, 0},
                {"5 parsecs", -EINVAL, 0},
                {"5s x", -EINVAL, 0},
                {"5.s", -EINVAL, 0},
                {".5", -EINVAL, 0},
                {"1.2.3s", -EINVAL, 0},
                {"5S", -EINVAL, 0},
                {"Infinity", -EINVAL, 0},
                {"infinity 5", -EINVAL, 0},
                {"0x5", -EINVAL, 0},
                {"99999999999999999999", -ERANGE, 0},
                {"18446744073709551615us", -ERANGE, 0},
                {"18446744073709551614us", 0, UINT64_MAX - 1},
                {"18446744073709551614us 1us", -ERANGE, 0},
                {"600000y", -ERANGE, 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                uint64_t value = 0;
                int r = scalar_parse_duration(cases[i].text, &value);

                if (r != cases[i].result || value != cases[i].value)
                        print_error("%s: %d %" G_GUINT64_FORMAT "\n", cases[i].text, r, value);
                assert_int_equal(r, cases[i].result);
                assert_int_equal(value, cases[i].value);
        }
}

static void test_size(void **state)
{
        static const Case cases[] = {
                {"0", 0, 0},
                {"17", 0, 17},
                {"1K", 0, 1024},
                {"1.5K", 0, 1536},
                {"3M", 0, UINT64_C(3) << 20},
                {"2G", 0, UINT64_C(2) << 30},
                {"1T", 0, UINT64_C(1) << 40},
                {"infinity", 0, UINT64_MAX},
                {"", -EINVAL, 0},
                {"K", -EINVAL, 0},
                {"1k", -EINVAL, 0},
                {"1KB", -EINVAL, 0},
                {"1 K", -EINVAL, 0},
                {"1.5", -EINVAL, 0},
                {"1..5K", -EINVAL, 0},
                {"-1", -EINVAL, 0},
                {"16777216T", -ERANGE, 0},
                {"18446744073709551615", -ERANGE, 0},
                {"99999999999999999999", -ERANGE, 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                uint64_t value = 0;

                assert_int_equal(scalar_parse_size(cases[i].text, &value), cases[i].result);
                assert_int_equal(value, cases[i].value);
        }
}

static void test_int(void **state)
{
        static const struct {
                const char *text;
                int result;
                int64_t value;
        } cases[] = {
                {"0", 0, 0},
                {"-20", 0, -20},
                {"+7", 0, 7},
                {"9223372036854775807", 0, INT64_MAX},
                {"9223372036854775808", -ERANGE, 0},
                {"99999999999999999999999", -ERANGE, 0},
                {"", -EINVAL, 0},
                {"-", -EINVAL, 0},
                {"--1", -EINVAL, 0},
                {"1 ", -EINVAL, 0},
                {" 1", -EINVAL, 0},
                {"1.0", -EINVAL, 0},
                {"0x1", -EINVAL, 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                int64_t value = 0;

                assert_int_equal(scalar_parse_int(cases[i].text, &value), cases[i].result);
                assert_int_equal(value, cases[i].value);
        }
}

static void test_octal_and_percent(void **state)
{
        uint32_t mode = 0;
        uint64_t share = 0;

        (void) state;
        assert_int_equal(scalar_parse_octal("0022", &mode), 0);
        assert_int_equal(mode, 022);
        assert_int_equal(scalar_parse_octal("8", &mode), -EINVAL);
        assert_int_equal(scalar_parse_octal("", &mode), -EINVAL);
        assert_int_equal(scalar_parse_octal("777777777777777", &mode), -ERANGE);
        assert_int_equal(scalar_parse_percent("12.5%", &share), 0);
        assert_int_equal(share, 1250);
        assert_int_equal(scalar_parse_percent("50", &share), -EINVAL);
        assert_int_equal(scalar_parse_percent("50 %", &share), -EINVAL);
        assert_int_equal(scalar_parse_percent("%", &share), -EINVAL);
        assert_int_equal(scalar_parse_percent("-5%", &share), -EINVAL);
}

static void test_signal(void **state)
{
        static const char *const wrong[] = {"",   "SIG",   "sigterm",   "SIGFOO",      "0",         "-1",
                                            "65", "SIG15", "SIGRTMIN+", "SIGRTMIN+99", "SIGRTMIN-1"};
        int signal = 0;

        (void) state;
        assert_int_equal(scalar_parse_signal("SIGTERM", &signal), 0);
        assert_int_equal(signal, SIGTERM);
        assert_int_equal(scalar_parse_signal("INT", &signal), 0);
        assert_int_equal(signal, SIGINT);
        assert_int_equal(scalar_parse_signal("9", &signal), 0);
        assert_int_equal(signal, SIGKILL);
        assert_int_equal(scalar_parse_signal("SIGRTMIN+3", &signal), 0);
        assert_int_equal(signal, SIGRTMIN + 3);
        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                assert_true(scalar_parse_signal(wrong[i], &signal) < 0);
}

static void test_limit(void **state)
{
        static const struct {
                int resource;
                const char *text;
                int result;
                rlim_t soft, hard;
        } cases[] = {
                {RLIMIT_NOFILE, "1024", 0, 1024, 1024},
                {RLIMIT_NOFILE, "1024:4096", 0, 1024, 4096},
                {RLIMIT_NOFILE, "1024:infinity", 0, 1024, RLIM_INFINITY},
                {RLIMIT_NOFILE, "infinity", 0, RLIM_INFINITY, RLIM_INFINITY},
                {RLIMIT_NOFILE, "4096:1024", -EDOM, 0, 0},
                {RLIMIT_NOFILE, "1K", -EINVAL, 0, 0},
                {RLIMIT_NOFILE, "-1", -ERANGE, 0, 0},
                {RLIMIT_NOFILE, "1:2:3", -EINVAL, 0, 0},
                {RLIMIT_NOFILE, ":", -EINVAL, 0, 0},
                {RLIMIT_AS, "1G", 0, 1 << 30, 1 << 30},
                {RLIMIT_CPU, "1min", 0, 60, 60},
                {RLIMIT_CPU, "1500ms", 0, 2, 2},
                {RLIMIT_CPU, "x", -EINVAL, 0, 0},
                {RLIMIT_RTTIME, "500", 0, 500, 500},
                {RLIMIT_RTTIME, "1s", 0, 1000000, 1000000},
                {RLIMIT_NICE, "+19", 0, 1, 1},
                {RLIMIT_NICE, "-20", 0, 40, 40},
                {RLIMIT_NICE, "25", 0, 25, 25},
                {RLIMIT_NICE, "41", -ERANGE, 0, 0},
                {RLIMIT_NICE, "-21", -ERANGE, 0, 0},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                struct rlimit limit = {0};

                assert_int_equal(scalar_parse_limit(cases[i].resource, cases[i].text, &limit), cases[i].result);
                assert_int_equal(limit.rlim_cur, cases[i].soft);
                assert_int_equal(limit.rlim_max, cases[i].hard);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_bool),  cmocka_unit_test(test_duration),          cmocka_unit_test(test_size),
                cmocka_unit_test(test_int),   cmocka_unit_test(test_octal_and_percent), cmocka_unit_test(test_signal),
                cmocka_unit_test(test_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
