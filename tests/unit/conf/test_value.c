/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "loading.h"

#include <signal.h>

/* One key of [Component c], and what it becomes. */
typedef struct ValueCase {
        const char *line;
        DiagCode code;    /* DIAG_N_: accepted */
        const char *word; /* of the text or hint of the finding */
} ValueCase;

/* §8, §9: refused with line, and the nearest word where there is one */
static void test_component_values(void **state)
{
        static const ValueCase cases[] = {
                {"Type=notify", DIAG_N_, NULL},
                {"Type=", DIAG_N_, NULL},
                {"Type=simpel", DIAG_INVALID_VALUE, "did you mean 'simple'"},
                {"Type=Simple", DIAG_INVALID_VALUE, "did you mean 'simple'"},
                {"Type=reeve", DIAG_N_, NULL},
                {"Type=dbus", DIAG_NOT_AVAILABLE, "Type=dbus"},
                {"Restart=on-fail", DIAG_INVALID_VALUE, "Restart='on-fail'"},
                {"Restart=allways", DIAG_INVALID_VALUE, "did you mean 'always'"},
                {"OnGiveUp=shutdown", DIAG_NOT_AVAILABLE, "OnGiveUp=shutdown"},
                {"Start=egaer", DIAG_INVALID_VALUE, "did you mean 'eager'"},
                {"StartupErrorPolicy=warning", DIAG_INVALID_VALUE, "StartupErrorPolicy"},
                {"NoNewPrivileges=yes", DIAG_N_, NULL},
                {"NoNewPrivileges=on", DIAG_INVALID_VALUE, "yes, no, true or false"},
                {"Nice=-20", DIAG_N_, NULL},
                {"Nice=20", DIAG_INVALID_VALUE, "between -20 and 19"},
                {"Nice=1.5", DIAG_INVALID_VALUE, "whole number"},
                {"Nice=99999999999999999999", DIAG_INVALID_VALUE, "between -20 and 19"},
                {"MemoryMax=99999999999999999999", DIAG_INVALID_VALUE, "more than can be held"},
                {"OOMScoreAdjust=-1001", DIAG_INVALID_VALUE, "between"},
                {"Priority=5", DIAG_N_, NULL},
                {"UMask=0777", DIAG_N_, NULL},
                {"UMask=1777", DIAG_INVALID_VALUE, "octal"},
                {"UMask=99", DIAG_INVALID_VALUE, "octal"},
                {"TimeoutStartSec=infinity", DIAG_N_, NULL},
                {"TimeoutStartSec=0", DIAG_INVALID_VALUE, "too little"},
                {"TimeoutStartSec=-1", DIAG_INVALID_VALUE, "duration"},
                {"TimeoutStopSec=0", DIAG_N_, NULL},
                {"TimeoutStopSec=1000y", DIAG_INVALID_VALUE, "too much"},
                {"TimeoutStopSec=5 parsecs", DIAG_INVALID_VALUE, "1min 30s"},
                {"MemoryMax=512M", DIAG_N_, NULL},
                {"MemoryMax=0", DIAG_INVALID_VALUE, "too little"},
                {"MemoryMax=lots", DIAG_INVALID_VALUE, "size"},
                {"TasksMax=infinity", DIAG_N_, NULL},
                {"TasksMax=0", DIAG_INVALID_VALUE, "too little"},
                {"CPUWeight=0", DIAG_INVALID_VALUE, "between 1 and 10000"},
                {"CPUQuota=200%", DIAG_N_, NULL},
                {"CPUQuota=50", DIAG_INVALID_VALUE, "percentage"},
                {"CPUQuota=0%", DIAG_INVALID_VALUE, "between"},
                {"KillSignal=SIGINT", DIAG_N_, NULL},
                {"KillSignal=SIGTREM", DIAG_INVALID_VALUE, "did you mean 'SIGTERM'"},
                {"SuccessExitStatus=1 2 255", DIAG_N_, NULL},
                {"SuccessExitStatus=256", DIAG_INVALID_VALUE, "exit status"},
                {"SuccessExitStatus=SIGTERM", DIAG_INVALID_VALUE, "0 to 255"},
                {"LimitNOFILE=1:x", DIAG_INVALID_VALUE, "limit"},
                {"LimitNOFILE=2:1", DIAG_INVALID_VALUE, "above the hard one"},
                {"LimitFOO=1", DIAG_UNKNOWN_KEY, "LimitFOO"},
                {"User=1000", DIAG_N_, NULL},
                {"User=-x", DIAG_INVALID_VALUE, "account"},
                {"Group=a:b", DIAG_INVALID_VALUE, "account"},
                {"WorkingDirectory=x", DIAG_INVALID_VALUE, "absolute"},
                {"StandardOutput=append:/x", DIAG_N_, NULL},
                {"StandardOutput=jornal", DIAG_INVALID_VALUE, "did you mean 'journal'"},
                {"StandardOutput=file:x", DIAG_INVALID_VALUE, "absolute"},
                {"StandardOutput=null:/x", DIAG_INVALID_VALUE, "file:/PATH"},
                {"Environment=A=1 \"B=x y\"", DIAG_N_, NULL},
                {"Environment=A", DIAG_INVALID_VALUE, "word 1"},
                {"Environment=A=1 1B=2", DIAG_INVALID_VALUE, "word 2"},
                {"Environment=\"A=1", DIAG_INVALID_VALUE, "not closed"},
                {"PassEnvironment=A B-C", DIAG_INVALID_VALUE, "B-C"},
                {"Labels=a=1 b", DIAG_INVALID_VALUE, "key=value"},
                {"Requires=a b:c", DIAG_N_, NULL},
                {"Requires=A", DIAG_INVALID_VALUE, "such as 'a'"},
                {"Requires=a:", DIAG_INVALID_VALUE, "route"},
                {"Requires=a:*", DIAG_INVALID_VALUE, "route"},
                {"Provides=k:* l", DIAG_N_, NULL},
                {"Provides=k:a*", DIAG_INVALID_VALUE, "route"},
                {"Scope=singelton", DIAG_INVALID_VALUE, "did you mean 'singleton'"},
                {"Scope=Kind", DIAG_INVALID_VALUE, "name"},
                {"ConditionPathExists=x", DIAG_INVALID_VALUE, "absolute"},
                {"ReadyProbe=unix:/x", DIAG_NOT_AVAILABLE, "Type=external"},
                {"WatchdogSec=5", DIAG_N_, NULL},
                {"WatchdogSec=soon", DIAG_INVALID_VALUE, "duration"},
                {"ExecStartup=/bin/sh -c 'a b'", DIAG_N_, NULL},
                {"ExecShutdown=bin/x", DIAG_INVALID_VALUE, "relative path"},
                {"ExecPreDestroy=-/bin/x", DIAG_INVALID_VALUE, "prefix -"},
                {"ExecPostConstruct=/bin/x ${nothing}", DIAG_INVALID_VALUE,
                 "${nothing} in ExecPostConstruct= is not defined"},
                {"Type=module", DIAG_INVALID_VALUE, "Type"},
                {"Wraps=k", DIAG_NOT_AVAILABLE, "Wraps"},
                {"Contributes=k rank=-7 l", DIAG_N_, NULL},
                {"Contributes=k rank=1.5", DIAG_INVALID_VALUE, "is no rank"},
                {"Contributes=rank=1", DIAG_INVALID_VALUE, "stands before any key"},
                {"Contributes=k:r", DIAG_INVALID_VALUE, "is not the name of a group"},
                {"LivenessProbe=tcp:127.0.0.1:80", DIAG_NOT_AVAILABLE, "LivenessProbe"},
                {"Visibility=private", DIAG_UNKNOWN_KEY, "belongs in [Module]"},
                {"ExecStrat=/x", DIAG_UNKNOWN_KEY, "did you mean 'ExecStart'"},
                {"restart=always", DIAG_UNKNOWN_KEY, "did you mean 'Restart'"},
                {"X-Anything=goes", DIAG_N_, NULL},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strconcat("[Component c]\nExecStart=/bin/c\n", cases[i].line, "\n", NULL);
                g_auto(Sandbox) sandbox;
                const Diag *diag;

                sandbox_init(&sandbox);
                sandbox_load_text(&sandbox, text);
                if (cases[i].code == DIAG_N_) {
                        sandbox_assert_clean(&sandbox);
                        continue;
                }
                assert_int_equal(sandbox.result, -EBADMSG);
                diag = sandbox_expect(&sandbox, cases[i].code, 3);
                if (!strstr(diag->text, cases[i].word) && !(diag->hint && strstr(diag->hint, cases[i].word)))
                        sandbox_show(&sandbox);
                assert_true(strstr(diag->text, cases[i].word) || (diag->hint && strstr(diag->hint, cases[i].word)));
        }
}

