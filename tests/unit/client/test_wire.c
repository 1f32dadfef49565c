/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire.h"
#include "wire_value.h"

static const WireTarget target = {"a.b", "/o", "i.f", "Member"};

static GString *make_call(const char *types, ...)
{
        GString *out = g_string_new(NULL);
        va_list list;

        va_start(list, types);
        assert_int_equal(wire_append_call(out, 7, &target, types, list), 0);
        va_end(list);
        return out;
}

static char *text_of(JsonArray *array)
{
        g_autoptr(JsonNode) node = json_node_new_array(json_array_ref(array));
        GString *out = g_string_new(NULL);

        json_node_append(out, node, true);
        return g_string_free(out, FALSE);
}

static char *read_back(GString *call)
{
        g_autoptr(WireMessage) message = NULL;
        g_autoptr(GString) bytes = call;
        size_t size;

        assert_int_equal(wire_size(bytes->str, &size), 0);
        assert_int_equal(size, bytes->len);
        assert_int_equal(wire_parse(bytes->str, bytes->len, &message), 0);
        assert_int_equal(message->type, WIRE_CALL);
        assert_string_equal(message->path, target.path);
        assert_string_equal(message->interface, target.interface);
        assert_string_equal(message->member, target.member);
        return text_of(message->body);
}

static void test_calls(void **state)
{
        struct {
                GString *call;
                const char *body;
        } cases[] = {
                {make_call(""), "[]"},
                {make_call("s", "w\n\"\xc3\xa4\xc2\x9b"), "[\"w\\n\\\"\xc3\xa4\\u009b\"]"},
                {make_call("su", "c0", 5), "[\"c0\",5]"},
                {make_call("ss", "", "x"), "[\"\",\"x\"]"},
                {make_call("t", INT64_MAX), "[9223372036854775807]"},
                {make_call("t", UINT64_MAX), "[null]"},
                {make_call("biog", 1, -2, "/o", "a{sv}"), "[true,-2,\"/o\",\"a{sv}\"]"},
                {make_call("sa{sv}", "x", 0), "[\"x\",{}]"},
                {make_call("a{sv}", 2, "cascade", "b", 1, "format", "s", "dot"),
                 "[{\"cascade\":true,\"format\":\"dot\"}]"},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *body = read_back(cases[i].call);

                assert_string_equal(body, cases[i].body);
        }
}

static int append_refused(const char *types, ...)
{
        g_autoptr(GString) out = g_string_new(NULL);
        va_list list;
        int r;

        va_start(list, types);
        r = wire_append_call(out, 1, &target, types, list);
        va_end(list);
        assert_int_equal(out->len, 0);
        return r;
}

static void test_calls_refused(void **state)
{
        (void) state;
        assert_int_equal(append_refused("v"), -EINVAL);
        assert_int_equal(append_refused("a{sv}", 1, "x", "as"), -EINVAL);
}

/* Bytes of values as the specification has them, in both orders where that makes a difference. */
static void test_values(void **state)
{
        static const struct {
                const char *types, *bytes;
                size_t size;
                const char *text; /* NULL: -EBADMSG */
                bool is_big_endian;
        } cases[] = {
#define CASE(types, bytes, text) {types, bytes, sizeof(bytes) - 1, text, false}
                CASE("y", "\xff", "255"),
                CASE("n", "\xfe\xff", "-2"),
                CASE("q", "\xfe\xff", "65534"),
                CASE("i", "\0\0\0\x80", "-2147483648"),
                CASE("u", "\xff\xff\xff\xff", "4294967295"),
                {"u", "\0\0\1\2", 4, "258", true},
                CASE("x", "\0\0\0\0\0\0\0\x80", "-9223372036854775808"),
                CASE("d", "\0\0\0\0\0\0\xe0\x3f", "0.5"),
                CASE("d", "\0\0\0\0\0\0\xf0\x3f", "1.0"),
                CASE("d", "\0\0\0\0\0\0\xf0\x7f", "null"),
                CASE("h", "\0\0\0\0", "null"),
                CASE("as", "\7\0\0\0\2\0\0\0xy\0", "[\"xy\"]"),
                CASE("as", "\0\0\0\0", "[]"),
                CASE("at", "\0\0\0\0\0\0\0\0", "[]"),
                CASE("(yu)", "\1\0\0\0\2\0\0\0", "[1,2]"),
                CASE("v", "\1y\0\7", "7"),
                CASE("v", "\4(yv)\0\0\0\1\1y\0\2", "[1,2]"),
                CASE("a{us}", "\x0a\0\0\0\0\0\0\0\7\0\0\0\1\0\0\0x\0", "{\"7\":\"x\"}"),
                /* too short, too long, not text, not a type */
                CASE("u", "\1\0\0", NULL),
                CASE("s", "\2\0\0\0x\0", NULL),
                CASE("s", "\1\0\0\0xy", NULL),
                CASE("s", "\2\0\0\0\0x\0", NULL),
                CASE("s", "\1\0\0\0\xff\0", NULL),
                CASE("s", "\xff\xff\xff\xffx\0", NULL),
                CASE("as", "\x08\0\0\0\2\0\0\0xy\0", NULL),
                CASE("as", "\6\0\0\0\2\0\0\0xy\0", NULL),
                CASE("at", "\0\0\0\0", NULL),
                CASE("v", "\2yy\0\7\7", NULL),
                CASE("v", "\0\0", NULL),
                CASE("v", "\2()\0", NULL),
                CASE("v", "\4{sv}\0", NULL),
                CASE("v", "\2a{\0\0\0\0\0\0", NULL),
                CASE("v", "\1z\0\7", NULL),
#undef CASE
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                WireCursor cursor = {.bytes = (const uint8_t *) cases[i].bytes, .size = cases[i].size};
                g_autoptr(GString) text = g_string_new(NULL);
                g_autoptr(JsonNode) node = NULL;
                const char *types = cases[i].types;
                int r;

                cursor.is_big_endian = cases[i].is_big_endian;
                r = wire_read_value(&cursor, &types, &node);
                assert_int_equal(r, cases[i].text ? 0 : -EBADMSG);
                if (!cases[i].text)
                        continue;
                json_node_append(text, node, true);
                assert_string_equal(text->str, cases[i].text);
                assert_int_equal(cursor.at, cases[i].size);
        }
}

