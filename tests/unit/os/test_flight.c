/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Spawns on their way: the loop goes on meanwhile, and what it does about them is done to what comes of them. */
#include "unit/os/fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "os/spawner.h"

#define N_MANY 64

typedef struct Flight {
        Watched watched; /* first: handed to the others as such */
        GString *order;  /* of all: whose program was executed */
        char name;
} Flight;

static void on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Flight *flight = userdata;

        watched_on_spawned(process, error, &flight->watched);
        if (flight->order)
                g_string_append_c(flight->order, flight->name);
}

static const ProcessHandlers handlers = {
        .on_spawned = on_spawned, .on_exit = watched_on_exit, .on_gone = watched_on_gone,
};

static void flight_begin(Flight *flight, Fixture *fixture, const char *script, GString *order)
{
        SpawnSpec spec = spec_make(SHELL(script));
        SpawnError error;

        flight->order = order;
        assert_int_equal(process_spawn(fixture->host, &spec, &handlers, flight, &flight->watched.process, &error), 0);
        assert_false(flight->watched.is_spawned);
        assert_int_equal(process_pid(flight->watched.process), 0);
}

/* Nothing is told from inside the call; §54: they are executed in the order they were asked for. */
static void test_order(void **state)
{
        g_autoptr(GString) order = g_string_new(NULL), expected = g_string_new(NULL);
        Flight flights[N_MANY] = { 0 };
        Fixture fixture;

        fixture_init(&fixture, false);
        for (int i = 0; i < N_MANY; i++) {
                flights[i].name = (char) ('0' + i);
                g_string_append_c(expected, flights[i].name);
                flight_begin(&flights[i], &fixture, "exit 3", order);
        }
        for (int i = 0; i < N_MANY; i++) {
                fixture_wait(&fixture, &flights[i].watched.is_gone);
                assert_int_equal(flights[i].watched.report.status, 3);
                process_free(flights[i].watched.process);
        }
        assert_string_equal(order->str, expected->str);
        fixture_done(&fixture);
}

static int ask_many(int signal, bool use_cgroups)
{
        Flight flights[N_MANY] = { 0 };
        int n_cancelled = 0;
        Fixture fixture;

        fixture_init(&fixture, use_cgroups);
        for (int i = 0; i < N_MANY; i++) {
                g_autofree char *name = g_strdup_printf("flight%d", i);
                SpawnSpec spec = spec_make(SHELL("exec sleep 1000"));
                SpawnError error;

                spec.name = name;
                assert_int_equal(process_spawn(fixture.host, &spec, &handlers, &flights[i],
                                               &flights[i].watched.process, &error), 0);
        }
        for (int i = 0; i < N_MANY; i++)
                if (signal == SIGKILL)
                        process_kill(flights[i].watched.process);
                else
                        assert_int_equal(process_ask(flights[i].watched.process, SIGTERM), 0);
        for (int i = 0; i < N_MANY; i++) {
                Watched *watched = &flights[i].watched;

                fixture_wait(&fixture, &watched->is_spawned);
                if (watched->error.error != 0) {
                        assert_int_equal(watched->error.error, ECANCELED);
                        n_cancelled++;
                } else {
                        fixture_wait(&fixture, &watched->is_gone);
                        assert_int_equal(watched->report.status, signal);
                }
                process_free(watched->process);
        }
        fixture_done(&fixture);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        return n_cancelled;
}

/* P14: what was asked to end before it began never runs; what had begun is told then. Either way nothing is left. */
static void test_ask(void **state)
{
        for (int use_cgroups = 0; use_cgroups < 2; use_cgroups++) {
                while (ask_many(SIGTERM, use_cgroups) == 0)
                        ; /* all had begun, on a busy machine */
                while (ask_many(SIGKILL, use_cgroups) == 0)
                        ;
        }
}

/* Freed on its way, or together with the host: nobody is told, nothing is left. */
static void test_let_go(void **state)
{
        for (int together = 0; together < 2; together++) {
                Flight flights[N_MANY] = { 0 };
                Fixture fixture;

                fixture_init(&fixture, false);
                for (int i = 0; i < N_MANY; i++)
                        flight_begin(&flights[i], &fixture, "trap '' TERM; sleep 1000 & sleep 1000", NULL);
                for (int i = 0; i < N_MANY && !together; i++)
                        process_free(flights[i].watched.process);
                if (!together)
                        for (int i = 0; i < 3; i++)
                                assert_true(sd_event_run(loop_event(fixture.loop), 1000) >= 0);
                fixture_done(&fixture);
                for (int i = 0; i < N_MANY; i++)
                        assert_int_equal(flights[i].watched.is_spawned + flights[i].watched.n_exits +
                                                 flights[i].watched.n_gones,
                                         0);
                assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        }
}

