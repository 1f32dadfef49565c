/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "os/credential.h"
#include "os/listen.h"

static char *base;

static int setup(void **state)
{
        base = g_strdup("/tmp/reeve-test-XXXXXX");
        return g_mkdtemp(base) ? 0 : -1;
}

static int teardown(void **state)
{
        int r = rmdir(base);

        g_free(base);
        return r;
}

static int try_connect(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

        g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
        r = connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0 ? -errno : 0;
        close(fd);
        return r;
}

static uint16_t port_of(const char *text)
{
        return (uint16_t) atoi(strrchr(text, ':') + 1);
}

static int bind_plainly(uint16_t port, int *ret_fd)
{
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        r = bind(fd, (const struct sockaddr *) &address, sizeof(address)) < 0 ? -errno : 0;
        if (r < 0 || !ret_fd)
                close(fd);
        else
                *ret_fd = fd;
        return r;
}

/* Listen=NAME=tcp: any port, and the one that was got; a second time it is in use */
static void test_tcp(void **state)
{
        ListenSocket one, other;
        g_autofree char *again = NULL;

        assert_int_equal(listen_tcp("127.0.0.1:0", &one), 0);
        assert_true(g_str_has_prefix(one.text, "127.0.0.1:"));
        assert_true(port_of(one.text) > 0);
        assert_true(fcntl(one.fd, F_GETFD) & FD_CLOEXEC);
        again = g_strdup(one.text);
        assert_int_equal(listen_tcp(again, &other), -EADDRINUSE);
        listen_close(&one);
        assert_int_equal(listen_tcp(again, &other), 0);
        assert_string_equal(other.text, again);
        listen_close(&other);
        assert_int_equal(listen_tcp("[::1]:0", &one), 0);
        assert_true(g_str_has_prefix(one.text, "[::1]:"));
        listen_close(&one);
        assert_int_equal(listen_tcp("[fe80::1%nowhere]:0", &one), -ENODEV);
        assert_int_equal(listen_tcp("localhost:0", &one), -EINVAL);
}

/* AllocatePort=: nobody else gets it while it is kept, and who is to have it can bind it then */
static void test_reserve(void **state)
{
        ListenSocket socket;
        uint16_t port;
        int fd;

        assert_int_equal(listen_reserve(&socket, &port), 0);
        assert_int_equal(port_of(socket.text), port);
        assert_int_equal(bind_plainly(port, NULL), -EADDRINUSE);
        listen_close(&socket);
        assert_int_equal(socket.fd, -1);
        assert_int_equal(bind_plainly(port, &fd), 0);
        close(fd);
}

/* Listen=NAME=unix: all may connect, whatever our umask; the file goes with the socket */
static void test_unix(void **state)
{
        g_autofree char *path = g_build_filename(base, "it", NULL);
        mode_t mask = umask(077);
        ListenSocket one, other;
        struct stat st;

        assert_int_equal(listen_unix(path, geteuid(), getegid(), &one), 0);
        assert_int_equal(umask(mask), 077);
        assert_int_equal(lstat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0666);
        assert_string_equal(one.text, path);
        assert_int_equal(try_connect(path), 0);
        assert_int_equal(listen_unix(path, geteuid(), getegid(), &other), -EADDRINUSE);
        assert_int_equal(try_connect(path), 0);
        listen_close(&one);
        assert_int_equal(try_connect(path), -ENOENT);
}

/* What is in the way: a socket that nobody listens on is replaced, anything else is not */
static void test_in_the_way(void **state)
{
        g_autofree char *path = g_build_filename(base, "it", NULL), *aside = g_build_filename(base, "aside", NULL);
        g_autofree char *file = g_build_filename(base, "file", NULL), *nowhere = g_build_filename(base, "no/it", NULL);
        g_autofree char *tail = g_strnfill(120, 'x'), *far = g_build_filename(base, tail, NULL);
        ListenSocket stale, one, other;

        assert_int_equal(listen_unix(path, geteuid(), getegid(), &stale), 0);
        g_clear_pointer(&stale.path, g_free);
        listen_close(&stale); /* as the kernel does it when the daemon is killed: the file stays */
        assert_int_equal(try_connect(path), -ECONNREFUSED);
        assert_int_equal(listen_unix(path, geteuid(), getegid(), &one), 0);
        assert_int_equal(try_connect(path), 0);

        assert_int_equal(rename(path, aside), 0);
        assert_int_equal(listen_unix(path, geteuid(), getegid(), &other), 0);
        listen_close(&one); /* what stands there is not its file any more */
        assert_int_equal(try_connect(path), 0);
        listen_close(&other);
        assert_int_equal(unlink(aside), 0);

        assert_true(g_file_set_contents(file, "x", 1, NULL));
        assert_int_equal(listen_unix(file, geteuid(), getegid(), &one), -EEXIST);
        assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
        assert_int_equal(unlink(file), 0);
        assert_int_equal(listen_unix(nowhere, geteuid(), getegid(), &one), -ENOENT);
        assert_int_equal(listen_unix(far, geteuid(), getegid(), &one), -ENAMETOOLONG);
}

