/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus.h"
#include "bus_address.h"
#include "clock.h"

static const WireTarget target = {"a.b", "/o", "i.f", "Member"};

typedef struct Fixture {
        char *directory, *path, *address;
        int listener;
} Fixture;

static int set_up(void **state)
{
        Fixture *fixture = g_new0(Fixture, 1);
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        fixture->directory = g_dir_make_tmp("reeve bus-XXXXXX", NULL);
        fixture->path = g_build_filename(fixture->directory, "s", NULL);
        fixture->address = bus_address_of_path(fixture->path);
        fixture->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        (void) g_strlcpy(address.sun_path, fixture->path, sizeof(address.sun_path));
        *state = fixture;
        return bind(fixture->listener, (struct sockaddr *) &address, sizeof(address)) < 0 ||
               listen(fixture->listener, 1) < 0;
}

static int tear_down(void **state)
{
        Fixture *fixture = *state;

        (void) close(fixture->listener);
        (void) unlink(fixture->path);
        (void) rmdir(fixture->directory);
        g_free(fixture->directory);
        g_free(fixture->path);
        g_free(fixture->address);
        g_free(fixture);
        return 0;
}

static void test_address(void **state)
{
        static const struct {
                const char *address;
                int error;
        } cases[] = {
                {"", -EINVAL},
                {"unix:", -EINVAL},
                {"/run/reeve/bus", -EINVAL},
                {"tcp:host=localhost,port=1", -EINVAL},
                {"unix:path=", -EINVAL},
                {"unix:path=/x,abstract=y", -EINVAL},
                {"unix:path=%zz", -EINVAL},
                {"unix:path=/does/not/exist", -ENOENT},
                {"unix:abstract=reeve-nobody-listens-here", -ECONNREFUSED},
                {"unix:path=/"
                 "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
                 "12345678901234567890",
                 -ENAMETOOLONG},
        };
        g_autofree char *plain = bus_address_of_path("/run/reeve/bus"),
                        *odd = bus_address_of_path("/a b,c;d=e%\xc3\xa4");

        (void) state;
        assert_string_equal(plain, "unix:path=/run/reeve/bus");
        assert_string_equal(odd, "unix:path=/a%20b%2cc%3bd%3de%25%c3%a4");
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_int_equal(bus_address_connect(cases[i].address, 0), cases[i].error);
}

/* The second of two is taken where the first cannot be opened. */
static void test_two_addresses(void **state)
{
        Fixture *fixture = *state;
        g_autofree char *both = g_strdup_printf("unix:path=/does/not/exist;%s,guid=00", fixture->address);
        int fd = bus_address_connect(both, 0);

        assert_true(fd >= 0);
        (void) close(fd);
}

/* Opens, and what the other end says when it has heard us: its bytes are there before the first wait. */
static Bus *open_with(Fixture *fixture, int *ret_peer, const char *bytes, size_t size)
{
        Bus *bus = NULL;

        assert_int_equal(bus_open(fixture->address, &bus), 0);
        *ret_peer = accept(fixture->listener, NULL, NULL);
        assert_true(*ret_peer >= 0);
        assert_int_equal(write(*ret_peer, bytes, size), size);
        return bus;
}

#define REPLY "l\2\1\1\4\0\0\0\1\0\0\0\x0f\0\0\0\5\1u\0\1\0\0\0\x08\1g\0\1u\0\0\x2a\0\0\0"
#define ERROR "l\3\1\1\7\0\0\0\1\0\0\0\x1f\0\0\0\5\1u\0\1\0\0\0\4\1s\0\3\0\0\0a.E\0\0\0\0\0\x08\1g\0\1s\0\0\2\0\0\0no\0"

static void test_replies(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
                int result;
                const char *error, *message;
        } cases[] = {
#define CASE(bytes, ...) {bytes, sizeof(bytes) - 1, __VA_ARGS__}
                CASE("OK 0123\r\n" REPLY, 0, NULL, NULL),
                CASE("OK 0123\r\n" ERROR, -EIO, "a.E", "no"),
                CASE("OK 0123\r\n", -ECONNRESET, NULL, NULL),
                CASE("OK 0123\r\nl\2\1", -ECONNRESET, NULL, NULL),
                CASE("REJECTED EXTERNAL\r\n", -EPERM, NULL, NULL),
                CASE("HTTP/1.0 400 Bad Request\r\n", -EBADMSG, NULL, NULL),
                CASE("OK 0123\r\nHTTP/1.0 400 Bad Request\r\n", -EBADMSG, NULL, NULL),
                CASE("", -ECONNRESET, NULL, NULL),
#undef CASE
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonArray) reply = NULL;
                g_auto(BusError) error = {0};
                g_autoptr(Bus) bus = NULL;
                int peer;

                bus = open_with(*state, &peer, cases[i].bytes, cases[i].size);
                (void) shutdown(peer, SHUT_WR);
                assert_int_equal(bus_call(bus, &target, &error, &reply, "s", "x"), cases[i].result);
                assert_int_equal(g_strcmp0(error.name, cases[i].error), 0);
                assert_int_equal(g_strcmp0(error.message, cases[i].message), 0);
                if (cases[i].result == 0)
                        assert_int_equal(json_node_get_int(json_array_get_element(reply, 0)), 42);
                (void) close(peer);
        }
}

#define SIGNAL "l\4\1\1\0\0\0\0\1\0\0\0\x0a\0\0\0\3\1s\0\1\0\0\0S\0\0\0\0\0\0\0"

/* What comes while a reply is waited for is kept, in order, and the end of the connection is told after it. */
static void test_signals(void **state)
{
        static const char bytes[] = "OK 0123\r\n" SIGNAL REPLY SIGNAL;
        g_autoptr(JsonArray) reply = NULL;
        g_auto(BusError) error = {0};
        g_autoptr(Bus) bus = NULL;
        int peer;

        bus = open_with(*state, &peer, bytes, sizeof(bytes) - 1);
        assert_int_equal(bus_call(bus, &target, &error, &reply, ""), 0);
        (void) close(peer);
        for (int i = 0; i < 2; i++) {
                g_autoptr(WireMessage) signal = NULL;

                assert_int_equal(bus_take_signal(bus, UINT64_MAX, &signal), 1);
                assert_string_equal(signal->member, "S");
        }
        for (int i = 0; i < 2; i++) {
                WireMessage *signal = NULL;

                assert_int_equal(bus_take_signal(bus, UINT64_MAX, &signal), -ECONNRESET);
                assert_null(signal);
        }
}

/* A peer that says nothing is not waited for beyond the end that was given. */
static void test_silence(void **state)
{
        g_autoptr(WireMessage) signal = NULL;
        g_autoptr(Bus) bus = NULL;
        int peer;

        bus = open_with(*state, &peer, "", 0);
        assert_int_equal(bus_take_signal(bus, clock_monotonic() + 1000, &signal), 0);
        (void) close(peer);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_address),
                cmocka_unit_test_setup_teardown(test_two_addresses, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_replies, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_signals, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_silence, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
