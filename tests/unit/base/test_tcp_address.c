/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/tcp_address.h"

static void test_valid(void **state)
{
        static const struct {
                const char *text;
                bool is_v6;
                uint8_t first, last; /* bytes */
                uint16_t port;
                const char *zone;
        } cases[] = {
                {"127.0.0.1:80", false, 127, 1, 80, ""},
                {"0.0.0.0:1", false, 0, 0, 1, ""},
                {"255.1.2.3:65535", false, 255, 3, 65535, ""},
                {"[::1]:80", true, 0, 1, 80, ""},
                {"[fe80::2%eth0]:443", true, 0xfe, 2, 443, "eth0"},
                {"[fe80::2%fifteen-bytes-i]:443", true, 0xfe, 2, 443, "fifteen-bytes-i"},
                {"[::ffff:1.2.3.4]:8080", true, 0, 4, 8080, ""},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                TcpAddress address;

                assert_int_equal(tcp_address_parse(cases[i].text, &address), 0);
                assert_int_equal(address.is_v6, cases[i].is_v6);
                assert_int_equal(address.bytes[0], cases[i].first);
                assert_int_equal(address.bytes[cases[i].is_v6 ? 15 : 3], cases[i].last);
                assert_int_equal(address.port, cases[i].port);
                assert_string_equal(address.zone, cases[i].zone);
        }
}

static void test_refused(void **state)
{
        static const char *const cases[] = {
                "",           ":",           ":80",          "80",          "localhost:80",  "127.0.0.1",
                "127.0.0.1:", "127.0.0.1:0", "1.2.3.4:-1",   "1.2.3.4:+1",  "1.2.3.4: 1",    "1.2.3.4:65536",
                "127.1:80",   "1.2.3.4:80x", "::1:80",       "[::1]",       "[::1]:",        "[::1%]:80",
                "[]:80",      "[:80",        "[127.0.0.1]:80", "]:80",      "[::1%sixteen-bytes-in]:80",
                "1.2.3.4:99999999999999999999",
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                TcpAddress address = { .port = 7 };

                assert_int_equal(tcp_address_parse(cases[i], &address), -EINVAL);
                assert_int_equal(address.port, 7);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_valid), cmocka_unit_test(test_refused) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
