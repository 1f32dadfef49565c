/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "os/notify.h"
#include "os/socket_address.h"

#define FLOOD 1000

typedef struct Heard {
        Fixture fixture;
        NotifySocket *socket;
        char *directory, *path;
        unsigned int n, n_ready, n_malformed;
        pid_t sender;
        char *status;
        bool is_stopped; /* by "STOPPING=1", the last of a test */
        int barrier; /* the other end of what waits for BARRIER=1, or 0 */
        bool is_early; /* it was let go before everything had been told */
        bool is_timer_seen;
        unsigned int n_before_timer;
} Heard;

static void on_message(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata)
{
        Heard *heard = userdata;

        heard->n++;
        heard->n_ready += message->ready;
        heard->n_malformed += message->n_malformed;
        heard->sender = sender;
        if (message->status) {
                g_free(heard->status);
                heard->status = g_strdup(message->status);
        }
        heard->is_stopped |= message->stopping;
        if (heard->barrier > 0)
                heard->is_early |= poll(&(struct pollfd) { .fd = heard->barrier }, 1, 0) != 0;
}

static void heard_init(Heard *heard)
{
        *heard = (Heard) { .directory = g_strdup("/tmp/reeve-test-XXXXXX") };
        fixture_init(&heard->fixture, false);
        assert_non_null(g_mkdtemp(heard->directory));
        heard->path = g_build_filename(heard->directory, "notify", NULL);
        assert_int_equal(
                notify_new(heard->fixture.loop, heard->path, geteuid(), getegid(), on_message, heard, &heard->socket),
                0);
        assert_int_equal(notify_listen(heard->socket), 0);
}

static void heard_done(Heard *heard)
{
        notify_free(heard->socket);
        assert_int_equal(access(heard->path, F_OK), -1);
        assert_int_equal(rmdir(heard->directory), 0);
        g_free(heard->status);
        g_free(heard->path);
        g_free(heard->directory);
        fixture_done(&heard->fixture);
}

static int sender_new(const char *path)
{
        struct sockaddr_un address;
        autofd directory_fd = -1;
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        assert_int_equal(socket_address_set_unix(path, &address, &directory_fd), 0);
        assert_int_equal(connect(fd, (struct sockaddr *) &address, sizeof(address)), 0);
        return fd;
}

static void say(int fd, const void *bytes, size_t n_bytes)
{
        assert_int_equal(send(fd, bytes, n_bytes, 0), n_bytes);
}

