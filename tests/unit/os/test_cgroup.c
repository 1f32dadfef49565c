/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <sys/file.h>
#include <sys/stat.h>

#include "os/cgroup.h"
#include "os/cgroup_find.h"

static void test_parse_path(void **state)
{
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "", NULL },
                { "0::/\n", "/" },
                { "0::/system.slice/reeve.service\n", "/system.slice/reeve.service" },
                { "9:name=systemd:/x\n4:memory:/y\n0::/z\n", "/z" },
                { "0::/no newline", "/no newline" },
                { "0::/gone (deleted)\n", NULL },
                { "10::/x\n1:0::/x\n", NULL },
                { "0::relative\n", NULL },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *path = cgroup_parse_path(cases[i].text);

                if (cases[i].expected)
                        assert_string_equal(path, cases[i].expected);
                else
                        assert_null(path);
        }
}

#define UNIFIED "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
#define HYBRID                                                                                                         \
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 " \
        "none rw\n"
#define CONTAINER "500 499 0:26 /docker/abc /sys/fs/cgroup ro master:5 shared:1 - cgroup2 cgroup rw\n"

/* Unified and hybrid, a mount of a part, odd names, and text that is none. */
static void test_parse_mounts(void **state)
{
        static const struct {
                const char *text, *path, *expected;
        } cases[] = {
                { UNIFIED, "/", "/sys/fs/cgroup" },
                { UNIFIED, "/a/b", "/sys/fs/cgroup/a/b" },
                { HYBRID, "/a", "/sys/fs/cgroup/unified/a" },
                { CONTAINER, "/docker/abc", "/sys/fs/cgroup" },
                { CONTAINER, "/docker/abc/x", "/sys/fs/cgroup/x" },
                { CONTAINER, "/docker/abcd", NULL },
                { CONTAINER UNIFIED, "/other", "/sys/fs/cgroup/other" },
                { "1 2 0:3 / /odd\\040name rw - cgroup2 x rw\n", "/a", "/odd name/a" },
                { "1 2 0:3 / /point rw - tmpfs cgroup2 rw\n", "/a", NULL },
                { "1 2 0:3 / /point", "/a", NULL },
                { "-\n - \n - cgroup2\n1 2 3 4 5 6 -\n", "/a", NULL },
                { "", "/a", NULL },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *directory = cgroup_parse_mounts(cases[i].text, cases[i].path);

                if (cases[i].expected)
                        assert_string_equal(directory, cases[i].expected);
                else
                        assert_null(directory);
        }
}

static CgroupLimits no_limits(void)
{
        return (CgroupLimits) { .memory_max = UINT64_MAX, .tasks_max = UINT64_MAX, .cpu_quota = UINT64_MAX };
}

static Fixture *setup(Fixture *fixture)
{
        fixture_init(fixture, true);
        if (strcmp(process_host_containment(fixture->host), "cgroup") != 0) {
                fixture_done(fixture);
                skip();
        }
        return fixture;
}

static char *own_directory(void)
{
        char *path, *directory;

        assert_int_equal(cgroup_find_own(&path, &directory), 0);
        g_free(path);
        return directory;
}

/* A leaf made within the leaf goes too, and so does the folder of the daemon. */
static void test_nothing_left(void **state)
{
        g_autofree char *own = NULL, *folder = NULL, *leaf = NULL, *script = NULL;
        Fixture fixture;
        Watched watched;
        SpawnSpec spec = spec_make(NULL);

        setup(&fixture);
        own = own_directory();
        folder = g_strdup_printf("%s/reeve-%d", own, (int) getpid());
        leaf = g_build_filename(folder, "sample.component", NULL);
        if (access(folder, F_OK) < 0) {
                fixture_done(&fixture);
                skip();
        }
        script = g_strdup_printf("mkdir -p %s/a/b %s/c; echo $$ > %s/a/b/cgroup.procs; sleep 1000 & exit 3", leaf, leaf,
                                 leaf);
        spec.argv = SHELL(script);
        watched_spawn(&watched, &fixture, &spec);
        assert_int_equal(access(leaf, F_OK), 0);
        fixture_wait(&fixture, &watched.is_gone);
        assert_int_equal(watched.report.status, 3);
        assert_int_equal(access(leaf, F_OK), -1);
        watched_done(&watched);
        fixture_done(&fixture);
        assert_int_equal(access(folder, F_OK), -1);
}

