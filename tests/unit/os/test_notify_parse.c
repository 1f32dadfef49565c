/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/notify_parse.h"

#define BYTES(text) (text), sizeof(text) - 1

typedef struct Case {
        const char *bytes;
        size_t n_bytes;
        NotifyMessage expected;
} Case;

static void test_fields(void **state)
{
        static const Case cases[] = {
                {BYTES(""), {0}},
                {BYTES("READY=1"), {.ready = true}},
                {BYTES("READY=1\n"), {.ready = true}},
                {BYTES("\n\nREADY=1\n\n"), {.ready = true}},
                {BYTES("READY=0"), {0}},
                {BYTES("READY=1\nREADY=0"), {.ready = true}},
                {BYTES("READY=yes"), {.n_malformed = 1}},
                {BYTES("READY=11\nREADY="), {.n_malformed = 2}},
                {BYTES("READY"), {0}},
                {BYTES("ready=1\n READY=1\nXREADY=1"), {0}},
                {BYTES("STOPPING=1\nRELOADING=1\nWATCHDOG=1"), {.stopping = true, .reloading = true, .watchdog = true}},
                {BYTES("MAINPID=1234"), {.main_pid = 1234}},
                {BYTES("MAINPID=1\nMAINPID=2"), {.main_pid = 2}},
                {BYTES("MAINPID=0"), {.n_malformed = 1}},
                {BYTES("MAINPID=-1"), {.n_malformed = 1}},
                {BYTES("MAINPID=+1"), {.n_malformed = 1}},
                {BYTES("MAINPID= 1"), {.n_malformed = 1}},
                {BYTES("MAINPID=2147483647"), {.main_pid = INT32_MAX}},
                {BYTES("MAINPID=2147483648"), {.n_malformed = 1}},
                {BYTES("MAINPID=99999999999999999999999999"), {.n_malformed = 1}},
                {BYTES("ERRNO=2"), {.has_errno = true, .error = 2}},
                {BYTES("ERRNO=99999"), {.n_malformed = 1}},
                {BYTES("EXTEND_TIMEOUT_USEC=5000000"), {.extend_usec = 5000000}},
                {BYTES("EXTEND_TIMEOUT_USEC=0"), {.n_malformed = 1}},
                {BYTES("EXTEND_TIMEOUT_USEC=18446744073709551615"), {.extend_usec = NOTIFY_EXTEND_MAX}},
                {BYTES("EXTEND_TIMEOUT_USEC=18446744073709551616"), {.n_malformed = 1}},
                {BYTES("READY=1\0"), {.n_malformed = 1}},
                {BYTES("READY=1\n\0\nSTOPPING=1"), {.ready = true, .stopping = true, .n_malformed = 1}},
                {BYTES("BARRIER=1\nFDSTORE=1\nX_OTHER=3"), {0}},
                {BYTES("WATCHDOG_USEC=1"), {.has_watchdog_usec = true, .watchdog_usec = 1}},
                {BYTES("WATCHDOG_USEC=7\nWATCHDOG_USEC=0"), {.has_watchdog_usec = true}},
                {BYTES("WATCHDOG_USEC=\nWATCHDOG_USEC=1s\nWATCHDOG_USEC=-1"), {.n_malformed = 3}},
                {BYTES("WATCHDOG=trigger"), {.watchdog_trigger = true}},
                {BYTES("WATCHDOG=trigge\nWATCHDOG=triggers\nWATCHDOG=2"), {.n_malformed = 3}},
                {BYTES("STATUS=one\nSTATUS=two"), {.status = (char *) "two"}},
                {BYTES("STATUS="), {.status = (char *) ""}},
                {BYTES("STATUS=a=b\nREADY=1"), {.status = (char *) "a=b", .ready = true}},
        };

        /* §65, P20 */
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                const NotifyMessage *expected = &cases[i].expected;
                g_auto(NotifyMessage) message;

                notify_parse(cases[i].bytes, cases[i].n_bytes, &message);
                assert_int_equal(message.ready, expected->ready);
                assert_int_equal(message.stopping, expected->stopping);
                assert_int_equal(message.reloading, expected->reloading);
                assert_int_equal(message.watchdog, expected->watchdog);
                assert_int_equal(message.watchdog_trigger, expected->watchdog_trigger);
                assert_int_equal(message.has_watchdog_usec, expected->has_watchdog_usec);
                assert_int_equal(message.watchdog_usec, expected->watchdog_usec);
                assert_int_equal(message.has_errno, expected->has_errno);
                assert_int_equal(message.error, expected->error);
                assert_int_equal(message.main_pid, expected->main_pid);
                assert_int_equal(message.extend_usec, expected->extend_usec);
                assert_int_equal(message.n_malformed, expected->n_malformed);
                if (expected->status)
                        assert_string_equal(message.status, expected->status);
                else
                        assert_null(message.status);
        }
}

