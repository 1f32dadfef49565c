/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "os/probe.h"
#include "os/socket_address.h"

typedef struct Heard {
        int error, n;
        bool is_done;
} Heard;

static void on_probe(Probe *probe, int error, void *userdata)
{
        Heard *heard = userdata;

        heard->error = error;
        heard->n++;
        heard->is_done = true;
        probe_free(probe);
}

static int probe_once(Fixture *fixture, const char *address)
{
        Heard heard = { 0 };
        Probe *probe;

        assert_int_equal(probe_new(fixture->loop, address, G_USEC_PER_SEC, on_probe, &heard, &probe), 0);
        assert_int_equal(heard.n, 0);
        fixture_wait(fixture, &heard.is_done);
        assert_int_equal(heard.n, 1);
        return heard.error;
}

static int listen_on(int family, const struct sockaddr *address, socklen_t size, int backlog)
{
        int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_int_equal(bind(fd, address, size), 0);
        assert_int_equal(listen(fd, backlog), 0);
        return fd;
}

static void test_tcp(void **state)
{
        struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(any);
        g_autofree char *address = NULL;
        Fixture fixture;
        int fd;

        fixture_init(&fixture, false);
        fd = listen_on(AF_INET, (struct sockaddr *) &any, sizeof(any), 4);
        assert_int_equal(getsockname(fd, (struct sockaddr *) &any, &size), 0);
        address = g_strdup_printf("tcp:127.0.0.1:%d", ntohs(any.sin_port));
        assert_int_equal(probe_once(&fixture, address), 0);
        close(fd);
        assert_int_equal(probe_once(&fixture, address), ECONNREFUSED);
        fixture_done(&fixture);
}

/* Also where the path is longer than any sockaddr. */
static void test_unix(void **state)
{
        g_autofree char *directory = g_strdup("/tmp/reeve-test-XXXXXX"), *segment = g_strnfill(150, 'd');
        Fixture fixture;

        fixture_init(&fixture, false);
        assert_non_null(g_mkdtemp(directory));
        for (int is_long = 0; is_long < 2; is_long++) {
                g_autofree char *parent = is_long ? g_build_filename(directory, segment, NULL) : g_strdup(directory);
                g_autofree char *path = g_build_filename(parent, "socket", NULL),
                                *address = g_strconcat("unix:", path, NULL);
                autofd directory_fd = -1;
                struct sockaddr_un local;
                int fd;

                assert_int_equal(is_long ? mkdir(parent, 0700) : 0, 0);
                assert_int_equal(probe_once(&fixture, address), ENOENT);
                assert_int_equal(socket_address_set_unix(path, &local, &directory_fd), 0);
                fd = listen_on(AF_UNIX, (struct sockaddr *) &local, sizeof(local), 4);
                assert_int_equal(probe_once(&fixture, address), 0);
                close(fd);
                assert_int_equal(probe_once(&fixture, address), ECONNREFUSED);
                assert_int_equal(unlink(path) | (is_long ? rmdir(parent) : 0), 0);
        }
        assert_int_equal(rmdir(directory), 0);
        fixture_done(&fixture);
}

/* A name would have to be looked up, which blocks: refused like every other text that is no address. */
static void test_addresses(void **state)
{
        static const char *const bad[] = {
                "",
                "tcp:",
                "tcp:localhost:80",
                "tcp:127.0.0.1",
                "tcp:127.0.0.1:",
                "tcp:127.0.0.1:0",
                "tcp:127.0.0.1:65536",
                "tcp:127.0.0.1:80x",
                "tcp:::1:80",
                "tcp:[::1]",
                "tcp:[::1]:",
                "tcp:[::1%]:80",
                "tcp:[::1%a-name-too-long-for-any]:80",
                "tcp:[127.0.0.1]:80",
                "unix:",
                "unix:relative",
                "unix:/dir/",
                "unix:@abstract",
                "http:127.0.0.1:80",
                "tcp:127.1:80",
                "tcp:[]:80",
                "tcp:[:80",
        };
        Fixture fixture;
        Probe *probe;

        fixture_init(&fixture, false);
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                assert_int_equal(probe_new(fixture.loop, bad[i], 1, on_probe, NULL, &probe), -EINVAL);
        fixture_done(&fixture);
}

/* Like a path that is not there yet: an interface may come later. */
static void test_missing_interface(void **state)
{
        Fixture fixture;

        fixture_init(&fixture, false);
        assert_int_equal(probe_once(&fixture, "tcp:[fe80::1%nowhere]:80"), ENODEV);
        fixture_done(&fixture);
}

/* What was freed before its answer says nothing. */
static void test_freed_early(void **state)
{
        Heard heard = { 0 }, last = { 0 };
        Fixture fixture;
        Probe *probe;

        fixture_init(&fixture, false);
        assert_int_equal(probe_new(fixture.loop, "unix:/nonexistent", 1, on_probe, &heard, &probe), 0);
        probe_free(probe);
        assert_int_equal(probe_new(fixture.loop, "unix:/nonexistent", 1, on_probe, &last, &probe), 0);
        fixture_wait(&fixture, &last.is_done);
        assert_int_equal(heard.n, 0);
        fixture_done(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tcp),
                cmocka_unit_test(test_unix),
                cmocka_unit_test(test_addresses), cmocka_unit_test(test_missing_interface),
                cmocka_unit_test(test_freed_early),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
