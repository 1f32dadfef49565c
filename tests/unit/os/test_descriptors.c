/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a child has beside its standard streams: exactly what it is to have, however much that is and whatever fails. */
#include "unit/os/fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "os/pass.h"
#include "os/spawner.h"

#define N_MANY 65 /* 64 sockets to listen on and a connection */
#define N_IN_FLIGHT 320

static guint count_files(const char *path)
{
        GDir *table = g_dir_open(path, 0, NULL);
        guint n = 0;

        while (table && g_dir_read_name(table))
                n++;
        if (table)
                g_dir_close(table);
        return n;
}

/* Of the loop and of the thread that spawns. */
static guint count_all(void)
{
        GDir *threads = g_dir_open("/proc/self/task", 0, NULL);
        guint n = 0;

        for (const char *thread; (thread = g_dir_read_name(threads));) {
                g_autofree char *path = g_strdup_printf("/proc/self/task/%s/fd", thread);

                n += count_files(path);
        }
        g_dir_close(threads);
        return n;
}

/* The thread has been through its beginning, and its table is its own. */
static void spawn_first(Fixture *fixture)
{
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        Watched watched;

        watched_spawn(&watched, fixture, &spec);
        fixture_wait(fixture, &watched.is_gone);
        watched_done(&watched);
}

static void open_many(int fds[static N_MANY])
{
        for (int i = 0; i < N_MANY; i++) {
                g_autofree char *name = g_strdup_printf("many-%d", i);

                fds[i] = memfd_create(name, MFD_CLOEXEC);
                assert_true(fds[i] >= 0);
        }
}

static void close_many(const int fds[static N_MANY])
{
        for (int i = 0; i < N_MANY; i++)
                assert_int_equal(close(fds[i]), 0);
}

/* In an order that crosses the numbers they have here; the child lists its table and says what each of them is. */
static void test_many(void **state)
{
        SpawnSpec spec = spec_make(SHELL("ls -v /proc/$$/fd; i=3; while [ $i -lt 68 ]; do readlink /proc/$$/fd/$i; "
                                         "i=$((i+1)); done"));
        g_autoptr(GString) expected = g_string_new(NULL);
        g_autofree char *text = NULL;
        int fds[N_MANY], reversed[N_MANY];
        Fixture fixture;
        Watched watched;
        guint n;

        open_many(fds);
        for (int i = 0; i < N_MANY; i++)
                reversed[i] = fds[N_MANY - 1 - i];
        for (int i = 0; i < 3 + N_MANY; i++)
                g_string_append_printf(expected, "%d\n", i);
        for (int i = 0; i < N_MANY; i++)
                g_string_append_printf(expected, "/memfd:many-%d (deleted)\n", N_MANY - 1 - i);
        spec.descriptors = reversed;
        spec.n_descriptors = N_MANY;

        wait_for_end_of_thread(SPAWNER_NAME); /* of the test before */
        fixture_init(&fixture, false);
        spawn_first(&fixture);
        n = count_all();
        watched_spawn(&watched, &fixture, &spec);
        text = watched_read_all(&watched);
        assert_string_equal(text, expected->str); /* P37 */
        fixture_wait(&fixture, &watched.is_gone);
        watched_done(&watched);
        assert_int_equal(count_all(), n);
        fixture_done(&fixture);
        close_many(fds);
}

/* Whatever fails, the caller keeps its own descriptors and nobody else has any. */
static void check_failure(Fixture *fixture, const SpawnSpec *spec, int error, const char *step)
{
        SpawnError told;
        int pair[2], fds[N_MANY];
        SpawnSpec failing = *spec;
        char byte;

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
        for (int i = 0; i < N_MANY; i++)
                fds[i] = pair[1];
        failing.descriptors = fds;
        failing.n_descriptors = spec->n_descriptors;
        assert_int_equal(spawn_and_fail(fixture, &failing, &told), -error);
        assert_string_equal(told.step, step);
        assert_int_equal(close(pair[1]), 0);
        assert_int_equal(read(pair[0], &byte, 1), 0); /* all others are closed: this does not wait */
        assert_int_equal(close(pair[0]), 0);
}

