/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was injected at the start: environment, credentials, sockets. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "lib/text.h"

static void test_references(void **state)
{
        g_autofree char *long_key = g_strnfill(3000, 'k');

        g_setenv("REEVE_REF_DB_URL", "unix:/db", TRUE);
        g_setenv("REEVE_REF_CACHE_ORDERS_HTTP_PORT", "80", TRUE);
        g_setenv("REEVE_REF_REGION_VALUE", "eu", TRUE);
        assert_string_equal(reeve_reference("db", "url"), "unix:/db");
        assert_string_equal(reeve_reference("cache:orders", "http-port"), "80");
        assert_string_equal(reeve_reference("cache.orders", "http.port"), "80");
        assert_string_equal(reeve_value("region"), "eu");
        assert_null(reeve_value("db"));
        assert_null(reeve_reference("db", ""));
        assert_null(reeve_reference(long_key, "url"));
}

static void test_credentials(void **state)
{
        g_autofree char *folder = g_dir_make_tmp("reeve-XXXXXX", NULL), *file = g_build_filename(folder, "key", NULL);
        char path[PATH_MAX], tiny[4];
        char *contents = NULL;
        size_t size = 0;

        assert_int_equal(reeve_credential_path("key", path, sizeof(path)), -ENOENT);
        g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
        assert_int_equal(reeve_credential("key", &contents, &size), -ENOENT);
        assert_true(g_file_set_contents(file, "se\0cret", 7, NULL));
        assert_int_equal(reeve_credential_path("key", path, sizeof(path)), 0);
        assert_string_equal(path, file);
        assert_int_equal(reeve_credential_path("key", tiny, sizeof(tiny)), -ENAMETOOLONG);
        assert_int_equal(reeve_credential("key", &contents, &size), 0);
        assert_int_equal(size, 7);
        assert_memory_equal(contents, "se\0cret", 8);
        free(contents);
        contents = NULL;
        assert_int_equal(reeve_credential("../key", &contents, NULL), -EINVAL);
        assert_int_equal(reeve_credential("..", &contents, NULL), -EINVAL);
        assert_int_equal(reeve_credential("", &contents, NULL), -EINVAL);
        assert_int_equal(truncate(file, 2 * 1024 * 1024), 0);
        assert_int_equal(reeve_credential("key", &contents, NULL), -E2BIG);
        assert_null(contents);
        g_unsetenv("CREDENTIALS_DIRECTORY");
        (void) g_remove(file);
        (void) g_rmdir(folder);
}

/* P37: closed on exec, so that no program that is started gets them. */
static void test_sockets(void **state)
{
        static const struct {
                const char *pid, *n, *names, *name;
                int fd;
        } rows[] = {
                {NULL, "2", "http:admin", "http", -ENOENT},
                {"1", "2", "http:admin", "http", -ENOENT},
                {"me", NULL, "http:admin", "http", -ENOENT},
                {"me", "x", "http:admin", "http", -ENOENT},
                {"me", "99999", "http:admin", "http", -ENOENT},
                {"me", "2", "http:admin", "http", 3},
                {"me", "2", "http:admin", "admin", 4},
                {"me", "2", "http:admin", NULL, 3},
                {"me", "2", "http:admin", "adm", -ENOENT},
                {"me", "2", "http", "admin", -ENOENT},
                {"me", "1", "http:admin", "admin", -ENOENT},
                {"me", "2", NULL, "http", -ENOENT},
                {"me", "2", "::", "", 3},
                {"me", "0", "http", NULL, -ENOENT},
        };
        g_autofree char *pid = g_strdup_printf("%d", getpid());

        for (int fd = 3; fd < 5; fd++) {
                (void) dup2(STDOUT_FILENO, fd);
                assert_int_equal(fcntl(fd, F_SETFD, 0), 0);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                const char *const pairs[][2] = {{"LISTEN_PID", g_strcmp0(rows[i].pid, "me") == 0 ? pid : rows[i].pid},
                                                {"LISTEN_FDS", rows[i].n},
                                                {"LISTEN_FDNAMES", rows[i].names}};

                for (size_t j = 0; j < G_N_ELEMENTS(pairs); j++)
                        if (pairs[j][1])
                                g_setenv(pairs[j][0], pairs[j][1], TRUE);
                        else
                                g_unsetenv(pairs[j][0]);
                assert_int_equal(reeve_listen_fd(rows[i].name), rows[i].fd);
                if (rows[i].fd >= 0)
                        assert_true(fcntl(rows[i].fd, F_GETFD) & FD_CLOEXEC);
        }
}

static void test_sockets_are_closed_on_exec(void **state)
{
        g_autofree char *pid = g_strdup_printf("%d", getpid());
        reeve_component *component = NULL;

        for (int fd = 3; fd < 5; fd++)
                (void) dup2(STDOUT_FILENO, fd);
        g_setenv("LISTEN_PID", pid, TRUE);
        g_setenv("LISTEN_FDS", "2", TRUE);
        g_unsetenv("LISTEN_FDNAMES");
        assert_int_equal(reeve_component_new(NULL, NULL, &component), 0);
        assert_true(fcntl(3, F_GETFD) & FD_CLOEXEC);
        assert_true(fcntl(4, F_GETFD) & FD_CLOEXEC);
        reeve_component_free(component);
        (void) close(4);
        g_setenv("LISTEN_FDNAMES", "a:b", TRUE);
        assert_int_equal(reeve_listen_fd("b"), -EBADF);
        (void) close(3);
        g_unsetenv("LISTEN_FDS");
}

static void test_texts(void **state)
{
        static const struct {
                const char *text;
                bool is_utf8, is_line, is_name;
        } rows[] = {
                {"", true, true, false},
                {"http", true, true, true},
                {"a-b_9", true, true, true},
                {"9a", true, true, false},
                {"Http", true, true, false},
                {"a b", true, true, false},
                {"a\tb", true, false, false},
                {"a\x7f", true, false, false},
                {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true, true, false},
                {"\xc3", false, false, false},
                {"\xc0\x80", false, false, false}, /* overlong */
                {"\xe0\x80\xa9", false, false, false},
                {"\xed\xa0\x80", false, false, false},     /* a surrogate */
                {"\xf4\x90\x80\x80", false, false, false}, /* beyond U+10FFFF */
                {"\xf8\x88\x80\x80\x80", false, false, false},
                {"\x80", false, false, false},
        };
        g_autofree char *longest = g_strnfill(63, 'n'), *too_long = g_strnfill(64, 'n');
        g_autofree char *cut = text_printable("ab\xc3\xa9", 3);

        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
                assert_int_equal(text_is_utf8(rows[i].text), rows[i].is_utf8);
                assert_int_equal(text_is_utf8(rows[i].text), g_utf8_validate(rows[i].text, -1, NULL));
                assert_int_equal(text_is_line(rows[i].text), rows[i].is_line);
                assert_int_equal(text_is_endpoint_name(rows[i].text), rows[i].is_name);
        }
        assert_true(text_is_endpoint_name(longest));
        assert_false(text_is_endpoint_name(too_long));
        assert_string_equal(cut, "ab");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_references), cmocka_unit_test(test_credentials),
                cmocka_unit_test(test_sockets),    cmocka_unit_test(test_sockets_are_closed_on_exec),
                cmocka_unit_test(test_texts),
        };

        g_unsetenv("CREDENTIALS_DIRECTORY");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