/* P21: what is kept for showing has no control bytes, is UTF-8, and ends. */
static void test_status(void **state)
{
        g_autofree char *huge = g_malloc(100000);
        g_auto(NotifyMessage) message = { 0 }, long_message = { 0 };

        notify_parse(BYTES("STATUS=\x1b[2J\x07\xff\xfe ok"), &message);
        assert_non_null(message.status);
        for (const char *p = message.status; *p; p++)
                assert_true((unsigned char) *p >= 0x20);
        assert_true(g_utf8_validate(message.status, -1, NULL));
        assert_non_null(strstr(message.status, " ok"));

        memset(huge, 0x01, 100000);
        memcpy(huge, "STATUS=", 7);
        notify_parse(huge, 100000, &long_message);
        assert_in_range(strlen(long_message.status), 1, NOTIFY_STATUS_MAX + 8);
}

static const char *nth(const NotifyMessage *message, guint i)
{
        return message->publish && i < g_strv_length(message->publish) ? message->publish[i] : NULL;
}

/* P20: endpoints of a plain program: several in a datagram, as they stand, so many and so long */
static void test_publish(void **state)
{
        g_autoptr(GString) many = g_string_new("READY=1");
        g_autofree char *longest = g_strnfill(NOTIFY_PUBLISH_MAX_BYTES - 2, 'x');
        g_auto(NotifyMessage) some = { 0 }, all = { 0 }, bad = { 0 };

        notify_parse(BYTES("X_REEVE_PUBLISH=a=b=c\nREADY=1\nX_REEVE_PUBLISH=d=\nX_REEVE_PUBLISH=\xff=\x1b"), &some);
        assert_true(some.ready);
        assert_string_equal(nth(&some, 0), "a=b=c");
        assert_string_equal(nth(&some, 1), "d=");
        assert_string_equal(nth(&some, 2), "\xff=\x1b"); /* whoever takes it looks at it */
        assert_null(nth(&some, 3));

        for (int i = 0; i < NOTIFY_PUBLISH_MAX + 3; i++)
                g_string_append_printf(many, "\nX_REEVE_PUBLISH=e%d=", i);
        notify_parse(many->str, many->len, &all);
        assert_int_equal(g_strv_length(all.publish), NOTIFY_PUBLISH_MAX);
        assert_int_equal(all.n_malformed, 3);

        g_string_printf(many, "X_REEVE_PUBLISH=\nX_REEVE_PUBLISH=word\nX_REEVE_PUBLISH=a=%s\nX_REEVE_PUBLISH=a=%sx",
                        longest, longest);
        notify_parse(many->str, many->len, &bad);
        assert_int_equal(g_strv_length(bad.publish), 1);
        assert_int_equal(bad.n_malformed, 3);
}

/* P20 */
static void test_random(void **state)
{
        static const char *const words[] = { "READY=", "MAINPID=", "STATUS=", "1", "\n", "=", "\xff", "99999999999" };
        g_autoptr(GRand) random = g_rand_new_with_seed(20);

        for (int i = 0; i < 20000; i++) {
                g_autoptr(GString) bytes = g_string_new(NULL);
                g_auto(NotifyMessage) message = { 0 };

                for (int n = g_rand_int_range(random, 0, 12); n > 0; n--) {
                        if (g_rand_boolean(random))
                                g_string_append(bytes, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
                        else
                                g_string_append_c(bytes, (char) g_rand_int_range(random, 0, 256));
                }
                notify_parse(bytes->str, bytes->len, &message);
                assert_true(message.main_pid >= 0);
                assert_true(message.n_malformed <= bytes->len);
                assert_true(!message.status || g_utf8_validate(message.status, -1, NULL));
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_fields),
                cmocka_unit_test(test_status),
                cmocka_unit_test(test_publish),
                cmocka_unit_test(test_random),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