/* A daemon of another test may come by at any moment and remove what nobody has locked. -1: cannot be made. */
static int make_locked(const char *folder)
{
        int lock;

        for (;;) {
                if (mkdir(folder, 0755) < 0 && errno != EEXIST)
                        return -1;
                lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (lock >= 0 && flock(lock, LOCK_EX) == 0 && access(folder, F_OK) == 0)
                        return lock;
                if (lock >= 0)
                        close(lock);
        }
}

/* P10: what a daemon that was killed left behind ends when the next one comes; what a living one has does not. */
static void test_left_over(void **state)
{
        g_autofree char *own = own_directory(), *folder = g_build_filename(own, "reeve-999999999", NULL);
        g_autofree char *leaf = g_build_filename(folder, "sample.component", NULL), *procs = NULL;
        Fixture fixture;
        FILE *file;
        pid_t child;
        int lock, status;

        lock = make_locked(folder);
        if (lock < 0)
                skip();
        assert_int_equal(mkdir(leaf, 0755), 0);
        procs = g_build_filename(leaf, "cgroup.procs", NULL);
        child = fork();
        if (child == 0) {
                execl("/bin/sleep", "sleep", "1000", NULL);
                _exit(1);
        }
        file = fopen(procs, "we");
        assert_non_null(file);
        assert_true(fprintf(file, "%d", (int) child) > 0 && fclose(file) == 0);

        setup(&fixture);
        assert_true(is_alive(child));
        fixture_done(&fixture);
        /* Not by its end alone: the child had it too until it had executed. */
        assert_int_equal(flock(lock, LOCK_UN), 0);
        close(lock);

        setup(&fixture);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        while (access(folder, F_OK) == 0) /* where it is another daemon that removes it */
                g_usleep(1000);
        fixture_done(&fixture);
}

/* In another namespace of processes somebody may have our number: its folder is not waited for. */
static void test_same_number(void **state)
{
        g_autofree char *own = own_directory(), *folder = g_strdup_printf("%s/reeve-%d", own, (int) getpid());
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        Fixture fixture;
        Watched watched;
        int lock = make_locked(folder);

        if (lock < 0)
                skip();
        fixture_init(&fixture, true);
        assert_string_equal(process_host_containment(fixture.host), "cgroup");
        watched_spawn(&watched, &fixture, &spec);
        fixture_wait(&fixture, &watched.is_gone);
        watched_done(&watched);
        fixture_done(&fixture);
        assert_int_equal(access(folder, F_OK), 0);
        assert_int_equal(rmdir(folder), 0);
        close(lock);
}

/* A limit that was asked for and cannot be had is an error of the spawn; none that nobody asked for. */
static void test_limits(void **state)
{
        CgroupLimits limits = no_limits();
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        SpawnError error = { 0 };
        Fixture fixture;
        Watched watched;

        assert_false(cgroup_limits_is_set(&limits));
        setup(&fixture);
        spec.cgroup_limits = &limits;
        watched_spawn(&watched, &fixture, &spec);
        fixture_wait(&fixture, &watched.is_gone);
        watched_done(&watched);

        limits.cpu_weight = 1000000;
        assert_true(cgroup_limits_is_set(&limits));
        assert_true(spawn_and_fail(&fixture, &spec, &error) < 0);
        assert_string_equal(error.step, "cgroup");
        fixture_done(&fixture);

        fixture_init(&fixture, false);
        assert_int_equal(spawn_and_fail(&fixture, &spec, &error),
                         -EOPNOTSUPP);
        assert_string_equal(error.step, "cgroup");
        fixture_done(&fixture);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parse_path),   cmocka_unit_test(test_parse_mounts),
                cmocka_unit_test(test_nothing_left), cmocka_unit_test(test_left_over),
                cmocka_unit_test(test_same_number),  cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
