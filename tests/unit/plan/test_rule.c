/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which findings a configuration has, and where. What they say is judged in tests/golden. */
#include "scratch.h"

#define C(name) "[Component " name "]\nExecStart=/bin/true\n"
#define LAZY(name) C(name) "Start=lazy\n"
#define TRANSIENT(name) C(name) "Scope=transient\n"
#define REQUEST(name) C(name) "Scope=request\n"
#define KIND(kind, name) C(name) "Scope=" kind "\n"

typedef struct Case {
        const char *name;
        const char *files[9];
        const char *findings;
} Case;

static const Case cases[] = {
        {"nothing", {"m", ""}, ""}, /* §13 */
        {"right", {"m", C("a") "Requires=b\n" C("b")}, ""},

        /* §14, §15, §18-20 */
        {"own name and key", {"m", C("a") "Requires=b k\n" C("b") "Provides=k\n"}, ""},
        {"route", {"m", C("a") "Requires=k:x\n" C("b") "Provides=k:x k:y\n"}, ""},
        {"catch-all", {"m", C("a") "Requires=k:z\n" C("b") "Provides=k:x k:*\n"}, ""},
        {"route required", {"m", C("a") "Requires=k\n" C("b") "Provides=k:x\n"}, "route-required m:3"},
        {"not even for the catch-all", {"m", C("a") "Requires=k\n" C("b") "Provides=k:*\n"}, "route-required m:3"},
        {"not routed", {"m", C("a") "Requires=b:x\n" C("b")}, "not-routed m:3"},
        {"value is not routed", {"m", C("a") "Requires=v:x\n[Values]\nv=1\n"}, "not-routed m:3"},
        {"no such route", {"m", C("a") "Requires=k:z\n" C("b") "Provides=k:x\n"}, "not-found m:3"},
        {"wanted route", {"m", C("a") "Wants=k:z\n" C("b") "Provides=k:x\n"}, "absent m:3"},
        {"wanted without route", {"m", C("a") "Wants=k\n" C("b") "Provides=k:x\n"}, "route-required m:3"},

        /* §26-28 */
        {"alias", {"m", C("a") "Requires=s\n" C("b") "[Alias s]\nTarget=b\n"}, ""},
        {"alias of a routed key", {"m", C("a") "Requires=s:x\n" C("b") "Provides=k:x\n[Alias s]\nTarget=k\n"}, ""},
        {"chain of them",
         {"m", C("a") "Requires=s:x\n" C("b") "Provides=k:x\n[Alias s]\nTarget=t\n[Alias t]\nTarget=k\n"},
         ""},
        {"no route there",
         {"m", C("a") "Requires=s:y\n" C("b") "Provides=k:x\n[Alias s]\nTarget=k\n"},
         "not-found m:3"},
        {"route of a plain key", {"m", C("a") "Requires=s:x\n" C("b") "[Alias s]\nTarget=b\n"}, "not-routed m:3"},
        {"alias without a target", {"m", C("a") "Requires=s\n[Alias s]\n"}, "invalid-value m:4"},
        {"alias of itself", {"m", C("a") "Requires=s\n[Alias s]\nTarget=s\n"}, "cycle m:5"},
        {"alias without route",
         {"m", C("a") "Requires=s\n" C("b") "Provides=k:x\n[Alias s]\nTarget=k\n"},
         "route-required m:3"},
        {"dangling, used or not",
         {"m", C("a") "Requires=s\n[Alias s]\nTarget=x\n[Alias t]\nTarget=y\n"},
         "missing-dependency m:5, missing-dependency m:7"},
        /* §37: a finding about a module or a template does not silence one about a key of that name */
        {"module of that name refused",
         {"k", "[Module]\n", "n", "[Module]\nName=k\n", "z", C("a") "Requires=k\n"},
         "duplicate-name k:1, missing-dependency z:3"},
        {"value of that name unknown",
         {"m", "[Component a]\nExecStart=/a ${v}\nRequires=v\n"},
         "invalid-value m:2, missing-dependency m:3"},
        {"component of a missing module's name",
         {"m", "[Module]\nRequires=a\n" C("a") "Nice=99\n"},
         "module-missing m:2, invalid-value m:5"},
        {"circle of aliases",
         {"m", C("a") "Requires=s\n[Alias t]\nTarget=s\n[Alias s]\nTarget=t\n[Alias u]\nTarget=t\n"},
         "cycle m:7"},
        {"value", {"m", C("a") "Requires=v\n[Values]\nv=1\n"}, ""},
        {"the container", {"m", C("a") "Requires=reeve reeve.scopes\n"}, ""},

        /* §29 */
        {"private",
         {"m", "[Module]\nRequires=p\n" C("a") "Requires=b k\nWants=v\nAfter=b\n", "p",
          "[Module]\nVisibility=private\n" C("b") "Provides=k\n[Values]\nv=1\n"},
         "not-visible m:5, not-visible m:5, not-visible m:6, not-visible m:7"},
        {"private at home", {"p", "[Module]\nVisibility=private\n" C("a") "Requires=b\n" C("b")}, ""},
        {"private behind an alias",
         {"m", "[Module]\nRequires=p\n" C("a") "Requires=s\n[Alias s]\nTarget=b\n", "p",
          "[Module]\nVisibility=private\n" C("b")},
         "not-visible m:7"},

        /* §37, §38: all of them, each once */
        {"missing",
         {"m", C("a") "Requires=x y\n" C("b") "Requires=x\n"},
         "missing-dependency m:3, missing-dependency m:3, missing-dependency m:6"},
        {"twice on a line", {"m", C("a") "Requires=x x\n"}, "missing-dependency m:3"},
        {"optional",
         {"m", C("a") "Wants=x\nAfter=y\nResolves=z\n"},
         "absent m:3, absent m:4, absent m:5"}, /* §23, §57 */

        /* §39, §40 */
        {"self", {"m", C("a") "Requires=a\n"}, "cycle m:3"},
        {"self by a key", {"m", C("a") "Provides=k\nRequires=k\n"}, "cycle m:4"},
        {"self by an alias", {"m", C("a") "Wants=s\n[Alias s]\nTarget=a\n"}, "cycle m:3"},
        {"two", {"m", C("a") "Requires=b\n" C("b") "After=a\n"}, "cycle m:3"},
        {"static optional", {"m", C("a") "Wants=b\n" C("b") "Wants=a\n"}, "cycle m:3"}, /* §41, D4 */
        {"one each",
         {"m", C("z") "Requires=y\n" C("y") "Requires=z\n" C("b") "Requires=a\n" C("a") "Requires=b\n"},
         "cycle m:6, cycle m:12"},
        {"diamond", {"m", C("a") "Requires=b c d\n" C("b") "Requires=d\n" C("c") "Requires=d\n" C("d")}, ""},
        {"scoped ones too", {"m", REQUEST("a") "Requires=b\n" REQUEST("b") "Requires=a\n"}, "cycle m:4"},

        /* §41 */
        {"weak", {"m", C("a") "Requires=b\n" C("b") "Resolves=a\n"}, "cycle-broken m:6"},
        {"weak both ways", {"m", C("a") "Resolves=b\n" C("b") "Resolves=a\n"}, "cycle-broken m:3, cycle-broken m:6"},
        {"weak beside strong", {"m", C("a") "Requires=b\n" C("b") "Requires=a\nResolves=a\n"}, "cycle m:3"},
        {"weak without circle", {"m", C("a") "Resolves=b\n" C("b")}, ""},
        {"weak against modules",
         {"m", "[Module]\nRequires=n\n" C("a"), "n", C("b") "Resolves=a\n"},
         "cycle-broken n:3, undeclared-module n:3"},

        /* §42-44 */
        {"captive", {"m", C("a") "Requires=r\n" REQUEST("r")}, "captive-dependency m:3"},
        {"captive though optional", {"m", C("a") "Wants=r\n" REQUEST("r")}, "captive-dependency m:3"},
        {"order holds nothing", {"m", C("a") "After=r\n" REQUEST("r")}, ""},
        {"look-up holds nothing", {"m", C("a") "Resolves=r\n" REQUEST("r")}, ""},
        {"owned transient", {"m", C("a") "Requires=t\n" TRANSIENT("t")}, "not-available m:3"}, /* D5 */
        {"through transients",
         {"m", C("a") "Requires=t\n" TRANSIENT("t") "Requires=u\n" TRANSIENT("u") "Requires=r\n" REQUEST("r")},
         "captive-dependency m:3"},
        {"through an alias",
         {"m", C("a") "Requires=s\n" REQUEST("r") "[Alias s]\nTarget=r\n"},
         "captive-dependency m:3"},
        {"not through singletons",
         {"m", C("a") "Requires=b\n" C("b") "Requires=r\n" REQUEST("r")},
         "captive-dependency m:6"},
        {"outwards", {"m", REQUEST("r") "Requires=a t\n" C("a") TRANSIENT("t") "Requires=r2\n" REQUEST("r2")}, ""},
        {"inner holds outer",
         {"m", "[Scope o]\n[Scope i]\nParent=o\n" KIND("i", "b") "Requires=a\n" KIND("o", "a")
                       REQUEST("r") "Requires=a b\n"},
         ""},
        {"outer holds inner",
         {"m", "[Scope o]\n[Scope i]\nParent=o\n" KIND("o", "a") "Requires=b\n" KIND("i", "b")},
         "captive-dependency m:7"},
        {"kind holds request",
         {"m", "[Scope o]\n" KIND("o", "a") "Requires=r\n" REQUEST("r")},
         "captive-dependency m:5"},
        {"singleton holds kind", {"m", "[Scope o]\n" C("s") "Wants=a\n" KIND("o", "a")}, "captive-dependency m:4"},
        {"same kind", {"m", "[Scope o]\n" KIND("o", "a") "Requires=b\n" KIND("o", "b")}, ""},
        {"unrelated",
         {"m", "[Scope o]\n[Scope p]\n" KIND("o", "a") "Requires=b\n" KIND("p", "b")},
         "scope-kind-mismatch m:6"},
        {"unrelated through a transient",
         {"m", "[Scope o]\n[Scope p]\n" KIND("o", "a") "Requires=t\n" TRANSIENT("t") "Requires=a2 b\n" KIND("o", "a2")
                       KIND("p", "b")},
         "scope-kind-mismatch m:6"},
        {"deeper through a transient",
         {"m", "[Scope o]\n[Scope i]\nParent=o\n" KIND("o", "a") "Requires=t\n" TRANSIENT("t") "Requires=a2 b\n" KIND(
                       "o", "a2") KIND("i", "b")},
         "captive-dependency m:7"},

        /* §45 */
        {"eager request", {"m", REQUEST("r") "Start=eager\n"}, "invalid-value m:4"},

        /* §46 */
        {"skipped",
         {"m", C("a") "Wants=b\nAfter=b\nResolves=b\n" C("b") "ConditionPathExists=/nonexistent\n"},
         "condition-not-met m:8"},
        {"needed all the same",
         {"m", C("a") "Requires=b\n" C("b") "ConditionPathExists=/nonexistent\nRequires=x\n"},
         "missing-dependency m:3, condition-not-met m:6"},

        /* §48 */
        {"no such module", {"m", "[Module]\nRequires=x\n"}, "module-missing m:2"},
        {"modules in a circle",
         {"m", "[Module]\nRequires=n\n" C("a"), "n", "[Module]\nRequires=m\n" C("b") "Requires=a\n"},
         "module-cycle m:2"},
        {"module and itself", {"m", "[Module]\nRequires=m\n" C("a")}, "module-cycle m:2"},
        {"by a ref",
         {"m", "[Module]\nRequires=n\n" LAZY("a"), "n", C("b") "Requires=a\n"},
         "module-cycle m:2, undeclared-module n:3"},
        {"by a ref two modules away",
         {"m", "[Module]\nRequires=n\n" LAZY("a"), "n", "[Module]\nRequires=o\n", "o", C("b") "Requires=a\n"},
         "module-cycle m:2, undeclared-module o:3"},
        {"both kinds of circle",
         {"m", "[Module]\nRequires=n\n" LAZY("a") "Requires=a2\n" LAZY("a2") "Requires=a\n", "n",
          C("b") "Requires=a\n"},
         "module-cycle m:2, cycle m:6, undeclared-module n:3"},
        {"undeclared", {"m", C("a") "Requires=b\n", "n", C("b")}, "undeclared-module m:3"},
        {"declared", {"m", "[Module]\nRequires=n\n" C("a") "Requires=b\n", "n", C("b")}, ""},
        {"declared through another",
         {"m", "[Module]\nRequires=o\n" C("a") "Requires=b\n", "n", C("b"), "o", "[Module]\nRequires=n\n"},
         ""},
        {"undeclared value and alias",
         {"m", C("a") "Requires=v s\n", "n", "[Values]\nv=1\n" C("b") "[Alias s]\nTarget=b\n"},
         "undeclared-module m:3, undeclared-module m:3"},

        /* §49 */
        {"unused",
         {"m", C("a") "After=b\n" LAZY("b") LAZY("c") "Requires=d\n" LAZY("d")},
         "unused m:4, unused m:7, unused m:11"},
        {"used",
         {"m", C("a") "Requires=b\nResolves=d\n" LAZY("b") "Requires=e\n" LAZY("d") LAZY("e")},
         ""},
        {"only wanted", {"m", C("a") "Wants=b\n" LAZY("b")}, "unused m:4"}, /* §56 */
        {"used by what is asked for", {"m", REQUEST("r") "Requires=t\n" TRANSIENT("t") "Requires=b\n" LAZY("b")}, ""},
        {"policy",
         {"m", C("a") "Requires=b c\n" C("b") "StartupErrorPolicy=warn\n" C("c") "StartupErrorPolicy=ignore\n"},
         "policy-ineffective m:3, policy-ineffective m:3"},
        {"policy of both",
         {"m", C("a") "Requires=b\nStartupErrorPolicy=warn\n" C("b") "StartupErrorPolicy=warn\n"},
         ""},
        {"policy, optional", {"m", C("a") "Wants=b\n" C("b") "StartupErrorPolicy=warn\n"}, ""}, /* D1 */
        {"budget", {"m", C("a") "Requires=b\nTimeoutStopSec=41\n" C("b") "TimeoutStopSec=40\n"}, "budget-short m:1"},
        {"budget just met", {"m", C("a") "Requires=b\nTimeoutStopSec=40\n" C("b") "TimeoutStopSec=40\n"}, ""},
        {"budget, side by side", {"m", C("a") "TimeoutStopSec=41\n" C("b") "TimeoutStopSec=41\n"}, ""},
        {"budget through a barrier",
         {"m", "[Module]\nRequires=n\n" C("a") "TimeoutStopSec=41\n", "n", C("b") "TimeoutStopSec=41\n"},
         "budget-short m:3"},

        /* no noise behind what was refused */
        {"refused", {"m", C("a") "Requires=b\n" C("b"), "n", C("b")}, "duplicate-name m:4"},
        {"no warnings beside errors", {"m", C("a") "Requires=typo\n" LAZY("b")}, "missing-dependency m:3"},
};