static void test_commands(void **state)
{
        static const struct {
                const char *command, *word; /* NULL: accepted */
        } cases[] = {
                {"/bin/c a 'b c'", NULL},
                {"c", NULL},
                {"${env:PATH}/c", NULL},
                {"", "no ExecStart="},
                {"-/bin/c", "prefix -"},
                {"@/bin/c", "prefix @"},
                {"!/bin/c", "prefix !"},
                {"./c", "relative"},
                {"\"\"", "no program"},
                {"/bin/c \"", "not closed"},
                {"/bin/c \\q", "backslash"},
                {"/bin/c ; /bin/d", "only one command"},
                {"/bin/c $HOME", "lone $"},
                {"/bin/c ${", "not closed"},
                {"/bin/c ${nope}", "no value of that name"},
                {"/bin/c ${env:REEVE_TEST_UNSET}", "no such variable"},
        };

        (void) state;
        assert_int_equal(unsetenv("REEVE_TEST_UNSET"), 0);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strconcat("[Component c]\nExecStart=", cases[i].command, "\n", NULL);
                g_auto(Sandbox) sandbox;
                const Diag *diag;

                sandbox_init(&sandbox);
                sandbox_load_text(&sandbox, text);
                if (!cases[i].word) {
                        sandbox_assert_clean(&sandbox);
                        continue;
                }
                diag = sandbox_expect(&sandbox, DIAG_INVALID_VALUE, *cases[i].command ? 2 : 1);
                assert_non_null(strstr(diag->text, cases[i].word));
        }
}

