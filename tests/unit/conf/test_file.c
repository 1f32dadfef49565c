/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sandbox.h"

#include "conf/file.h"

static void test_read(void **state)
{
        g_auto(Sandbox) sandbox;
        g_auto(FileText) text = {0};
        const char *problem;

        (void) state;
        sandbox_init(&sandbox);
        assert_int_equal(file_read(sandbox_write(&sandbox, "a", "text\n"), false, &text, &problem), 0);
        assert_int_equal(text.n_bytes, 5);
        assert_string_equal(text.bytes, "text\n");
        file_text_done(&text);
        assert_int_equal(file_read(sandbox_write(&sandbox, "b", ""), false, &text, &problem), 0);
        assert_int_equal(text.n_bytes, 0);
}

/* P39: nothing but regular files of a bounded size, and no waiting for a writer */
static void test_refused(void **state)
{
        g_auto(Sandbox) sandbox;
        g_auto(FileText) text = {0};
        g_autofree char *large = g_strnfill(FILE_MAX_BYTES + 1, '#');
        const char *problem, *fifo, *directory;

        (void) state;
        sandbox_init(&sandbox);
        fifo = sandbox_path(&sandbox, "fifo");
        assert_int_equal(mkfifo(fifo, 0600), 0);
        directory = sandbox_path(&sandbox, "directory");
        assert_int_equal(mkdir(directory, 0700), 0);
        assert_int_equal(file_read(fifo, false, &text, &problem), -EINVAL);
        assert_string_equal(problem, "it is not a regular file");
        assert_int_equal(file_read("/dev/zero", false, &text, &problem), -EINVAL);
        assert_int_equal(file_read(directory, false, &text, &problem), -EISDIR);
        assert_int_equal(file_read(sandbox_path(&sandbox, "absent"), false, &text, &problem), -ENOENT);
        assert_int_equal(file_read(sandbox_write(&sandbox, "large", large), false, &text, &problem), -EFBIG);
        assert_null(text.bytes);
        large[FILE_MAX_BYTES] = '\0';
        assert_int_equal(file_read(sandbox_write(&sandbox, "large", large), false, &text, &problem), 0);
}

/* Root reads only what nobody else can write. */
static void test_trust(void **state)
{
        g_auto(Sandbox) sandbox;
        g_auto(FileText) text = {0};
        const char *problem, *path;

        (void) state;
        if (geteuid() != 0)
                skip();
        sandbox_init(&sandbox);
        path = sandbox_write(&sandbox, "d/a", "");
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(file_read(path, true, &text, &problem), 0);
        file_text_done(&text);
        assert_int_equal(chmod(path, 0646), 0);
        assert_int_equal(file_read(path, true, &text, &problem), -EPERM);
        assert_non_null(strstr(problem, "fs-world-writable"));
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(chown(path, 65534, 0), 0);
        assert_int_equal(file_read(path, true, &text, &problem), -EPERM);
        assert_non_null(strstr(problem, "fs-foreign-owner"));
        assert_int_equal(file_check_directory(sandbox.directory, &problem), 0);
        assert_int_equal(chmod(sandbox.directory, 0777), 0);
        *strrchr(path, '/') = '\0';
        assert_int_equal(file_check_directory(path, &problem), -EPERM);
        assert_non_null(strstr(problem, "fs-world-writable"));
        *((char *) path + strlen(path)) = '/';
        assert_int_equal(chmod(sandbox.directory, 01777), 0);
        assert_int_equal(file_check_directory(sandbox.directory, &problem), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_read),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_trust),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