static void test_messages(void **state)
{
        Heard heard;
        struct stat st;
        int fd;

        heard_init(&heard);
        assert_int_equal(stat(heard.path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        fd = sender_new(heard.path);
        say(fd, "READY=1\nSTATUS=up\n", 18);
        say(fd, "STOPPING=1", 10);
        fixture_wait(&heard.fixture, &heard.is_stopped);
        assert_int_equal(heard.n_ready, 1);
        assert_int_equal(heard.sender, getpid());
        assert_string_equal(heard.status, "up");
        close(fd);
        heard_done(&heard);
}

/* P20: empty, huge, binary: nothing but a count. */
static void test_garbage(void **state)
{
        g_autofree char *huge = g_malloc(60000);
        Heard heard;
        int fd;

        heard_init(&heard);
        fd = sender_new(heard.path);
        memset(huge, 'x', 60000);
        memcpy(huge, "READY=1\n", 8);
        say(fd, huge, 0);
        say(fd, huge, 60000);
        say(fd, "\0\0\0READY=1\0", 12);
        say(fd, "STOPPING=1", 10);
        fixture_wait(&heard.fixture, &heard.is_stopped);
        assert_int_equal(heard.n, 4);
        assert_int_equal(heard.n_ready, 0);
        assert_int_equal(heard.n_malformed, 2);
        close(fd);
        heard_done(&heard);
}

static void say_with_descriptors(int fd, const char *text, int passed, size_t n_passed)
{
        struct {
                struct cmsghdr header;
                int fds[253];
        } control = { 0 };
        struct iovec buffer = { .iov_base = (char *) text, .iov_len = strlen(text) };
        struct msghdr message = { .msg_iov = &buffer, .msg_iovlen = 1, .msg_control = &control };

        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(n_passed * sizeof(int));
        message.msg_controllen = CMSG_SPACE(n_passed * sizeof(int));
        for (size_t i = 0; i < n_passed; i++)
                control.fds[i] = passed;
        assert_int_equal(sendmsg(fd, &message, 0), strlen(text));
}

/* P20: what is passed is closed at once, which is all that BARRIER=1 waits for. */
static void test_descriptors(void **state)
{
        Heard heard;
        int fd, fds[2], first, second;

        heard_init(&heard);
        fd = sender_new(heard.path);
        first = dup(0);
        close(first);
        assert_int_equal(pipe(fds), 0);
        say_with_descriptors(fd, "BARRIER=1", fds[1], 1);
        for (int i = 0; i < 4; i++)
                say_with_descriptors(fd, "READY=1", fds[1], 253);
        close(fds[1]);
        say(fd, "STOPPING=1", 10);
        fixture_wait(&heard.fixture, &heard.is_stopped);
        assert_int_equal(read(fds[0], &(char) { 0 }, 1), 0);
        close(fds[0]);
        second = dup(0);
        close(second);
        assert_int_equal(first, second);
        assert_int_equal(heard.n_ready, 4);
        close(fd);
        heard_done(&heard);
}

/* §65: systemd-notify says READY=1 and goes when its barrier is passed; while that is judged it has to be there. */
static void test_barrier(void **state)
{
        Heard heard;
        int fd, fds[2];

        heard_init(&heard);
        fd = sender_new(heard.path);
        assert_int_equal(pipe(fds), 0);
        heard.barrier = fds[0];
        say(fd, "READY=1", 7);
        say_with_descriptors(fd, "BARRIER=1", fds[1], 1);
        close(fds[1]);
        say(fd, "STOPPING=1", 10);
        fixture_wait(&heard.fixture, &heard.is_stopped);
        assert_false(heard.is_early);
        assert_int_equal(heard.n_ready, 1);
        assert_int_equal(read(fds[0], &(char) { 0 }, 1), 0);
        close(fds[0]);
        close(fd);
        heard_done(&heard);
}

static void on_timer(Timer *timer, void *userdata)
{
        Heard *heard = userdata;

        heard->n_before_timer = heard->n;
        heard->is_timer_seen = true;
}

/* P19: a full queue does not keep the rest of the loop from its work for longer than one budget. */
static void test_flood(void **state)
{
        Heard heard;
        Timer *timer;
        int fd;
        unsigned int n = 0;

        heard_init(&heard);
        fd = sender_new(heard.path);
        while (n < FLOOD && send(fd, "WATCHDOG=1", 10, MSG_DONTWAIT) == 10)
                n++;
        assert_true(n > 0);
        assert_int_equal(timer_new(heard.fixture.loop, 0, on_timer, &heard, &timer), 0);
        fixture_wait(&heard.fixture, &heard.is_timer_seen);
        assert_true(heard.n_before_timer <= 32);
        notify_drain(heard.socket);
        assert_true(heard.n <= 64);
        while (heard.n < n)
                assert_true(sd_event_run(loop_event(heard.fixture.loop), UINT64_MAX) >= 0);
        timer_free(timer);
        close(fd);
        heard_done(&heard);
}

static void on_message_free(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata)
{
        notify_free(socket);
        *(bool *) userdata = true;
}

static void test_free_inside(void **state)
{
        g_autofree char *directory = g_strdup("/tmp/reeve-test-XXXXXX"), *path = NULL;
        Fixture fixture;
        NotifySocket *socket;
        bool is_freed = false;
        int fd;

        fixture_init(&fixture, false);
        path = g_build_filename(g_mkdtemp(directory), "notify", NULL);
        assert_int_equal(notify_new(fixture.loop, path, geteuid(), getegid(), on_message_free, &is_freed, &socket), 0);
        fd = sender_new(path);
        say(fd, "READY=1", 7);
        say(fd, "READY=1", 7);
        assert_int_equal(sd_event_run(loop_event(fixture.loop), 0), 0);
        assert_false(is_freed);
        assert_int_equal(notify_listen(socket), 0);
        fixture_wait(&fixture, &is_freed);
        close(fd);
        assert_int_equal(rmdir(directory), 0);
        fixture_done(&fixture);
}

/* What is said while one more is on its way waits. */
static void test_held(void **state)
{
        Heard heard;
        int fd;

        heard_init(&heard);
        fd = sender_new(heard.path);
        notify_hold(heard.socket);
        say(fd, "READY=1", 7);
        assert_int_equal(sd_event_run(loop_event(heard.fixture.loop), 0), 0);
        assert_int_equal(heard.n, 0);
        assert_int_equal(notify_listen(heard.socket), 0);
        assert_int_equal(notify_listen(heard.socket), 0);
        say(fd, "STOPPING=1", 10);
        fixture_wait(&heard.fixture, &heard.is_stopped);
        assert_int_equal(heard.n, 2);
        close(fd);
        heard_done(&heard);
}

/* A path that no sockaddr holds, an old socket in the way, another owner. */
static void test_paths(void **state)
{
        g_autofree char *directory = g_strdup("/tmp/reeve-test-XXXXXX"), *deep = NULL, *path = NULL;
        g_autofree char *segment = g_strnfill(120, 'd');
        Fixture fixture;
        Heard heard = { 0 };
        struct stat st;
        int fd;

        fixture_init(&fixture, false);
        deep = g_build_filename(g_mkdtemp(directory), segment, NULL);
        path = g_build_filename(deep, "notify", NULL);
        assert_int_equal(mkdir(deep, 0700), 0);
        assert_true(g_file_set_contents(path, "old", -1, NULL));
        assert_int_equal(notify_new(fixture.loop, path, geteuid() == 0 ? 65533 : geteuid(), getegid(), on_message,
                                    &heard, &heard.socket),
                         0);
        assert_int_equal(lstat(path, &st), 0);
        assert_true(S_ISSOCK(st.st_mode));
        assert_int_equal(st.st_uid, geteuid() == 0 ? 65533 : geteuid());
        fd = sender_new(path);
        say(fd, "STOPPING=1", 10);
        assert_int_equal(notify_listen(heard.socket), 0);
        fixture_wait(&fixture, &heard.is_stopped);
        close(fd);
        notify_free(heard.socket);
        assert_int_equal(notify_new(fixture.loop, "relative", 0, 0, on_message, &heard, &heard.socket), -EINVAL);
        assert_int_equal(notify_new(fixture.loop, "/nonexistent/dir/notify", 0, 0, on_message, &heard, &heard.socket),
                         -ENOENT);
        assert_int_equal(rmdir(deep) | rmdir(directory), 0);
        fixture_done(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_messages), cmocka_unit_test(test_garbage),     cmocka_unit_test(test_descriptors),
                cmocka_unit_test(test_barrier),
                cmocka_unit_test(test_flood),    cmocka_unit_test(test_free_inside), cmocka_unit_test(test_held),
                cmocka_unit_test(test_paths),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
