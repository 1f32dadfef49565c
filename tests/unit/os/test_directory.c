/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <sys/stat.h>

#include "os/directory.h"

static char *base;

static int setup(void **state)
{
        base = g_strdup("/tmp/reeve-test-XXXXXX");
        return g_mkdtemp(base) ? 0 : -1;
}

static int teardown(void **state)
{
        g_autofree char *lock = g_build_filename(base, "run", "lock", NULL), *run = g_build_filename(base, "run", NULL);
        int r;

        (void) unlink(lock);
        (void) rmdir(run);
        r = rmdir(base);
        g_free(base);
        return r;
}

static mode_t mode_of(const char *path)
{
        struct stat st;

        assert_int_equal(lstat(path, &st), 0);
        return st.st_mode & 07777;
}

/* P9: the second is refused, and the lock goes with its holder. */
static void test_lock(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL);
        RuntimeDirectory *first, *second;

        assert_int_equal(runtime_directory_new(path, &first), 0);
        assert_string_equal(runtime_directory_path(first), path);
        assert_int_equal(runtime_directory_new(path, &second), -EBUSY);
        assert_int_equal(mode_of(path), geteuid() == 0 ? 0711 : 0700);
        runtime_directory_free(first);
        assert_int_equal(runtime_directory_new(path, &second), 0);
        runtime_directory_free(second);
}

/* A component does not hold the lock of a daemon that is gone. */
static void test_lock_is_not_inherited(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL);
        RuntimeDirectory *first, *second;
        Fixture fixture;
        Watched watched;
        SpawnSpec spec = spec_make(SHELL("exec sleep 1000"));

        fixture_init(&fixture, false);
        assert_int_equal(runtime_directory_new(path, &first), 0);
        watched_spawn(&watched, &fixture, &spec);
        runtime_directory_free(first);
        assert_int_equal(runtime_directory_new(path, &second), 0);
        runtime_directory_free(second);
        watched_done(&watched);
        fixture_done(&fixture);
}

/* P10: who is killed leaves what tells the next one to look for what still runs. */
static void test_fresh(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL), *folder = NULL;
        RuntimeDirectory *directory;

        for (int life = 0; life < 3; life++) {
                assert_int_equal(runtime_directory_new(path, &directory), 0);
                assert_int_equal(runtime_directory_is_fresh(directory), life != 2);
                g_clear_pointer(&folder, g_free);
                assert_int_equal(runtime_directory_make(directory, "a", geteuid(), getegid(), &folder), 0);
                if (life != 1)
                        runtime_directory_clear(directory);
                runtime_directory_free(directory);
        }
}

static void test_folder(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL), *folder = NULL, *again = NULL, *file = NULL;
        static const char *const bad[] = { "", ".", "..", "a/b", "/etc" };
        g_autoptr(RuntimeDirectory) directory = NULL;
        g_autoptr(Loop) loop = NULL;
        struct stat st;
        char *none;

        assert_int_equal(runtime_directory_new(path, &directory), 0);
        assert_int_equal(
                runtime_directory_make(directory, "sample", geteuid() == 0 ? 65533 : geteuid(), getegid(), &folder), 0);
        assert_int_equal(mode_of(folder), 0700);
        assert_int_equal(stat(folder, &st), 0);
        assert_int_equal(st.st_uid, geteuid() == 0 ? 65533 : geteuid());
        file = g_build_filename(folder, "file", NULL);
        assert_true(g_file_set_contents(file, "kept", -1, NULL));
        assert_int_equal(
                runtime_directory_make(directory, "sample", geteuid() == 0 ? 65533 : geteuid(), getegid(), &again), 0);
        assert_int_equal(access(file, F_OK), 0);

        /* Its mode is the component's own once it is there: a hook, or a restart, does not take back what it opened. */
        assert_int_equal(chmod(folder, 0751), 0);
        g_clear_pointer(&again, g_free);
        assert_int_equal(
                runtime_directory_make(directory, "sample", geteuid() == 0 ? 65533 : geteuid(), getegid(), &again), 0);
        assert_int_equal(mode_of(folder), 0751);

        assert_int_equal(loop_new(&loop), 0);
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
                assert_int_equal(runtime_directory_make(directory, bad[i], 0, 0, &none), -EINVAL);
                runtime_directory_leave(directory, loop, bad[i]);
        }
        /* What a component leaves in it stays. */
        runtime_directory_leave(directory, loop, "sample");
        assert_int_equal(access(file, F_OK), 0);
        assert_int_equal(unlink(file), 0);
        runtime_directory_leave(directory, loop, "sample");
        assert_int_equal(access(folder, F_OK), -1);
        assert_int_equal(access(path, F_OK), 0);
        runtime_directory_clear(directory);
}

