/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "connect.h"
#include "event.h"
#include "finding.h"
#include "reply.h"

static int peer = -1;

/* A message needs a connection to belong to; nothing is ever sent on this one. */
static int open_bus(void **state)
{
        sd_bus *bus = NULL;
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
                return -1;
        peer = fds[1];
        if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fds[0], fds[0]) < 0 || sd_bus_start(bus) < 0)
                return -1;
        *state = bus;
        return 0;
}

static int close_bus(void **state)
{
        sd_bus_close_unref(*state);
        (void) close(peer);
        return 0;
}

static sd_bus_message *message_new(sd_bus *bus)
{
        sd_bus_message *message = NULL;

        assert_true(sd_bus_message_new_signal(bus, &message, "/a", "a.b", "C") >= 0);
        return message;
}

static char *read_back(sd_bus_message *message)
{
        g_autoptr(JsonArray) array = NULL;
        g_autoptr(GString) out = g_string_new(NULL);

        assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
        assert_int_equal(reply_read(message, &array), 0);
        json_append_array(out, array, true);
        sd_bus_message_unref(message);
        return g_strdup(out->str);
}

static void test_values(void **state)
{
        sd_bus_message *message = message_new(*state);
        g_autofree char *text = NULL;

        assert_true(sd_bus_message_append(message, "ybnqiuxtdsog", 255, 1, -2, 3, INT32_MIN, UINT32_MAX, INT64_MIN,
                                          (uint64_t) INT64_MAX, 0.5, "w\n\"", "/o", "a{sv}") >= 0);
        text = read_back(message);
        assert_string_equal(text, "[255,true,-2,3,-2147483648,4294967295,-9223372036854775808,9223372036854775807,0.5,"
                                  "\"w\\n\\\"\",\"/o\",\"a{sv}\"]\n");
}

static void test_containers(void **state)
{
        sd_bus_message *message = message_new(*state);
        g_autofree char *text = NULL;

        assert_true(sd_bus_message_append(message, "a{sv}", 2, "n", "t", UINT64_MAX, "w", "as", 2, "x", "y") >= 0);
        assert_true(sd_bus_message_append(message, "a(sa{ut})", 1, "s", 1, 7, UINT64_C(8)) >= 0);
        assert_true(sd_bus_message_append(message, "asa{sv}", 0, 0) >= 0);
        text = read_back(message);
        assert_string_equal(text, "[{\"n\":null,\"w\":[\"x\",\"y\"]},[[\"s\",{\"7\":8}]],[],{}]\n");
}

static void test_fields_of_wrong_type(void **state)
{
        g_autoptr(JsonNode) node =
                json_from_string("{\"s\":\"x\",\"n\":-3,\"b\":true,\"z\":null,\"a\":[1],\"o\":{}}", NULL);
        static const char *const names[] = {"s", "n", "b", "z", "a", "o", "absent"};
        JsonObject *object = json_node_get_object(node);

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                assert_int_equal(field_string(object, names[i]) != NULL, i == 0);
                assert_int_equal(field_uint(object, names[i]), 0);
                assert_int_equal(field_bool(object, names[i]), i == 2);
                assert_int_equal(field_array(object, names[i]) != NULL, i == 4);
                assert_int_equal(field_object(object, names[i]) != NULL, i == 5);
        }
        assert_null(field_string(NULL, "s"));
        assert_int_equal(element_count(NULL), 0);
        assert_null(element_string(field_array(object, "a"), 0));
        assert_null(element_string(field_array(object, "a"), 9));
        assert_int_equal(element_uint(field_array(object, "a"), 0), 1);
}

/* §152: text is rendered from the finding's data */
static void test_finding(void **state)
{
        static const struct {
                const char *json, *out;
        } cases[] = {
                {"{}", "> ?\n"},
                {"{\"code\":\"in-use\",\"severity\":\"notice\",\"text\":\"t\\u001b\"}", "> t\\x1b [in-use]\n"},
                {"{\"code\":\"cycle\",\"severity\":\"error\",\"text\":\"two need each "
                 "other\",\"file\":\"a.module\",\"line\":3,"
                 "\"path\":[[\"a\",\"requires\",\"a.module\",3],[\"long\",\"after\",\"b.module\",9],[\"a\",\"\",\"\",0]"
                 "],"
                 "\"candidates\":[\"x\",\"y\"],\"hint\":\"cut one\"}",
                 "> a.module:3: error: two need each other [cycle]\n"
                 ">         a requires long    a.module:3\n"
                 ">         long after a       b.module:9\n"
                 ">   there is: x, y\n"
                 ">   hint: cut one\n"},
                {"{\"text\":7,\"path\":[1,[],[2]],\"sources\":{},\"candidates\":[3]}",
                 "> ?\n>         \n>         \n>         \n>   there is: \n"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonNode) node = json_from_string(cases[i].json, NULL);
                g_autoptr(GString) out = g_string_new(NULL);

                assert_non_null(node);
                finding_append(out, json_node_get_object(node), "> ", false);
                assert_string_equal(out->str, cases[i].out);
        }
}

/* §63: what an event carries */
static void test_event(void **state)
{
        static const struct {
                const char *json, *out; /* out: behind the time */
        } cases[] = {
                {"[12,5,\"transition\",\"db\",1,\"starting\",\"ready\",\"running\",\"started\",\"\",0]",
                 "     12  db: starting → ready (started)"},
                {"[3,5,\"container\",\"\",0,\"starting\",\"running\",\"\",\"settled\",\"all\",0]",
                 "      3  container: starting → running (settled): all"},
                {"[4,5,\"change\",\"\",0,\"\",\"\",\"\",\"done\",\"\",9]", "      4  container: change 9 (done)"},
                {"[5,5,\"warning\",\"db\",2,\"\",\"\",\"\",\"stranger\",\"x\\u0007\",0]",
                 "      5  db: warning (stranger): x\\x07"},
                {"[6,5,\"sub-state\",\"db\",2,\"stopping\",\"stopping\",\"term\",\"\",\"\",0]", "      6  db: term"},
                {"[]", "      0  container: "},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autoptr(JsonNode) node = json_from_string(cases[i].json, NULL);
                g_autoptr(GString) out = g_string_new(NULL);

                event_append(out, json_node_get_array(node), false);
                assert_true(out->len > strlen("00:00:00.000000"));
                assert_string_equal(out->str + strlen("00:00:00.000000"), cases[i].out);
        }
}

static void test_address(void **state)
{
        g_autofree char *plain = address_of_path("/run/reeve/bus"), *odd = address_of_path("/a b,c;d=e%\xc3\xa4");

        (void) state;
        assert_string_equal(plain, "unix:path=/run/reeve/bus");
        assert_string_equal(odd, "unix:path=/a%20b%2cc%3bd%3de%25%c3%a4");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_containers),
                cmocka_unit_test(test_fields_of_wrong_type),
                cmocka_unit_test(test_finding),
                cmocka_unit_test(test_event),
                cmocka_unit_test(test_address),
        };

        return cmocka_run_group_tests(tests, open_bus, close_bus);
}