static mode_t mode_of(const char *path, off_t size)
{
        struct stat st;

        assert_int_equal(lstat(path, &st), 0);
        if (size >= 0)
                assert_int_equal(st.st_size, size);
        return st.st_mode & 07777;
}

/* P37: credentials are in a folder of their own, whatever was there before, and go with everything in it */
static void test_credentials(void **state)
{
        static const CredentialFile files[] = {{"a", "x\0y", 3}, {"b", "", 0}}, fewer[] = {{"b", "z", 1}};
        g_autofree char *run = g_build_filename(base, "run", NULL), *lock = g_build_filename(run, "lock", NULL);
        g_autofree char *folder = NULL, *again = NULL, *a = NULL, *b = NULL;
        RuntimeDirectory *directory;

        assert_int_equal(runtime_directory_new(run, &directory), 0);
        assert_int_equal(credential_write(directory, "web", files, 2, geteuid(), getegid(), &folder), 0);
        a = g_build_filename(folder, "a", NULL);
        b = g_build_filename(folder, "b", NULL);
        assert_int_equal(mode_of(folder, -1), 0700);
        assert_int_equal(mode_of(a, 3), 0400);
        assert_int_equal(mode_of(b, 0), 0400);

        assert_int_equal(unlink(a), 0);
        assert_int_equal(symlink("/etc/passwd", a), 0); /* the component's doing */
        assert_int_equal(credential_write(directory, "web", fewer, 1, geteuid(), getegid(), &again), 0);
        assert_string_equal(again, folder);
        assert_false(g_file_test(a, G_FILE_TEST_IS_SYMLINK));
        assert_int_equal(mode_of(b, 1), 0400);

        credential_remove(directory, "web");
        assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
        credential_remove(directory, "web");
        runtime_directory_free(directory);
        assert_int_equal(unlink(lock), 0);
        assert_int_equal(rmdir(run), 0); /* nothing is left of it */
}

/* P37: whoever the secrets are for can read them, and neither exchange them nor fill the folder */
static void test_credentials_of_another(void **state)
{
        static const CredentialFile file = {"a", "x", 1};
        g_autofree char *run = g_build_filename(base, "run", NULL), *lock = g_build_filename(run, "lock", NULL);
        g_autofree char *folder = NULL, *a = NULL;
        RuntimeDirectory *directory;
        struct stat st;

        if (geteuid() != 0)
                skip();
        assert_int_equal(runtime_directory_new(run, &directory), 0);
        assert_int_equal(credential_write(directory, "web", &file, 1, 65533, 65532, &folder), 0);
        a = g_build_filename(folder, "a", NULL);
        assert_int_equal(mode_of(folder, -1), 0750);
        assert_int_equal(lstat(folder, &st), 0);
        assert_true(st.st_uid == 0 && st.st_gid == 65532);
        assert_int_equal(mode_of(a, 1), 0400);
        assert_int_equal(lstat(a, &st), 0);
        assert_true(st.st_uid == 65533 && st.st_gid == 65532);
        credential_remove(directory, "web");
        runtime_directory_free(directory);
        assert_int_equal(unlink(lock) | rmdir(run), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_tcp, setup, teardown),
                cmocka_unit_test_setup_teardown(test_reserve, setup, teardown),
                cmocka_unit_test_setup_teardown(test_unix, setup, teardown),
                cmocka_unit_test_setup_teardown(test_in_the_way, setup, teardown),
                cmocka_unit_test_setup_teardown(test_credentials, setup, teardown),
                cmocka_unit_test_setup_teardown(test_credentials_of_another, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