/* "cycle shop:3, unused shop:7": codes with file and line, in order; notices too. */
static char *find_codes(const Scratch *scratch)
{
        GString *text = g_string_new(NULL);

        for (guint i = 0; i < scratch->diags.items->len; i++) {
                const Diag *diag = scratch->diags.items->pdata[i];
                g_autofree char *base = diag->origin.file ? g_path_get_basename(diag->origin.file) : g_strdup("-");
                char *suffix = strstr(base, ".module");

                if (suffix)
                        *suffix = '\0';
                g_string_append_printf(text, "%s%s %s:%u", i > 0 ? ", " : "", diag_code_names[diag->code], base,
                                       diag->origin.line);
        }
        return g_string_free(text, FALSE);
}

static void test_findings(void **state)
{
        const PlanOptions options = {.stop_budget = 80 * G_USEC_PER_SEC};

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                /* §3: whatever order the files come in */
                for (int reversed = 0; reversed < 2; reversed++) {
                        g_auto(Scratch) scratch = {0};
                        g_autofree char *findings = NULL;

                        scratch_build(&scratch, cases[i].files, options, reversed);
                        findings = find_codes(&scratch);
                        if (strcmp(findings, cases[i].findings) != 0)
                                print_error("case '%s'\n", cases[i].name);
                        assert_string_equal(findings, cases[i].findings);
                        assert_int_equal(scratch.plan == NULL, diag_list_count(&scratch.diags, SEVERITY_ERROR) > 0);
                }
        }
}

/* §49: --strict */
static void test_strict(void **state)
{
        static const char *const files[] = {"m", C("a") LAZY("b"), NULL};
        g_auto(Scratch) lax = {0}, strict = {0};

        (void) state;
        scratch_build(&lax, files, (PlanOptions){.strict = false}, false);
        assert_non_null(lax.plan);
        assert_int_equal(diag_list_count(&lax.diags, SEVERITY_WARNING), 1);
        scratch_build(&strict, files, (PlanOptions){.strict = true}, false);
        assert_null(strict.plan);
        assert_int_equal(diag_list_count(&strict.diags, SEVERITY_ERROR), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_findings),
                cmocka_unit_test(test_strict),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
