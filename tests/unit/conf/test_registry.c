/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

typedef struct ConflictCase {
        const char *a, *b; /* two module files */
        DiagCode code;
        uint32_t line; /* where it is shown */
        guint n_sources;
        guint n_findings;
} ConflictCase;

/* §2, §15, §30, §31, §32: every clash, with every source, whatever the order */
static void test_conflicts(void **state)
{
        static const ConflictCase cases[] = {
                {"[Singletons]\nx=/a\n", "[Singletons]\nx=/a\n", DIAG_DUPLICATE_NAME, 2, 2, 1},
                {"[Singletons]\nExecStart=/a/X\n\nExecStart=/b/x.py\n", "[Lazy]\nx=/c\n", DIAG_DUPLICATE_NAME, 2, 3, 1},
                {"[Singletons]\nx=/a\n[Component x]\nExecStart=/b\n", "", DIAG_DUPLICATE_NAME, 2, 2, 1},
                {"[Singletons]\nx=/a\n", "[Values]\nx=1\n[Alias x]\nTarget=reeve\n", DIAG_DUPLICATE_NAME, 2, 3, 1},
                {"[Singletons]\nreeve=/a\n", "", DIAG_DUPLICATE_NAME, 2, 2, 1},
                {"[Values]\nreeve.scopes=1\n", "", DIAG_DUPLICATE_NAME, 2, 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=k\n", "[Component b]\nExecStart=/b\nProvides=k\n",
                 DIAG_CONFLICT_PLAIN, 3, 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=b\n", "[Component b]\nExecStart=/b\n", DIAG_CONFLICT_PLAIN, 3,
                 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=v\n", "[Values]\nv=1\n", DIAG_CONFLICT_PLAIN, 3, 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=k:r k:s\n",
                 "[Component b]\nExecStart=/b\nProvides=k:r k:s k:t\n", DIAG_CONFLICT_ROUTE, 3, 4, 1},
                {"[Component a]\nExecStart=/a\nProvides=k:*\n", "[Component b]\nExecStart=/b\nProvides=k:*\n",
                 DIAG_CONFLICT_ROUTE, 3, 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=k\n", "[Component b]\nExecStart=/b\nProvides=k:r\n",
                 DIAG_CONFLICT_SHAPE, 3, 2, 1},
                {"[Component a]\nExecStart=/a\nProvides=a:r\n", "", DIAG_CONFLICT_SHAPE, 1, 2, 1},
                {"[Scope s]\n", "[Scope s]\n", DIAG_DUPLICATE_NAME, 1, 2, 1},
                {"[Module]\nName=m\n", "[Module]\nName=m\n", DIAG_DUPLICATE_NAME, 1, 2, 1},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Sandbox) sandbox;
                const Diag *diag;

                sandbox_init(&sandbox);
                (void) sandbox_write(&sandbox, "a.module", cases[i].a);
                (void) sandbox_write(&sandbox, "b.module", cases[i].b);
                sandbox_load(&sandbox);
                assert_int_equal(sandbox.result, -EBADMSG);
                diag = sandbox_expect(&sandbox, cases[i].code, cases[i].line);
                if (diag->sources->len != cases[i].n_sources || sandbox.diags.items->len != cases[i].n_findings)
                        sandbox_show(&sandbox);
                assert_int_equal(diag->sources->len, cases[i].n_sources);
                assert_int_equal(sandbox.diags.items->len, cases[i].n_findings);
        }
}

/* §11 */
static void test_derived_collision(void **state)
{
        g_auto(Sandbox) sandbox;
        const Diag *diag;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox, "[Singletons]\nExecStart=/a/UserService\nExecStart=/b/user-service\n");
        diag = sandbox_expect(&sandbox, DIAG_DUPLICATE_NAME, 2);
        assert_non_null(strstr(diag->text, "derived=true"));
        assert_int_equal(((const DiagStep *) diag->sources->pdata[1])->origin.line, 3);
}

/* §12 */
static void test_duplicate_keys(void **state)
{
        g_auto(Sandbox) sandbox;
        const Diag *diag;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox, "[Component a]\nExecStart=/a\n\nExecStart=/b\n[Singletons]\nb=/x\nb=/y\n[Component "
                                    "a]\nNice=1\n[Values]\nv=1\nv=1\n");
        diag = sandbox_expect(&sandbox, DIAG_DUPLICATE_KEY, 4);
        assert_non_null(strstr(diag->text, "line 2"));
        (void) sandbox_expect(&sandbox, DIAG_DUPLICATE_KEY, 7);
        assert_non_null(strstr(sandbox_expect(&sandbox, DIAG_DUPLICATE_KEY, 8)->text, "line 1"));
        (void) sandbox_expect(&sandbox, DIAG_DUPLICATE_KEY, 12);
        assert_int_equal(sandbox.diags.items->len, 4);
}

