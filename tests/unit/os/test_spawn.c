/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <sys/resource.h>
#include <sys/stat.h>

#define ENVIRONMENT(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* What SCRIPT writes when it is spawned by SPEC. */
static char *run_spec(SpawnSpec *spec)
{
        Fixture fixture;
        Watched watched;
        char *text;

        fixture_init(&fixture, false);
        watched_spawn(&watched, &fixture, spec);
        text = watched_read_all(&watched);
        fixture_wait(&fixture, &watched.is_gone);
        assert_int_equal(watched.report.code, CLD_EXITED);
        assert_int_equal(watched.report.status, 0);
        watched_done(&watched);
        fixture_done(&fixture);
        return text;
}

/* The shell's numbers up to 9. No pipeline: the shell itself holds the pipe's ends while it makes one. */
#define PRINT_DESCRIPTORS "for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$i ] && printf '%s ' $i; done; true"

static char *run_script(const char *script)
{
        SpawnSpec spec = spec_make(SHELL(script));

        return run_spec(&spec);
}

/* P37: signals, mask, session, descriptors, directory, umask. */
static void test_clean_state(void **state)
{
        static const struct {
                const char *script, *expected;
        } cases[] = {
                { "grep -E '^Sig(Blk|Ign|Cgt):' /proc/$$/status | tr -d '\\t\\n'",
                  "SigBlk:0000000000000000SigIgn:0000000000000000" },
                { "cut -d' ' -f6 /proc/$$/stat | grep -qx $$ && echo leader", "leader\n" },
                { PRINT_DESCRIPTORS, "0 1 2 " },
                { "readlink /proc/$$/fd/0", "/dev/null\n" },
                { "pwd", "/\n" },
                { "umask", "0022\n" },
                { "cat /proc/$$/oom_score_adj", "0\n" },
        };

        (void) signal(SIGUSR1, SIG_IGN);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = run_script(cases[i].script);

                assert_memory_equal(text, cases[i].expected, strlen(cases[i].expected));
        }
        (void) signal(SIGUSR1, SIG_DFL);
}

/* A descriptor that somebody left open without close-on-exec stays outside (P37). */
static void test_leaked_descriptor(void **state)
{
        int leaked = open("/dev/null", O_RDONLY);
        g_autofree char *text = NULL;

        assert_true(leaked >= 0);
        text = run_script(PRINT_DESCRIPTORS);
        assert_string_equal(text, "0 1 2 ");
        close(leaked);
}

/* LISTEN_FDS come as 3, 4, …, in whatever way their numbers here overlap with those. */
static void test_descriptors(void **state)
{
        int fds[5] = { -1, -1, -1, -1, -1 }, sources[3];
        SpawnSpec spec = spec_make(SHELL("for i in 3 4 5; do readlink /proc/$$/fd/$i; done; " PRINT_DESCRIPTORS));
        g_autofree char *text = NULL;

        for (int i = 0; i < 5; i++)
                fds[i] = open(i % 2 ? "/dev/zero" : "/dev/full", O_RDONLY | O_CLOEXEC);
        sources[0] = fds[1];
        sources[1] = fds[0];
        sources[2] = -1;
        spec.descriptors = sources;
        spec.n_descriptors = 3;
        text = run_spec(&spec);
        assert_string_equal(text, "/dev/zero\n/dev/full\n/dev/null\n0 1 2 3 4 5 ");
        for (int i = 0; i < 5; i++)
                close(fds[i]);
}

static void test_environment(void **state)
{
        SpawnSpec spec = spec_make(SHELL("echo $A $LISTEN_PID $$ ${#INVOCATION_ID} ${TERM-none} $WATCHDOG_PID"));
        g_autofree char *text = NULL;
        g_auto(GStrv) words = NULL;

        spec.environment = ENVIRONMENT("A=b", SPAWN_LISTEN_PID, "INVOCATION_ID=short", SPAWN_WATCHDOG_PID);
        text = run_spec(&spec);
        words = g_strsplit(text, " ", -1);
        assert_string_equal(words[0], "b");
        assert_string_equal(words[1], words[2]);
        assert_string_equal(words[3], "32");
        assert_string_equal(words[4], "none");
        g_strchomp(words[5]);
        assert_string_equal(words[5], words[2]);
}

/* The file is looked for in the component's PATH, not in ours. */
static void test_path(void **state)
{
        SpawnSpec spec = spec_make(ENVIRONMENT("cat", "/dev/null"));
        Fixture fixture;
        SpawnError error;

        g_free(run_spec(&spec));
        spec.environment = ENVIRONMENT("PATH=relative::/bin:/usr/bin");
        g_free(run_spec(&spec));

        fixture_init(&fixture, false);
        spec.environment = ENVIRONMENT("PATH=/nonexistent:bin");
        assert_int_equal(spawn_and_fail(&fixture, &spec, &error), -ENOENT);
        fixture_done(&fixture);
}

