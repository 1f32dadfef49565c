/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/schema.h"
#include "loading.h"

typedef struct Row {
        const char *keys;  /* as the schema names them */
        const char *value; /* that is no default */
        const char *type;  /* of the component; NULL: simple */
} Row;

/* Every key that holds something to be carried out. One that a file may have and the hash passes over would be a change
 * that a reload does not see. */
static const Row component_rows[] = {
        {"Description Documentation", "text", NULL},
        {"Labels", "a=b", NULL},
        {"Priority Nice OOMScoreAdjust StartRetries CPUWeight TasksMax StartLimitBurst", "17", NULL},
        {"Type", "notify", NULL},
        {"ExecStart", "/bin/another", NULL},
        {"Environment", "A=1", NULL},
        {"EnvironmentFile", "/etc/os-release", NULL},
        {"LoadCredential", "id:/etc/os-release", NULL},
        {"PassEnvironment", "LANG", NULL},
        {"WorkingDirectory", "/usr", NULL},
        {"User Group", "0", NULL},
        {"UMask", "0077", NULL},
        {"LimitCPU LimitFSIZE LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK "
         "LimitLOCKS "
         "LimitSIGPENDING LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME",
         "7", NULL},
        {"MemoryMax", "1M", NULL},
        {"CPUQuota", "50%", NULL},
        {"NoNewPrivileges", "yes", NULL},
        {"StandardOutput", "null", NULL},
        {"Scope", "transient", NULL},
        {"Start", "lazy", NULL},
        {"StartupErrorPolicy", "warn", NULL},
        {"TimeoutStartSec TimeoutStopSec RestartSec StartLimitIntervalSec", "7s", NULL},
        {"RestartMaxDelaySec", "7min", NULL},
        {"KillSignal", "SIGINT", NULL},
        {"SuccessExitStatus", "7", NULL},
        {"ExecPostConstruct ExecStartup ExecShutdown ExecPreDestroy", "/bin/hook", NULL},
        {"WatchdogSec", "7s", "notify"},
        {"ConditionPathExists ConditionPathIsDirectory ConditionFileNotEmpty", "!/nowhere", NULL},
        {"ConditionEnvironment", "!REEVE_NOWHERE", NULL},
        {"ConditionArchitecture", "native", NULL},
        {"ConditionHost", "*", NULL},
        {"Provides Contributes Requires Wants After Resolves", "other-key", NULL},
        {"Listen", "x=tcp:127.0.0.1:0", NULL},
        {"AllocatePort", "x", NULL},
        {"Publish", "x=y", NULL},
        {"ReadyProbe", "unix:/another", "external"},
        {"ProbeIntervalSec ProbeTimeoutSec", "7s", "external"},
        {"Restart", "always", NULL},
        /* There is one value today. */
        {"OnGiveUp", NULL, NULL},
};

static const Row module_rows[] = {
        {"Name", "another", NULL},
        {"Description Documentation", "text", NULL},
        {"Requires", "other", NULL},
        {"Visibility", "private", NULL},
        {"StartupErrorPolicy", "ignore", NULL},
        {"Environment", "A=1", NULL},
        {"ExecPostConstruct ExecStartup ExecShutdown ExecPreDestroy", "/bin/hook", NULL},
        /* Refused wherever it stands, and a promise about the format: neither means anything that runs. */
        {"Resources FormatVersion", NULL, NULL},
};

/* DROP_IN lies over a component that is as short as its TYPE allows. */
static char *hash_of(const char *type, const char *drop_in)
{
        g_autofree char *text =
                g_strdup_printf("[Component c]\nType=%s\n%s\n", type ? type : "simple",
                                g_strcmp0(type, "external") == 0 ? "ReadyProbe=unix:/one" : "ExecStart=/bin/one");
        g_auto(Sandbox) sandbox;

        sandbox_init(&sandbox);
        (void) sandbox_write(&sandbox, "m.module.d/a.conf", drop_in);
        sandbox_load_text(&sandbox, text);
        sandbox_assert_clean(&sandbox);
        return g_strdup(registry_hash(sandbox.registry));
}

static const Row *find_row(const Row *rows, size_t n, const char *key)
{
        for (size_t i = 0; i < n; i++) {
                g_auto(GStrv) keys = g_strsplit(rows[i].keys, " ", -1);

                if (g_strv_contains((const char *const *) keys, key))
                        return &rows[i];
        }
        print_error("%s= has no row here\n", key);
        fail();
        return NULL;
}

static void check_section(const char *name, const char *header, const Row *rows, size_t n)
{
        const SchemaSection *section = schema_find_section(SCHEMA_MODULE_FILE, name);

        for (const SchemaKey *key = section->keys; key->name; key++) {
                const Row *row = key->kind == KIND_LATER ? NULL : find_row(rows, n, key->name);
                g_autofree char *plain = NULL, *changed = NULL, *drop_in = NULL;

                if (!row || !row->value)
                        continue;
                drop_in = g_strdup_printf("%s\n%s=%s\n", header, key->name, row->value);
                plain = hash_of(row->type, "# nothing\n");
                changed = hash_of(row->type, drop_in);
                if (g_str_equal(plain, changed))
                        print_error("%s=%s changes nothing\n", key->name, row->value);
                assert_string_not_equal(plain, changed);
        }
}

/* §6 */
static void test_every_key(void **state)
{
        check_section("Component", "[Component c]", component_rows, G_N_ELEMENTS(component_rows));
        check_section("Module", "[Module]", module_rows, G_N_ELEMENTS(module_rows));
}

/* §7: what a reference or a key says counts, in what order it says it does not. */
static void test_references(void **state)
{
        static const struct {
                const char *one, *other;
                bool is_same;
        } cases[] = {
                {"[Reference c/k]\nCardinality=0..1", "[Reference c/k]\nCardinality=0..2", false},
                {"[Reference c/k]\nKey=other", "[Reference c/k]\nKey=another", false},
                {"[Reference c/k]\nRoute=a", "[Reference c/k]\nRoute=b", false},
                {"[Reference c/k]\nTarget=a=1", "[Reference c/k]\nTarget=a!=1", false},
                {"[Reference c/k]\nTarget=has:a", "[Reference c/k]\nTarget=!has:a", false},
                {"[Reference c/k]\nSoft=yes", "[Reference c/k]\nSoft=no", false},
                {"[Reference c/k]\nExcludeSelf=yes", "[Reference c/k]\nExcludeSelf=no", false},
                {"[Reference c/k]\nTarget=a=1 b=2\nTarget=a=1", "[Reference c/k]\nTarget=b=2 a=1", true},
                {"[Reference c/k]\nKey=k\nCardinality=1..1", "[Reference c/k]\nSoft=no", true},
                {"[Component c]\nContributes=a b", "[Component c]\nContributes=b rank=0 a", true},
                {"[Component c]\nContributes=a rank=1", "[Component c]\nContributes=a rank=2", false},
                {"[Component c]\nContributes=a rank=1 a rank=2", "[Component c]\nContributes=a rank=2", true},
                {"[Key k]\nRoutes=a b", "[Key k]\nRoutes=b a a", true},
                {"[Key k]\nRoutes=a b", "[Key k]\nRoutes=a", false},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *one = hash_of(NULL, cases[i].one), *other = hash_of(NULL, cases[i].other);

                if (g_str_equal(one, other) != cases[i].is_same)
                        print_error("%s\n%s\n", cases[i].one, cases[i].other);
                assert_true(g_str_equal(one, other) == cases[i].is_same);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_key),
                cmocka_unit_test(test_references),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
