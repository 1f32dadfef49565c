/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

/* §10: three notations in one file, and in one list */
static void test_mixed(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(
                &sandbox,
                "[Module]\nStartupErrorPolicy=warn\nEnvironment=A=1 B=2\n"
                "[Singletons]\nExecStart=/usr/lib/shop/UserService\nmailer=/usr/lib/shop/relay --quiet\n"
                "ExecStart=/usr/lib/shop/Db2Proxy x\n"
                "[Lazy]\nExecStart=/bin/lazy\n[Transient]\nt=/bin/t\n[Request]\nr=/bin/r\n"
                "[Component catalog]\nExecStart=/bin/catalog \"a b\"\nEnvironment=B=3\nStartupErrorPolicy=ignore\n");
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 7);
        assert_int_equal(sandbox_component(&sandbox, "user-service")->origin.line, 5); /* §11 */
        assert_string_equal(sandbox_component(&sandbox, "mailer")->argv[1], "--quiet");
        assert_string_equal(sandbox_component(&sandbox, "db2-proxy")->argv[1], "x");
        assert_int_equal(sandbox_component(&sandbox, "mailer")->policy, POLICY_WARN);
        assert_int_equal(sandbox_component(&sandbox, "lazy")->start, START_LAZY);
        assert_int_equal(sandbox_component(&sandbox, "t")->scope, SCOPE_TRANSIENT);
        assert_int_equal(sandbox_component(&sandbox, "t")->start, START_LAZY);
        assert_int_equal(sandbox_component(&sandbox, "r")->scope, SCOPE_REQUEST);
        assert_int_equal(sandbox_component(&sandbox, "catalog")->policy, POLICY_IGNORE);
        assert_string_equal(sandbox_component(&sandbox, "catalog")->argv[1], "a b");
        assert_string_equal(sandbox_component(&sandbox, "catalog")->process->environment[0], "A=1");
        assert_string_equal(sandbox_component(&sandbox, "catalog")->process->environment[1], "B=3");
        assert_string_equal(sandbox_component(&sandbox, "mailer")->process->environment[1], "B=2");
}

typedef struct Variant {
        const char *text, *drop_in; /* or NULL */
} Variant;

static char *load_hash(const Variant *variant)
{
        g_auto(Sandbox) sandbox;

        sandbox_init(&sandbox);
        if (variant->drop_in)
                (void) sandbox_write(&sandbox, "m.module.d/a.conf", variant->drop_in);
        sandbox_load_text(&sandbox, variant->text);
        sandbox_assert_clean(&sandbox);
        return g_strdup(registry_hash(sandbox.registry));
}

/* §6, §7, §10: how it is written shows nowhere */
static void test_equal_meaning(void **state)
{
        static const Variant same[] = {
                {"[Singletons]\nExecStart=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1 "
                 "B=2\n",
                 NULL},
                {"[Singletons]\na=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a\nRequires=k:r\nEnvironment=A=1 "
                 "B=2\n",
                 NULL},
                {"# c\n[Component b]\nEnvironment=B=2\nEnvironment=A=0 A=1\nRequires=k:r a a\nExecStart=/bin/b\n\n"
                 "[Component a]\nExecStart=\"/bin/a\"   "
                 "x\nType=simple\nTimeoutStartSec=30000ms\nRestart=never\nX-Y=1\n",
                 NULL},
                {"[Component b]\nExecStart=/bin/b\nRequires=a\n[Component a]\nExecStart=/bin/old\n",
                 "[Component a]\nExecStart=/bin/a x\n[Component b]\nRequires=k:r\nEnvironment=A=1 B=2\n"},
                {"[Module]\nName=m\nVisibility=public\nFormatVersion=1\n[Singletons]\na=/bin/a \\\n  x\n"
                 "[Component b]\nExecStart=/bin/b\nWants=gone\nWants=\nRequires=a k:r\nEnvironment=A=1 B=2\n",
                 NULL},
        };
        static const Variant other[] = {
                {"[Singletons]\nExecStart=/bin/a y\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1 "
                 "B=2\n",
                 NULL},
                {"[Singletons]\nExecStart=/bin/a x\n[Component "
                 "b]\nExecStart=/bin/b\nWants=a\nRequires=k:r\nEnvironment=A=1 B=2\n",
                 NULL},
                {"[Singletons]\nExecStart=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1\n",
                 NULL},
                {"[Lazy]\nExecStart=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1 B=2\n",
                 NULL},
                {"[Singletons]\nExecStart=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1 "
                 "B=2\nNice=1\n",
                 NULL},
                {"[Singletons]\nExecStart=/bin/a x\n[Component b]\nExecStart=/bin/b\nRequires=a k:r\nEnvironment=A=1 "
                 "B=2\n[Values]\nv=\n",
                 NULL},
        };
        g_autofree char *hash = load_hash(&same[0]);

        (void) state;
        assert_int_equal(strlen(hash), 64);
        for (size_t i = 1; i < G_N_ELEMENTS(same); i++) {
                g_autofree char *equal = load_hash(&same[i]);

                if (!g_str_equal(hash, equal))
                        print_error("variant %zu\n", i);
                assert_string_equal(hash, equal);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(other); i++) {
                g_autofree char *different = load_hash(&other[i]);

                assert_string_not_equal(hash, different);
        }
}