/* Whatever a component leaves: links to elsewhere, a deep tree, names that are odd. */
static void test_remove(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL), *outside = g_build_filename(base, "outside", NULL);
        g_autofree char *precious = g_build_filename(outside, "precious", NULL), *folder = NULL, *link = NULL,
                         *other = NULL;
        g_autoptr(RuntimeDirectory) directory = NULL;
        int fd;

        assert_int_equal(mkdir(outside, 0700), 0);
        assert_true(g_file_set_contents(precious, "", -1, NULL));
        assert_int_equal(runtime_directory_new(path, &directory), 0);
        assert_int_equal(runtime_directory_make(directory, "sample", geteuid(), getegid(), &folder), 0);
        link = g_build_filename(folder, "\nlink", NULL);
        assert_int_equal(symlink(outside, link), 0);

        fd = open(folder, O_RDONLY | O_DIRECTORY);
        for (int i = 0; i < 3000; i++) {
                int next;

                assert_int_equal(mkdirat(fd, "deep", 0700) | symlinkat("/", fd, "root"), 0);
                next = openat(fd, "deep", O_RDONLY | O_DIRECTORY);
                close(fd);
                fd = next;
        }
        close(fd);
        assert_int_equal(runtime_directory_make(directory, "other", geteuid(), getegid(), &other), 0);
        runtime_directory_clear(directory);
        assert_int_equal(access(folder, F_OK) & access(other, F_OK), -1);
        assert_int_equal(access(precious, F_OK), 0);
        assert_int_equal(unlink(precious) | rmdir(outside), 0);
}

static void test_write(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL), *file = NULL, *text = NULL;
        g_autoptr(RuntimeDirectory) directory = NULL;

        assert_int_equal(runtime_directory_new(path, &directory), 0);
        file = g_build_filename(path, "report", NULL);
        assert_int_equal(symlink("/nonexistent/target", file), 0);
        assert_int_equal(runtime_directory_write(directory, "report", "first"), 0);
        assert_int_equal(runtime_directory_write(directory, "report", "second"), 0);
        assert_true(g_file_get_contents(file, &text, NULL, NULL));
        assert_string_equal(text, "second");
        assert_int_equal(runtime_directory_write(directory, "../report", "x"), -EINVAL);
        assert_int_equal(unlink(file), 0);
}

/* Not ours: refused, not taken over. */
static void test_foreign(void **state)
{
        g_autofree char *path = g_build_filename(base, "run", NULL), *target = g_build_filename(base, "target", NULL);
        RuntimeDirectory *directory;

        assert_int_equal(mkdir(target, 0700) | symlink(target, path), 0);
        assert_true(runtime_directory_new(path, &directory) < 0);
        assert_int_equal(unlink(path), 0);
        if (geteuid() == 0) {
                assert_int_equal(mkdir(path, 0700) | chown(path, 65533, 65533), 0);
                assert_int_equal(runtime_directory_new(path, &directory), -EPERM);
        }
        assert_int_equal(rmdir(target), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(test_lock),   TEST(test_lock_is_not_inherited),
                TEST(test_folder), TEST(test_remove),
                TEST(test_write),  TEST(test_foreign),
                TEST(test_fresh),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