/* P27: what has no room now has it later, and nothing is lost on the way. */
static void test_failures(void **state)
{
        const char *nothing[] = { "/nonexistent", NULL };
        SpawnSpec good = spec_make(SHELL("exit 0")), absent = spec_make(nothing);
        struct rlimit limit, few;
        Fixture fixture;
        guint n;

        good.n_descriptors = absent.n_descriptors = N_MANY;
        wait_for_end_of_thread(SPAWNER_NAME); /* of the test before */
        fixture_init(&fixture, false);
        spawn_first(&fixture);
        n = count_all();
        check_failure(&fixture, &absent, ENOENT, "exec");
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
        few = (struct rlimit) { .rlim_cur = 40, .rlim_max = limit.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        check_failure(&fixture, &good, EMFILE, "descriptors");
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(count_all(), n);
        fixture_done(&fixture);
}

/* More at a time than the way to the thread takes: all of them get what is theirs. */
static void test_many_in_flight(void **state)
{
        static Watched flights[N_IN_FLIGHT];
        SpawnSpec spec = spec_make(SHELL("[ -e /proc/$$/fd/8 ] && [ ! -e /proc/$$/fd/9 ] && exit 7"));
        int fds[N_MANY];
        Fixture fixture;
        SpawnError error;
        guint n;

        wait_for_end_of_thread(SPAWNER_NAME); /* of the test before */
        n = count_all();
        open_many(fds);
        spec.descriptors = fds;
        spec.n_descriptors = 6;
        fixture_init(&fixture, false);
        memset(flights, 0, sizeof(flights));
        for (int i = 0; i < N_IN_FLIGHT; i++)
                assert_int_equal(process_spawn(fixture.host, &spec, &watched_handlers, &flights[i], &flights[i].process,
                                               &error), 0);
        for (int i = 0; i < N_IN_FLIGHT; i++) {
                fixture_wait(&fixture, &flights[i].is_gone);
                assert_int_equal(flights[i].error.error, 0);
                assert_int_equal(flights[i].report.status, 7);
                process_free(flights[i].process);
        }
        fixture_done(&fixture);
        wait_for_end_of_thread(SPAWNER_NAME);
        close_many(fds);
        assert_int_equal(count_all(), n);
}

/* The way itself: as many as the kernel takes, and what is said when it is full. */
static void test_pass(void **state)
{
        int pair[2], fds[254], come[254], n_come, n_sent = 0, r;

        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
        for (int i = 0; i < 254; i++)
                fds[i] = pair[0];
        assert_int_equal(pass_send(pair[0], fds, 254), -E2BIG);
        while ((r = pass_send(pair[0], fds, 2)) == 0)
                n_sent++;
        assert_int_equal(r, -EAGAIN);
        assert_true(n_sent > 0);
        for (int i = 0; i < n_sent; i++) {
                n_come = 2;
                assert_int_equal(pass_receive(pair[1], come, &n_come), 0);
                assert_int_equal(n_come, 2);
                for (int k = 0; k < n_come; k++) {
                        assert_int_equal(fcntl(come[k], F_GETFD), FD_CLOEXEC);
                        assert_int_equal(close(come[k]), 0);
                }
        }
        assert_int_equal(pass_send(pair[0], fds, 2), 0);
        close(pair[0]);
        close(pair[1]);
}

static bool has_file(pid_t pid, const char *file)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/fd", (int) pid);
        GDir *table = g_dir_open(path, 0, NULL);
        bool has = false;

        for (const char *fd; table && (fd = g_dir_read_name(table));) {
                g_autofree char *link = g_build_filename(path, fd, NULL), *target = g_file_read_link(link, NULL);

                has = has || g_strcmp0(target, file) == 0;
        }
        if (table)
                g_dir_close(table);
        return has;
}

/* Stops every execve(2) of ours from here on, and tells of it on the returned descriptor. */
static int watch_execution(bool has_own_table)
{
        struct sock_filter watch[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, has_own_table ? UINT32_MAX : SYS_close_range, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = G_N_ELEMENTS(watch), .filter = watch };

        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return -1;
        return (int) syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void hold_lock_until_execution(bool has_own_table)
{
        int lock = open("/dev/full", O_RDONLY | O_CLOEXEC), watch = watch_execution(has_own_table), fds[N_MANY];
        SpawnSpec spec = spec_make(SHELL("[ ! -e /proc/$$/fd/68 ]"));
        struct seccomp_notif seen = { 0 };
        struct seccomp_notif_resp go_on = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
        Watched watched = { 0 };
        Fixture fixture;
        SpawnError error;

        if (watch < 0)
                _exit(77);
        fixture_init(&fixture, false);
        process_host_free(fixture.host);
        assert_int_equal(process_host_new(fixture.loop, false, lock, &fixture.host), 0);
        open_many(fds);
        assert_true(lock < N_MANY);
        spec.descriptors = fds;
        spec.n_descriptors = N_MANY;
        assert_int_equal(process_spawn(fixture.host, &spec, &watched_handlers, &watched, &watched.process, &error), 0);
        assert_int_equal(ioctl(watch, SECCOMP_IOCTL_NOTIF_RECV, &seen), 0);
        assert_true(has_file((pid_t) seen.pid, "/dev/full"));
        go_on.id = seen.id;
        assert_int_equal(ioctl(watch, SECCOMP_IOCTL_NOTIF_SEND, &go_on), 0);
        fixture_wait(&fixture, &watched.is_gone);
        assert_int_equal(watched.report.code, CLD_EXITED);
        assert_int_equal(watched.report.status, 0);
        watched_done(&watched);
        fixture_done(&fixture);
        _exit(0);
}

/* P10: the daemon's lock has a number that a component's descriptor takes, and is held until the program runs. */
static void test_lock(void **state)
{
        for (int has_own_table = 0; has_own_table < 2; has_own_table++) {
                pid_t child = fork();
                int status;

                if (child == 0)
                        hold_lock_until_execution(has_own_table);
                assert_int_equal(waitpid(child, &status, 0), child);
                assert_true(WIFEXITED(status));
                if (WEXITSTATUS(status) == 77)
                        skip();
                assert_int_equal(WEXITSTATUS(status), 0);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_many), cmocka_unit_test(test_failures), cmocka_unit_test(test_many_in_flight),
                cmocka_unit_test(test_pass), cmocka_unit_test(test_lock),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