/* §14, §28 */
static void test_keys(void **state)
{
        g_auto(Sandbox) sandbox;
        const Key *key;
        size_t n;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(
                &sandbox,
                "[Component a]\nExecStart=/a\nProvides=k:s k:r a plain\n[Component b]\nExecStart=/b\nProvides=k:*\n"
                "[Values]\nv=1\n[Alias c]\nTarget=a\n");
        sandbox_assert_clean(&sandbox);
        key = registry_find_key(sandbox.registry, "k");
        assert_int_equal(key->shape, KEY_ROUTED);
        assert_int_equal(key->n_providers, 3);
        assert_string_equal(key->providers[0].route, "*");
        assert_int_equal(key->providers[0].index, registry_find_component(sandbox.registry, "b"));
        assert_int_equal(registry_find_key(sandbox.registry, "a")->n_providers, 1);
        assert_int_equal(registry_find_key(sandbox.registry, "v")->providers->kind, PROVIDER_VALUE);
        assert_int_equal(registry_find_key(sandbox.registry, "c")->providers->kind, PROVIDER_ALIAS);
        assert_int_equal(registry_find_key(sandbox.registry, "reeve")->providers->kind, PROVIDER_CONTAINER);
        assert_null(registry_find_key(sandbox.registry, "nope"));
        assert_int_equal(registry_find_component(sandbox.registry, "plain"), -1);
        assert_string_equal(registry_key_names(sandbox.registry, &n)[0], "a");
        assert_int_equal(n, 8);
}

/* §3: the outcome hangs on no order; canonical order is (module, file, line) */
static void test_order(void **state)
{
        g_auto(Sandbox) sandbox;
        const Definition *const *components;
        uint32_t n;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "20-a.module", "[Singletons]\nz=/z\ny=/y\n");
        (void) sandbox_write(&sandbox, "10-b.module", "[Singletons]\nx=/x\n");
        sandbox_load(&sandbox);
        sandbox_assert_clean(&sandbox);
        components = registry_components(sandbox.registry, &n);
        assert_int_equal(n, 3);
        assert_string_equal(components[0]->name, "z");
        assert_string_equal(components[1]->name, "y");
        assert_string_equal(components[2]->name, "x");
        assert_string_equal(components[2]->module->name, "b");
}

/* §34 */
static void test_only(void **state)
{
        static const char *const only_a[] = {"a", NULL}, *const only_typo[] = {"infar", NULL};
        static const char *const only_commas[] = {"", "base", "", NULL}, *const only_nothing[] = {"", NULL};
        g_auto(Sandbox) sandbox;
        const char *paths[] = {NULL, NULL};
        const Diag *diag;

        (void) state;
        sandbox_init(&sandbox);
        paths[0] = sandbox.directory;
        (void) sandbox_write(&sandbox, "a.module", "[Module]\nRequires=infra absent\n[Singletons]\na=/a\n");
        (void) sandbox_write(&sandbox, "infra.module", "[Module]\nRequires=base a\n[Singletons]\ni=/i\n");
        (void) sandbox_write(&sandbox, "base.module", "[Singletons]\nb=/b\n");
        (void) sandbox_write(&sandbox, "c.module", "[Singletons]\na=/c\nc=/c\n[Broken\n");
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .only = only_a});
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 3);
        assert_false(registry_find_module(sandbox.registry, "c")->is_loaded);
        assert_true(registry_find_module(sandbox.registry, "base")->is_loaded);
        assert_null(registry_find_key(sandbox.registry, "c"));
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .only = only_typo});
        diag = sandbox_expect(&sandbox, DIAG_MODULE_MISSING, 0);
        assert_non_null(strstr(diag->hint, "'infra'"));
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .only = only_commas});
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 1);
        sandbox_load_request(&sandbox, (LoadRequest){.paths = paths, .only = only_nothing});
        (void) sandbox_expect(&sandbox, DIAG_MODULE_MISSING, 0);
}

