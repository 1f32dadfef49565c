/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

static void load_scanned(Sandbox *sandbox)
{
        g_autofree char *low = g_build_filename(sandbox->directory, "low", NULL),
                        *high = g_build_filename(sandbox->directory, "high", NULL);
        const char *const directories[] = {low, "/nonexistent/reeve", high, NULL};

        sandbox_load_request(sandbox, (LoadRequest){.directories = directories});
}

static const Diag *find_about(const Sandbox *sandbox, DiagCode code, const char *file)
{
        for (guint i = 0; i < sandbox->diags.items->len; i++) {
                const Diag *diag = sandbox->diags.items->pdata[i];

                if (diag->code == code && diag->origin.file && g_str_has_suffix(diag->origin.file, file))
                        return diag;
        }
        return NULL;
}

/* A file of the same name in a directory of higher priority replaces the lower one whole. */
static void test_masking(void **state)
{
        g_auto(Sandbox) sandbox;
        const char *link;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "low/a.module", "[Singletons]\nlow=/bin/x\nboth=/bin/low\n");
        (void) sandbox_write(&sandbox, "high/a.module", "[Singletons]\nboth=/bin/high\n");
        (void) sandbox_write(&sandbox, "low/b.module", "[Singletons]\nb=/bin/b\n");
        (void) sandbox_write(&sandbox, "low/c.module", "[Singletons]\nc=/bin/c\n");
        (void) sandbox_write(&sandbox, "high/c.module", "");
        link = sandbox_path(&sandbox, "high/d.module");
        assert_int_equal(symlink("/dev/null", link), 0);
        (void) sandbox_write(&sandbox, "low/d.module", "[Singletons]\nd=/bin/d\n");
        (void) sandbox_write(&sandbox, "low/ignored.txt", "not a module");
        (void) sandbox_write(&sandbox, "low/.hidden.module", "not a module");
        load_scanned(&sandbox);
        assert_int_equal(sandbox.result, 0);
        assert_int_equal(sandbox_count(&sandbox), 2);
        assert_string_equal(sandbox_component(&sandbox, "both")->argv[0], "/bin/high");
        assert_int_equal(find_about(&sandbox, DIAG_MASKED, "low/a.module")->severity, SEVERITY_NOTICE);
        assert_non_null(strstr(find_about(&sandbox, DIAG_MASKED, "low/a.module")->text, "high/a.module"));
        assert_non_null(find_about(&sandbox, DIAG_MASKED, "low/c.module"));
        assert_non_null(find_about(&sandbox, DIAG_MASKED, "high/d.module"));
        assert_int_equal(registry_statistics(sandbox.registry).n_files, 2);
        assert_false(registry_statistics(sandbox.registry).is_explicit);
}

static void test_drop_ins(void **state)
{
        g_auto(Sandbox) sandbox;
        const Definition *a;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "low/m.module",
                             "[Singletons]\nshort=/bin/s\ngone=/bin/g\n"
                             "[Component a]\nExecStart=/bin/a\nNice=1\nRequires=x\nWants=w\n[Values]\nv=1\n");
        (void) sandbox_write(&sandbox, "low/m.module.d/10-a.conf", "[Component a]\nNice=2\nRequires=y\nUMask=0077\n");
        (void) sandbox_write(&sandbox, "high/m.module.d/05-b.conf", "[Component a]\nNice=3\nUMask=\n[Values]\nv=2\n");
        (void) sandbox_write(&sandbox, "high/m.module.d/20-c.conf",
                             "[Component a]\nWants=\nWants=v\nUMask=\n[Component new]\nExecStart=/bin/n\n"
                             "[Component short]\nRestart=always\n[Singletons]\ngone=\n");
        (void) sandbox_write(&sandbox, "low/m.module.d/30-d.conf", "[Component a]\nNice=7\n");
        (void) sandbox_write(&sandbox, "high/m.module.d/30-d.conf", "");
        (void) sandbox_write(&sandbox, "low/m.module.d/README", "not a drop-in");
        (void) sandbox_write(&sandbox, "low/absent.module.d/x.conf", "[Component a]\nNice=7\n");
        load_scanned(&sandbox);
        assert_int_equal(sandbox.result, 0);
        assert_int_equal(sandbox_count(&sandbox), 3);
        a = sandbox_component(&sandbox, "a");
        assert_int_equal(a->process->nice, 2); /* by file name, not by directory */
        assert_int_equal(a->process->umask, 0022);
        assert_int_equal(a->wiring->n_refs, 3);
        assert_string_equal(a->wiring->refs[1].key, "y");
        assert_string_equal(a->wiring->refs[2].key, "v");
        assert_int_equal(a->origin.line, 4);
        assert_int_equal(sandbox_component(&sandbox, "short")->life->restart, RESTART_ALWAYS);
        assert_string_equal(registry_find_value(sandbox.registry, "v")->text, "2");
        assert_non_null(find_about(&sandbox, DIAG_MASKED, "low/m.module.d/30-d.conf"));
        assert_non_null(find_about(&sandbox, DIAG_UNUSED, "absent.module.d"));
        assert_int_equal(registry_statistics(sandbox.registry).n_drop_ins, 3);
}