/* §11: an explicit name wins; what gives no name is said so */
static void test_names(void **state)
{
        g_auto(Sandbox) sandbox;
        const Module *const *modules;
        uint32_t n;

        (void) state;
        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "10-web.module", "");
        (void) sandbox_write(&sandbox, "20-x.module", "[Module]\nName=infra\n");
        sandbox_load(&sandbox);
        sandbox_assert_clean(&sandbox);
        modules = registry_modules(sandbox.registry, &n);
        assert_int_equal(n, 2);
        assert_string_equal(modules[0]->name, "infra");
        assert_string_equal(modules[1]->name, "web");
        (void) sandbox_write(&sandbox, "30-Bad Name.module",
                             "[Singletons]\nExecStart=/bin/42\nBad=/bin/x\n[Component Worse]\nExecStart=/x\n");
        sandbox_load(&sandbox);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 0);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 2);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 3);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 4);
}

/* §12: lists accumulate, an empty assignment clears */
static void test_lists(void **state)
{
        g_auto(Sandbox) sandbox;
        const Definition *a;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox,
                          "[Singletons]\nExecStart=/bin/gone\nExecStart=\nExecStart=/bin/b\n"
                          "[Component a]\nExecStart=/bin/a\nRequires=x\nRequires=y z\nWants=x\nWants=\nWants=w\n"
                          "LimitNOFILE=10\nLimitCORE=1:2\nLabels=b=1 a=2\nSuccessExitStatus=3 1 0\n");
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 2);
        a = sandbox_component(&sandbox, "a");
        assert_int_equal(a->wiring->n_refs, 4);
        assert_string_equal(a->wiring->refs[2].key, "z");
        assert_int_equal(a->wiring->refs[2].origin.line, 8);
        assert_int_equal(a->wiring->refs[3].kind, REF_WANTS);
        assert_int_equal(a->process->n_limits, 2);
        assert_string_equal(a->labels[0], "a=2");
        assert_int_equal(a->life->n_success_status, 2);
        assert_int_equal(a->life->success_status[0], 1);
}

/* §13 */
static void test_empty(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load(&sandbox);
        sandbox_assert_clean(&sandbox);
        assert_int_equal(sandbox_count(&sandbox), 0);
        /* §28 */
        assert_non_null(registry_find_key(sandbox.registry, "reeve"));
        assert_non_null(registry_find_key(sandbox.registry, "reeve.scopes"));
        assert_int_equal(registry_find_component(sandbox.registry, "reeve"), -1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mixed), cmocka_unit_test(test_equal_meaning), cmocka_unit_test(test_names),
                cmocka_unit_test(test_lists), cmocka_unit_test(test_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