static void test_types(void **state)
{
        static const struct {
                const char *types;
                int length; /* of the first complete type; -1: none */
        } cases[] = {
                {"s", 1},        {"ss", 1},    {"as", 2},      {"aas", 3}, {"a{sv}s", 5}, {"(ss)", 4}, {"a(sa{ut})", 9},
                {"a{s(yv)}", 8}, {"", -1},     {"a", -1},      {"(", -1},  {"()", -1},    {"(s", -1},  {"{sv}", -1},
                {"a{vs}", -1},   {"a{s}", -1}, {"a{sss}", -1}, {"a{", -1}, {"z", -1},     {")", -1},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const char *end = wire_skip_type(cases[i].types);

                assert_int_equal(end ? end - cases[i].types : -1, cases[i].length);
        }
}

/* A variant in a variant in a variant …: the levels end before the stack does. */
static void test_depth(void **state)
{
        g_autoptr(GString) bytes = g_string_new(NULL);
        WireCursor cursor;
        JsonNode *node = NULL;
        const char *types = "v";

        (void) state;
        for (int i = 0; i < 100000; i++)
                g_string_append_len(bytes, "\1v", 3);
        cursor = (WireCursor){.bytes = (const uint8_t *) bytes->str, .size = bytes->len};
        assert_int_equal(wire_read_value(&cursor, &types, &node), -EBADMSG);
        assert_null(node);
}

/* The signature of a body, given as a string, which may be of any length. */
static void test_long_signature(void **state)
{
        g_autofree char *types = g_strnfill(2000000, '(');
        g_autoptr(GString) bytes = g_string_new(NULL);
        uint32_t n = 2000000, n_fields = 8 + n + 1, zero = 0, serial = 1;
        WireMessage *message = NULL;

        (void) state;
        g_string_append_len(bytes, "l\2\0\1", 4);
        g_string_append_len(bytes, (const char *) &zero, 4);
        g_string_append_len(bytes, (const char *) &serial, 4);
        g_string_append_len(bytes, (const char *) &n_fields, 4);
        g_string_append_len(bytes, "\10\1s\0", 4);
        g_string_append_len(bytes, (const char *) &n, 4);
        g_string_append_len(bytes, types, n + 1);
        while (bytes->len % 8)
                g_string_append_c(bytes, '\0');
        assert_int_equal(wire_parse(bytes->str, bytes->len, &message), -EBADMSG);
        assert_null(message);
}

/* Whatever one byte is changed to, and wherever it is cut: an answer, and no more memory than it has bytes. */
static void test_hostile(void **state)
{
        g_autoptr(GString) good = make_call("sa{sv}", "name", 2, "cascade", "b", 1, "format", "s", "dot");

        (void) state;
        for (size_t size = 0; size < good->len; size++) {
                WireMessage *message = NULL;

                assert_int_equal(wire_parse(good->str, size, &message), -EBADMSG);
        }
        for (size_t at = 0; at < good->len; at++)
                for (int byte = 0; byte < 256; byte++) {
                        g_autofree char *bytes = g_memdup2(good->str, good->len);
                        g_autoptr(WireMessage) message = NULL;
                        int r;

                        bytes[at] = (char) byte;
                        r = wire_parse(bytes, good->len, &message);
                        assert_true(r == 0 || r == -EBADMSG);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_calls),   cmocka_unit_test(test_calls_refused),
                cmocka_unit_test(test_values),  cmocka_unit_test(test_types),
                cmocka_unit_test(test_depth),   cmocka_unit_test(test_long_signature),
                cmocka_unit_test(test_hostile),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
