/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "conf/schema.h"

/* Every key of the design's tables, whether available or not, and no other; its Limit*= are those of setrlimit(2). */
static const struct {
        SchemaFile file;
        const char *section, *keys;
} design[] = {
        {SCHEMA_MODULE_FILE, "Module",
         "Name Description Documentation Requires Visibility StartupErrorPolicy Resources Environment Strategy "
         "StartLimitBurst "
         "StartLimitIntervalSec OnGiveUp ExecPostConstruct ExecStartup ExecShutdown ExecPreDestroy Overlay "
         "FormatVersion"},
        {SCHEMA_MODULE_FILE, "Component",
         "Description Documentation Labels Priority Type ExecStart ExecWrapper Environment EnvironmentFile "
         "PassEnvironment "
         "WorkingDirectory User Group UMask Nice OOMScoreAdjust LimitCPU LimitFSIZE "
         "LimitDATA LimitSTACK LimitCORE LimitRSS LimitNOFILE LimitAS LimitNPROC LimitMEMLOCK LimitLOCKS "
         "LimitSIGPENDING "
         "LimitMSGQUEUE LimitNICE LimitRTPRIO LimitRTTIME MemoryMax CPUWeight CPUQuota "
         "TasksMax "
         "NoNewPrivileges LoadCredential StandardOutput BusName Scope Start StartupErrorPolicy StartRetries "
         "TimeoutStartSec "
         "TimeoutStopSec KillSignal ExecPostConstruct ExecStartup ExecShutdown ExecPreDestroy ExecReload "
         "SuccessExitStatus "
         "Significant ConditionPathExists ConditionPathIsDirectory ConditionFileNotEmpty ConditionEnvironment "
         "ConditionArchitecture ConditionHost Provides Contributes Requires Wants After Resolves Wraps Replace "
         "Parameters Listen "
         "AllocatePort Publish ReadyProbe LivenessProbe ProbeIntervalSec ProbeTimeoutSec ProbeFailures OnUnhealthy "
         "WatchdogSec "
         "Restart RestartSec RestartMaxDelaySec StartLimitBurst StartLimitIntervalSec OnGiveUp"},
        {SCHEMA_MODULE_FILE, "Singletons", "ExecStart"},
        {SCHEMA_MODULE_FILE, "Lazy", "ExecStart"},
        {SCHEMA_MODULE_FILE, "Transient", "ExecStart"},
        {SCHEMA_MODULE_FILE, "Request", "ExecStart"},
        {SCHEMA_MODULE_FILE, "Values", ""},
        {SCHEMA_MODULE_FILE, "Value", "Value File Codec Secret"},
        {SCHEMA_MODULE_FILE, "Alias", "Target"},
        {SCHEMA_MODULE_FILE, "Resource", "Url PasswordFile InitScript TimeoutSec Required"},
        {SCHEMA_MODULE_FILE, "Gate", "ExecStart Required Priority TimeoutSec SkipIn"},
        {SCHEMA_MODULE_FILE, "Contracts", "Directory Require Waivers"},
        {SCHEMA_MODULE_FILE, "Scope", "Parent MaxCount IdleTimeoutSec"},
        {SCHEMA_MODULE_FILE, "Key", "Routes"},
        {SCHEMA_MODULE_FILE, "Interceptor", "Priority Operations Component ExecStart TimeoutSec"},
        {SCHEMA_MODULE_FILE, "Reference", "Key Route Cardinality Policy Greedy Target Soft ExcludeSelf"},
        {SCHEMA_SETTINGS_FILE, "Container",
         "Name Environment StartupErrorPolicy MaxParallelStarts StopBudgetSec AutoScan Modules ExcludeModules "
         "AutoShutdown "
         "HoldOnFailure LogLevel Bus"},
};

static void test_complete(void **state)
{
        (void) state;
        assert_int_equal(G_N_ELEMENTS(design), schema_n_sections);
        for (size_t i = 0; i < G_N_ELEMENTS(design); i++) {
                const SchemaSection *section = schema_find_section(design[i].file, design[i].section);
                g_auto(GStrv) keys = g_strsplit(design[i].keys, " ", -1);

                assert_non_null(section);
                for (size_t j = 0; keys[j]; j++) {
                        if (!schema_find_key(section, keys[j]))
                                print_error("[%s] %s\n", section->name, keys[j]);
                        assert_non_null(schema_find_key(section, keys[j]));
                }
                for (const SchemaKey *key = section->keys; key->name; key++) {
                        if (!g_strv_contains((const char *const *) keys, key->name))
                                print_error("[%s] %s is not in the design\n", section->name, key->name);
                        assert_true(g_strv_contains((const char *const *) keys, key->name));
                }
        }
}

/* A row is whole, and stands once. */
static void test_rows(void **state)
{
        (void) state;
        for (size_t i = 0; i < schema_n_sections; i++) {
                const SchemaSection *section = &schema_sections[i];

                assert_non_null(section->doc);
                for (const SchemaKey *key = section->keys; key->name; key++) {
                        assert_non_null(key->doc);
                        assert_ptr_equal(schema_find_key(section, key->name), key);
                        assert_non_null(schema_kinds[key->kind].doc);
                        assert_int_equal(key->kind == KIND_WORD, key->words != NULL);
                        assert_true(section->role != ROLE_LATER || key->kind == KIND_LATER);
                }
        }
}

/* §8: the nearest valid word */
static void test_nearest(void **state)
{
        const SchemaSection *component = schema_find_section(SCHEMA_MODULE_FILE, "Component");

        (void) state;
        assert_string_equal(schema_nearest_section(SCHEMA_MODULE_FILE, "Compnent"), "Component");
        assert_string_equal(schema_nearest_section(SCHEMA_MODULE_FILE, "singletons"), "Singletons");
        assert_null(schema_nearest_section(SCHEMA_MODULE_FILE, "Xyzzyplugh"));
        assert_string_equal(schema_nearest_key(component, "ExecStrat"), "ExecStart");
        assert_string_equal(schema_nearest_key(component, "Requries"), "Requires");
        assert_null(schema_find_section(SCHEMA_MODULE_FILE, "Container"));
        assert_null(schema_find_key(component, "execstart"));
        assert_string_equal(schema_find_owner(SCHEMA_MODULE_FILE, "Visibility")->name, "Module");
}

static void test_printed(void **state)
{
        g_autoptr(GString) text = g_string_new(NULL), markdown = g_string_new(NULL), json_text = g_string_new(NULL);
        Json json;

        (void) state;
        schema_format(text);
        schema_format_markdown(markdown);
        json_init(&json, json_text);
        schema_to_json(&json);
        for (size_t i = 0; i < schema_n_sections; i++)
                for (const SchemaKey *key = schema_sections[i].keys; key->name; key++) {
                        g_autofree char *row = g_strdup_printf("| `%s=` |", key->name),
                                        *field = g_strdup_printf("\"%s\"", key->name);

                        assert_non_null(strstr(text->str, key->name));
                        assert_non_null(strstr(markdown->str, row));
                        assert_non_null(strstr(json_text->str, field));
                }
        assert_non_null(strstr(text->str, "TimeoutStartSec=  (duration; default 30s)"));
        assert_non_null(strstr(markdown->str, "not available yet"));
        assert_non_null(strstr(markdown->str, "simple, notify, reeve, oneshot"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_complete),
                cmocka_unit_test(test_rows),
                cmocka_unit_test(test_nearest),
                cmocka_unit_test(test_printed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