/* P24, P27: no process can be had; then one can. */
static void test_no_process(void **state)
{
        struct sock_filter refuse[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = G_N_ELEMENTS(refuse), .filter = refuse };
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        SpawnError error = { 0 };
        Fixture fixture;
        pid_t child;
        int status;

        /* The filter does not go away again, so it is not ours. */
        child = fork();
        if (child == 0) {
                fixture_init(&fixture, false);
                assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
                if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
                        _exit(77);
                assert_int_equal(spawn_and_fail(&fixture, &spec, &error), -EAGAIN);
                assert_string_equal(error.step, "clone");
                fixture_done(&fixture);
                _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77)
                skip();
        assert_int_equal(WEXITSTATUS(status), 0);
}

/* Where no table of descriptors of our own is to be had, a child is as clean as elsewhere (P37). */
static void test_no_own_table(void **state)
{
        struct sock_filter refuse[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 1, 0),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = { .len = G_N_ELEMENTS(refuse), .filter = refuse };
        pid_t child = fork();
        int status;

        if (child == 0) {
                SpawnSpec spec = spec_make(SHELL("pwd; umask; readlink /proc/$$/fd/0; ls /proc/$$/fd; :"));
                g_autofree char *text = NULL;
                Fixture fixture;
                Watched watched;

                assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
                if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
                        _exit(77);
                fixture_init(&fixture, false);
                watched_spawn(&watched, &fixture, &spec);
                text = watched_read_all(&watched);
                assert_string_equal(text, "/\n0022\n/dev/null\n0\n1\n2\n");
                fixture_wait(&fixture, &watched.is_gone);
                watched_done(&watched);
                fixture_done(&fixture);
                _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77)
                skip();
        assert_int_equal(WEXITSTATUS(status), 0);
}

/* How many descriptors the thread that spawns has, and how many of them are of FILE. */
static int count_own(const char *file, int *ret_of_file)
{
        GDir *threads = g_dir_open("/proc/self/task", 0, NULL);
        int n = 0;

        *ret_of_file = 0;
        for (const char *thread; (thread = g_dir_read_name(threads));) {
                g_autofree char *path = g_strdup_printf("/proc/self/task/%s/fd", thread);
                g_autofree char *comm = g_strdup_printf("/proc/self/task/%s/comm", thread), *name = NULL;
                GDir *table;

                if (!g_file_get_contents(comm, &name, NULL, NULL) || strcmp(name, SPAWNER_NAME "\n") != 0)
                        continue;
                table = g_dir_open(path, 0, NULL);
                for (const char *fd; (fd = g_dir_read_name(table)); n++) {
                        g_autofree char *link = g_build_filename(path, fd, NULL),
                                        *target = g_file_read_link(link, NULL);

                        *ret_of_file += g_strcmp0(target, file) == 0;
                }
                g_dir_close(table);
        }
        g_dir_close(threads);
        return n;
}

/* Of the descriptors of the loop the thread has the lock and no other (P10), and the loop keeps all of its own. */
static void test_own_table(void **state)
{
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        int others[3], lock = open("/dev/full", O_RDONLY | O_CLOEXEC), n, n_of_file;
        Fixture fixture;
        Watched watched;

        for (int i = 0; i < 3; i++)
                others[i] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
        fixture_init(&fixture, false);
        process_host_free(fixture.host);
        wait_for_end_of_thread(SPAWNER_NAME);
        assert_int_equal(process_host_new(fixture.loop, false, lock, &fixture.host), 0);
        watched_spawn(&watched, &fixture, &spec); /* the thread has been through its beginning */
        fixture_wait(&fixture, &watched.is_gone);
        watched_done(&watched);

        n = count_own("/dev/zero", &n_of_file);
        assert_int_equal(n_of_file, 0);
        assert_in_range(n, 4, 7);
        (void) count_own("/dev/full", &n_of_file);
        assert_int_equal(n_of_file, 1);
        fixture_done(&fixture);
        assert_int_equal(close(lock), 0);
        for (int i = 0; i < 3; i++)
                assert_int_equal(close(others[i]), 0);
}

/* Without on_spawned a failure is an end like another. */
static void test_untold(void **state)
{
        static const ProcessHandlers plain = { .on_exit = watched_on_exit, .on_gone = watched_on_gone };
        const char *argv[] = { "/nonexistent", NULL };
        SpawnSpec spec = spec_make(argv);
        Watched watched = { 0 };
        SpawnError error;
        Fixture fixture;

        fixture_init(&fixture, false);
        assert_int_equal(process_spawn(fixture.host, &spec, &plain, &watched, &watched.process, &error), 0);
        fixture_wait(&fixture, &watched.is_gone);
        assert_int_equal(watched.report.code, CLD_EXITED);
        assert_int_equal(watched.report.status, 127);
        process_free(watched.process);
        fixture_done(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),        cmocka_unit_test(test_ask),
                cmocka_unit_test(test_let_go),       cmocka_unit_test(test_no_process),
                cmocka_unit_test(test_no_own_table), cmocka_unit_test(test_own_table),
                cmocka_unit_test(test_untold),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