static void test_defaults(void **state)
{
        g_auto(Sandbox) sandbox;
        const Definition *c;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox, "[Component c]\nExecStart=/bin/c\nNice=3\nTimeoutStopSec=5\nNice=\n");
        sandbox_load_text(&sandbox, "[Component c]\nExecStart=/bin/c\n");
        sandbox_assert_clean(&sandbox);
        c = sandbox_component(&sandbox, "c");
        assert_int_equal(c->type, TYPE_SIMPLE);
        assert_int_equal(c->policy, POLICY_STRICT);
        assert_int_equal(c->life->timeout_start, 30000000);
        assert_int_equal(c->life->timeout_stop, 10000000);
        assert_int_equal(c->life->restart_delay, 100000);
        assert_int_equal(c->life->restart_max_delay, 30000000);
        assert_int_equal(c->life->start_limit_burst, 5);
        assert_int_equal(c->life->start_limit_interval, 60000000);
        assert_int_equal(c->life->restart, RESTART_NEVER);
        assert_int_equal(c->life->kill_signal, SIGTERM);
        assert_int_equal(c->life->probe_interval, 10000000);
        assert_int_equal(c->life->probe_timeout, 5000000);
        assert_int_equal(c->process->umask, 0022);
        assert_true(c->process->memory_max == UINT64_MAX && c->process->tasks_max == UINT64_MAX &&
                    c->process->cpu_quota == UINT64_MAX);
        assert_int_equal(c->process->output, OUTPUT_AUTO);
        assert_null(c->process->environment[0]);
}

#define TWENTY_BYTES "abcdefghijklmnopqrst"
#define A_HUNDRED_BYTES TWENTY_BYTES TWENTY_BYTES TWENTY_BYTES TWENTY_BYTES TWENTY_BYTES

static void test_external(void **state)
{
        static const struct {
                const char *lines;
                uint32_t line; /* 0: accepted */
        } cases[] = {
                {"ReadyProbe=unix:/run/x", 0},
                {"ReadyProbe=tcp:127.0.0.1:80\nTimeoutStartSec=5", 0},
                {"ReadyProbe=tcp:[::1]:80", 0},
                {"ReadyProbe=tcp:[fe80::1%eth0]:80", 0},
                {"ReadyProbe=unix:/run/" A_HUNDRED_BYTES "/" A_HUNDRED_BYTES "/socket", 0},
                {"ReadyProbe=unix:/run/", 3},
                {"ReadyProbe=tcp:[::1%]:80", 3},
                {"", 1},
                {"ReadyProbe=tcp:localhost:80", 3},
                {"ReadyProbe=tcp:127.0.0.1:0", 3},
                {"ReadyProbe=tcp:127.0.0.1", 3},
                {"ReadyProbe=unix:x", 3},
                {"ReadyProbe=udp:1.2.3.4:5", 3},
                {"ReadyProbe=unix:/run/x\nExecStart=/bin/x", 4},
                {"ReadyProbe=unix:/run/x\nUser=root", 4},
                {"ReadyProbe=unix:/run/x\nEnvironment=A=1", 4},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *text = g_strconcat("[Component c]\nType=external\n", cases[i].lines, "\n", NULL);
                g_auto(Sandbox) sandbox;

                sandbox_init(&sandbox);
                sandbox_load_text(&sandbox, text);
                if (cases[i].line == 0)
                        sandbox_assert_clean(&sandbox);
                else
                        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, cases[i].line);
        }
}