/* Duplicates count within one file only. */
static void test_drop_in_duplicates(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "m.module", "[Component a]\nExecStart=/bin/a\n");
        (void) sandbox_write(&sandbox, "m.module.d/x.conf",
                             "[Component a]\nNice=1\n\nNice=2\n[Singletons]\na=/bin/b\n");
        sandbox_load(&sandbox);
        (void) sandbox_expect(&sandbox, DIAG_DUPLICATE_KEY, 4);
        (void) sandbox_expect(&sandbox, DIAG_DUPLICATE_NAME, 1);
        assert_int_equal(sandbox.diags.items->len, 2);
}

/* §30: the same file reached twice is loaded once; order of arguments shows nowhere (§3) */
static void test_reached_twice(void **state)
{
        g_auto(Sandbox) sandbox;
        const char *one, *other, *link;
        g_autofree char *hash = NULL, *dotted = NULL;

        (void) state;
        sandbox_init(&sandbox);
        one = sandbox_write(&sandbox, "one.module", "[Singletons]\na=/bin/a\n");
        other = sandbox_write(&sandbox, "other.module", "[Singletons]\nb=/bin/b\n");
        link = sandbox_path(&sandbox, "two.module");
        assert_int_equal(symlink(one, link), 0);
        dotted = g_strconcat(sandbox.directory, "/./one.module", NULL);
        const char *const forth[] = {one, other, dotted, sandbox.directory, NULL}, *const back[] = {sandbox.directory,
                                                                                                    dotted, other, one,
                                                                                                    NULL};

        sandbox_load_request(&sandbox, (LoadRequest){.paths = forth});
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 2);
        assert_true(registry_statistics(sandbox.registry).is_explicit);
        hash = g_strdup(registry_hash(sandbox.registry));
        sandbox_load_request(&sandbox, (LoadRequest){.paths = back});
        sandbox_assert_clean(&sandbox);
        assert_string_equal(registry_hash(sandbox.registry), hash);
}

static void test_unreadable(void **state)
{
        g_auto(Sandbox) sandbox;
        const char *fifo;

        (void) state;
        sandbox_init(&sandbox);
        fifo = sandbox_path(&sandbox, "fifo.module");
        assert_int_equal(mkfifo(fifo, 0600), 0);
        const char *const paths[] = {sandbox.directory, "/nonexistent/x.module", NULL};

        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths});
        assert_int_equal(sandbox.result, -EBADMSG);
        assert_non_null(strstr(find_about(&sandbox, DIAG_FILE_ERROR, "nonexistent/x.module")->text, "No such file"));
        assert_non_null(strstr(find_about(&sandbox, DIAG_FILE_ERROR, "fifo.module")->text, "regular"));
}

static void test_excluded(void **state)
{
        g_auto(Sandbox) sandbox;
        uint32_t n;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "10-test-a.module", "[Broken");
        (void) sandbox_write(&sandbox, "x.module", "[Module]\nName=test-b\n");
        (void) sandbox_write(&sandbox, "y.module", "[Singletons]\ny=/bin/y\n");
        sandbox.settings.exclude_modules = g_strsplit("test-* nothing", " ", -1);
        sandbox_load(&sandbox);
        sandbox_assert_clean(&sandbox);
        (void) registry_modules(sandbox.registry, &n);
        assert_int_equal(n, 1);
}

/* Root loads no file that somebody else may write. */
static void test_ownership(void **state)
{
        g_auto(Sandbox) sandbox;
        const char *path;

        (void) state;
        if (geteuid() != 0)
                skip();
        sandbox_init(&sandbox);
        path = sandbox_write(&sandbox, "m.module", "[Singletons]\na=/bin/a\n");
        const char *const paths[] = {sandbox.directory, NULL};

        assert_int_equal(chmod(path, 0644), 0);
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .require_root_owned = true});
        sandbox_assert_clean(&sandbox);
        assert_int_equal(chmod(path, 0666), 0);
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .require_root_owned = true});
        assert_non_null(strstr(sandbox_expect(&sandbox, DIAG_FILE_ERROR, 0)->text, "fs-world-writable"));
        assert_int_equal(sandbox_count(&sandbox), 0);
        assert_int_equal(chmod(path, 0644), 0);
        assert_int_equal(chown(sandbox.directory, 65534, 65534), 0);
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .require_root_owned = true});
        assert_non_null(strstr(sandbox_expect(&sandbox, DIAG_FILE_ERROR, 0)->text, "fs-foreign-owner"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_masking),
                cmocka_unit_test(test_drop_ins),
                cmocka_unit_test(test_drop_in_duplicates),
                cmocka_unit_test(test_reached_twice),
                cmocka_unit_test(test_unreadable),
                cmocka_unit_test(test_excluded),
                cmocka_unit_test(test_ownership),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