static void test_limits(void **state)
{
        ProcessLimit limits[] = { { RLIMIT_CORE, 0, 0 }, { RLIMIT_NOFILE, 64, 128 } };
        SpawnSpec spec = spec_make(SHELL("ulimit -c; ulimit -Sn; ulimit -Hn; ulimit -n"));
        g_autofree char *text = NULL, *plain = NULL;

        spec.limits = limits;
        spec.n_limits = G_N_ELEMENTS(limits);
        text = run_spec(&spec);
        assert_string_equal(text, "0\n64\n128\n64\n");
}

/* What the daemon raised for itself it does not pass on (P37). */
static void test_raised_limit(void **state)
{
        struct rlimit limit, lower;
        g_autofree char *text = NULL, *expected = NULL;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
        lower = limit;
        lower.rlim_cur = 256;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &lower), 0);
        text = run_script("ulimit -Sn; ulimit -Hn");
        expected = g_strdup_printf("256\n%llu\n", (unsigned long long) limit.rlim_max);
        assert_string_equal(text, expected);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void test_identity(void **state)
{
        SpawnSpec spec = spec_make(SHELL("id -u; id -g; id -G; grep ^NoNewPrivs /proc/$$/status"));
        g_autofree char *text = NULL;

        if (geteuid() != 0)
                skip();
        spec.user = "65533";
        spec.group = "65532";
        spec.no_new_privileges = true;
        spec.nice = 3;
        text = run_spec(&spec);
        assert_string_equal(text, "65533\n65532\n65532\nNoNewPrivs:\t1\n");
}

static void test_priority(void **state)
{
        SpawnSpec spec = spec_make(SHELL("cut -d' ' -f19 /proc/$$/stat; cat /proc/$$/oom_score_adj; umask"));
        g_autofree char *text = NULL;

        spec.nice = 3;
        spec.oom_score_adjust = 321;
        spec.umask = 0077;
        spec.working_directory = "/proc";
        text = run_spec(&spec);
        assert_string_equal(text, "3\n321\n0077\n");
}

/* §67: errno and step of what failed; nobody is left, and no on_exit comes. P38: never started with a bad user. */
static void test_errors(void **state)
{
        static const ProcessLimit impossible = { 9999, 1, 1 };
        static const struct {
                const char *file, *user, *group, *directory;
                const ProcessLimit *limit;
                int error;
                const char *step;
        } cases[] = {
                { .file = "/nonexistent/file", .error = ENOENT, .step = "exec" },
                { .file = "no-such-program-anywhere", .error = ENOENT, .step = "exec" },
                { .file = "/dev/null", .error = EACCES, .step = "exec" },
                { .file = "/", .error = EACCES, .step = "exec" },
                { .file = "/bin/true", .user = "no-such-user", .error = ESRCH, .step = "user" },
                { .file = "/bin/true", .user = "4294967295", .error = ESRCH, .step = "user" },
                { .file = "/bin/true", .user = "65533", .error = ESRCH, .step = "user" },
                { .file = "/bin/true", .group = "no-such-group", .error = ESRCH, .step = "group" },
                { .file = "/bin/true", .directory = "/nonexistent", .error = ENOENT, .step = "working-directory" },
                { .file = "/bin/true", .directory = "/dev/null", .error = ENOTDIR, .step = "working-directory" },
                { .file = "/bin/true", .limit = &impossible, .error = EINVAL, .step = "limit" },
        };

        for (int use_cgroups = 0; use_cgroups < 2; use_cgroups++) {
                Fixture fixture;

                fixture_init(&fixture, use_cgroups);
                for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                        SpawnSpec spec = spec_make(ENVIRONMENT(cases[i].file));
                        SpawnError error = { 0 };

                        spec.user = cases[i].user;
                        spec.group = cases[i].group;
                        spec.working_directory = cases[i].directory;
                        spec.limits = cases[i].limit;
                        spec.n_limits = cases[i].limit ? 1 : 0;
                        assert_int_equal(spawn_and_fail(&fixture, &spec, &error), -cases[i].error);
                        assert_int_equal(error.error, cases[i].error);
                        assert_string_equal(error.step, cases[i].step);
                        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
                }
                fixture_done(&fixture);
        }
}

/* Not executable text is an exec error, not something for a shell. */
static void test_no_format(void **state)
{
        char path[] = "/tmp/reeve-test-XXXXXX";
        int fd = mkstemp(path);
        const char *argv[] = { path, NULL };
        SpawnSpec spec = spec_make(argv);
        Fixture fixture;
        SpawnError error = { 0 };

        assert_true(fd >= 0 && write(fd, "exit 0\n", 7) == 7 && fchmod(fd, 0700) == 0);
        close(fd);
        fixture_init(&fixture, false);
        assert_int_equal(spawn_and_fail(&fixture, &spec, &error), -ENOEXEC);
        assert_string_equal(error.step, "exec");
        fixture_done(&fixture);
        unlink(path);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clean_state), cmocka_unit_test(test_leaked_descriptor),
                cmocka_unit_test(test_descriptors), cmocka_unit_test(test_environment),
                cmocka_unit_test(test_path),        cmocka_unit_test(test_limits),
                cmocka_unit_test(test_raised_limit), cmocka_unit_test(test_identity),
                cmocka_unit_test(test_priority),    cmocka_unit_test(test_errors),
                cmocka_unit_test(test_no_format),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