/* §45 */
static void test_start_and_scope(void **state)
{
        g_auto(Sandbox) sandbox;

        (void) state;
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox,
                          "[Component a]\nExecStart=/a\nScope=request\nStart=eager\n[Component "
                          "b]\nExecStart=/b\nScope=session\nStart=lazy\n"
                          "[Scope session]\n[Scope tab]\nParent=session\n[Component c]\nExecStart=/c\nScope=sesion\n");
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 4);
        assert_non_null(strstr(sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 14)->hint, "'session'"));
        assert_int_equal(sandbox.diags.items->len, 2);
        assert_string_equal(registry_find_scope_kind(sandbox.registry, "tab")->parent, "session");
        sandbox_load_text(&sandbox,
                          "[Scope a]\nParent=b\n[Scope b]\nParent=a\n[Scope c]\nParent=nope\n[Scope request]\n");
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 2);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 6);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 7);
        assert_int_equal(sandbox.diags.items->len, 3);
}

/* P40: no program can be given this much, so nobody is told that it is well */
static void test_too_long(void **state)
{
        g_autofree char *word = g_strnfill(128 * 1024, 'w'), *fits = g_strnfill(128 * 1024 - 1, 'w'),
                        *words = g_strnfill(400 * 1000, ' ');
        const char *const arguments[] = {fits, word, words};

        (void) state;
        for (size_t i = 0; words[i]; i += 2)
                words[i] = 'w';
        for (size_t i = 0; i < G_N_ELEMENTS(arguments); i++) {
                g_autofree char *text = g_strconcat("[Component c]\nExecStart=/bin/c ", arguments[i], "\n", NULL);
                g_auto(Sandbox) sandbox;

                sandbox_init(&sandbox);
                sandbox_load_text(&sandbox, text);
                if (i == 0)
                        sandbox_assert_clean(&sandbox);
                else
                        assert_non_null(strstr(sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 2)->text, "can be given"));
        }
}

/* P39: a module's variables are not multiplied by its components without bound */
static void test_many_variables(void **state)
{
        g_autoptr(GString) text = g_string_new("[Module]\nEnvironment=");
        g_auto(Sandbox) sandbox;

        (void) state;
        for (unsigned i = 0; i < 999; i++)
                g_string_append_printf(text, "V%u=1 ", i);
        g_string_append(text, "\n[Component a]\nExecStart=/a\nEnvironment=A=1\n[Component b]\nExecStart=/b\nNice=5\n");
        sandbox_init(&sandbox);
        sandbox_load_text(&sandbox, text->str);
        sandbox_assert_clean(&sandbox);
        assert_string_equal(sandbox_component(&sandbox, "a")->process->environment[0], "A=1");
        assert_string_equal(sandbox_component(&sandbox, "b")->process->environment[0], "V0=1");

        g_string_append(text, "[Component c]\nExecStart=/c\nEnvironment=A=1 B=1\n");
        sandbox_load_text(&sandbox, text->str);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 11);
        assert_int_equal(sandbox.diags.items->len, 1);

        g_string_append(text, "[Component d]\nExecStart=/d\n");
        g_string_insert(text, (gssize) strlen("[Module]\nEnvironment="), "W=1 X=1 ");
        sandbox_load_text(&sandbox, text->str);
        (void) sandbox_expect(&sandbox, DIAG_INVALID_VALUE, 2);
        assert_int_equal(sandbox.diags.items->len, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_component_values), cmocka_unit_test(test_commands),
                cmocka_unit_test(test_defaults),         cmocka_unit_test(test_external),
                cmocka_unit_test(test_start_and_scope),  cmocka_unit_test(test_too_long),
                cmocka_unit_test(test_many_variables),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