/* §27, §29 */
static void test_values(void **state)
{
        g_auto(Sandbox) sandbox;
        g_autofree char *text = NULL;
        const char *file, *binary;

        (void) state;
        sandbox_init(&sandbox);
        file = sandbox_write(&sandbox, "secret", "s3cret\n\n");
        binary = sandbox_write(&sandbox, "binary", "s3cret\xff");
        text = g_strdup_printf(
                "[Values]\nregion=eu-west-1\nempty=\ndb.url=x\n[Value key]\nFile=%s\n[Alias r]\nTarget=s\n[Alias "
                "s]\nTarget=region\n"
                "[Component a]\nExecStart=/a ${region} ${r} ${db.url} $${x}\nEnvironment=A=${key} B=${empty}\n",
                file);
        sandbox_load_text(&sandbox, text);
        sandbox_assert_clean(&sandbox);
        assert_string_equal(registry_find_value(sandbox.registry, "key")->text, "s3cret\n");
        assert_string_equal(registry_find_value(sandbox.registry, "r")->text, "eu-west-1");
        assert_string_equal(registry_find_value(sandbox.registry, "empty")->text, "");
        assert_null(registry_find_value(sandbox.registry, "a"));
        g_free(text);
        text = g_strdup_printf("[Value a]\nFile=%s\n[Value b]\nFile=/nonexistent\n[Value c]\n[Value "
                               "d]\nValue=x\nFile=%s\n[Alias e]\n[Alias f]\nTarget=g\n"
                               "[Alias g]\nTarget=f\n[Component z]\nExecStart=/z ${regoin} ${f} ${a.b} ${self.x} "
                               "${param.x} ${scope.id}\n[Values]\nregion=\n",
                               binary, file);
        sandbox_load_text(&sandbox, text);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 2);
        (void) sandbox_expect(&sandbox, DIAG_FILE_ERROR, 4);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 5);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 8);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 9);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 15);
        (void) sandbox_expect(&sandbox, DIAG_NOT_AVAILABLE, 15);
        assert_int_equal(sandbox.diags.items->len, 5 + 2 + 2); /* of the others, endpoints are the plan's to judge */
        for (guint i = 0; i < sandbox.diags.items->len; i++)
                assert_null(strstr(((const Diag *) sandbox.diags.items->pdata[i])->text, "s3cret"));
}

static void test_private_value(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "p.module",
                             "[Module]\nVisibility=private\n[Values]\nv=1\n[Singletons]\na=/a ${v}\n");
        (void) sandbox_write(&sandbox, "q.module", "\n\n\n[Singletons]\nb=/b ${v}\n");
        sandbox_load(&sandbox);
        (void) sandbox_expect(&sandbox, DIAG_NOT_VISIBLE, 5);
        assert_int_equal(sandbox.diags.items->len, 1);
}

static void test_many(void **state)
{
        g_autoptr(GString) text = g_string_new("[Singletons]\n");
        g_auto(Sandbox) sandbox;

        (void) state;
        for (unsigned i = 0; i < 10000; i++)
                g_string_append_printf(text, "c%u=/bin/c%u\n", i, i);
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox, text->str);
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 10000);
        /* Those that say nothing of it share it. */
        assert_ptr_equal(sandbox_component(&sandbox, "c1")->life, sandbox_component(&sandbox, "c9999")->life);
        assert_ptr_equal(sandbox_component(&sandbox, "c1")->process, sandbox_component(&sandbox, "c9999")->process);
}

/* P39: one broken megabyte is told so in bounded words. */
static void test_hopeless(void **state)
{
        static const char *const lines[] = {"[Component a]\nExecStart=/a\n|Nope=1\n", "|[Nope]\n", "[Lazy]\n|Nope=/a\n",
                                            "[Component a]\nExecStart=/a |${nope}",
                                            "[Component a]\nExecStart=/a\nRequires=|A "};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
                const char *bar = strchr(lines[i], '|');
                g_autoptr(GString) text = g_string_new_len(lines[i], bar - lines[i]);
                g_auto(Sandbox) sandbox;

                for (unsigned n = 0; n < 50000; n++)
                        g_string_append(text, bar + 1);
                sandbox_init(&sandbox);
                sandbox_load_text(&sandbox, text->str);
                assert_int_equal(sandbox.result, -EBADMSG);
                assert_in_range(sandbox.diags.items->len, 1, 1001);
        }
}

/* P39: nor do many broken files multiply that, and each is spoken of */
static void test_hopeless_together(void **state)
{
        enum { N_MODULES = 40 };
        g_autoptr(GString) text = g_string_new("[Component a]\nExecStart=/a\n");
        g_auto(Sandbox) sandbox;

        (void) state;
        for (unsigned n = 0; n < 1500; n++)
                g_string_append(text, n % 2 ? "Nope=1\n" : "nope\n");
        sandbox_init(&sandbox);
        for (unsigned i = 0; i < N_MODULES; i++) {
                g_autofree char *name = g_strdup_printf("m%u.module", i);

                (void) sandbox_write(&sandbox, name, text->str);
        }
        sandbox_load(&sandbox);
        assert_in_range(sandbox.diags.items->len, 10000, 12000);
        for (unsigned i = 0; i < N_MODULES; i++) {
                g_autofree char *name = g_strdup_printf("/m%u.module", i);
                bool is_found = false;

                for (guint n = 0; n < sandbox.diags.items->len; n++)
                        is_found |= g_str_has_suffix(((const Diag *) sandbox.diags.items->pdata[n])->origin.file, name);
                assert_true(is_found);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_conflicts),
                cmocka_unit_test(test_derived_collision),
                cmocka_unit_test(test_duplicate_keys),
                cmocka_unit_test(test_keys),
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_only),
                cmocka_unit_test(test_values),
                cmocka_unit_test(test_private_value),
                cmocka_unit_test(test_many),
                cmocka_unit_test(test_hopeless),
                cmocka_unit_test(test_hopeless_together),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
