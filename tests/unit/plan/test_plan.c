/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch.h"

#define C(name) "[Component " name "]\nExecStart=/bin/true\n"
#define LAZY(name) C(name) "Start=lazy\n"

/* "b a": what starts, in its order */
static char *start_order(const Plan *plan)
{
        GString *text = g_string_new(NULL);

        for (uint32_t i = 0; i < plan->graph.n_nodes; i++) {
                uint32_t node = plan->order[i];

                if (!plan_is_barrier(plan, node) && plan->nodes[node].is_wanted)
                        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", plan_node_name(plan, node));
        }
        return g_string_free(text, FALSE);
}

static uint32_t node_of(const Plan *plan, const char *name)
{
        int64_t node = registry_find_component(plan->registry, name);

        assert_true(node >= 0);
        return (uint32_t) node;
}

typedef struct Case {
        const char *name;
        const char *files[9];
        const char *order;
} Case;

static const Case cases[] = {
        {"nothing", {"m", ""}, ""},
        {"canonical", {"n", C("a"), "m", C("c") C("b")}, "c b a"}, /* §3: module, file, line */
        {"dependencies first", {"m", C("a") "Requires=b\n" C("b") "Requires=c\n" C("c")}, "c b a"}, /* §50 */
        {"optional and order too", {"m", C("a") "Wants=b\n" C("b") "After=c\n" C("c")}, "c b a"},
        {"weak where it can", {"m", C("a") "Resolves=b\n" C("b")}, "b a"}, /* §41, §50 */
        {"weak where it cannot", {"m", C("a") "Resolves=b\n" C("b") "Requires=a\n"}, "a b"},
        {"priority", {"m", C("a") C("b") "Priority=-1\n" C("c") "Priority=1\n" C("d")}, "b a d c"}, /* §54 */
        {"never over a dependency",
         {"m", C("a") "Priority=-9\nRequires=b\n" C("b") "Priority=9\n" C("c")},
         "c b a"}, /* §55 */
        {"smallest, not levels", {"m", C("a") C("b") "Requires=a\n" C("c") C("d") "Requires=b\n"}, "a b c d"}, /* §51 */
        {"lazy when pulled",
         {"m", C("a") "Requires=b\n" LAZY("b") "Requires=c\n" LAZY("c") LAZY("d")},
         "c b a"}, /* §56 */
        {"wanting does not pull", {"m", C("a") "Wants=b\nResolves=b\n" LAZY("b")}, "a"},
        {"after does not pull", {"m", C("a") "After=b\n" LAZY("b")}, "a"}, /* §57 */
        /* §54: what will not run does not delay: b, though after l, which would need z */
        {"idle ones do not delay", {"m", C("b") "After=l\n" C("c") C("z") LAZY("l") "Requires=z\n"}, "b c z"},
        {"barrier",
         {"m", "[Module]\nRequires=n\n" C("a") "Priority=-9\n", "n", C("b") "Priority=9\n"},
         "b a"}, /* §50, D6 */
        {"barrier through",
         {"m", "[Module]\nRequires=n\n" C("a"), "n", "[Module]\nRequires=o\n", "o", C("b") "Priority=9\n"},
         "b a"},
        {"barrier of the eager only", {"m", "[Module]\nRequires=n\n" C("a"), "n", LAZY("b")}, "a"},
        {"scoped ones wait", {"m", C("a") C("t") "Scope=transient\nRequires=b\n" LAZY("b")}, "a"},
        {"skipped", {"m", C("a") "Wants=b\n" C("b") "ConditionPathExists=/nonexistent\n"}, "a"}, /* §46 */
        {"external",
         {"m", C("a") "Requires=x\n[Component x]\nType=external\nReadyProbe=tcp:127.0.0.1:1\n"},
         "x a"}, /* §25 */
};

static void test_order(void **state)
{
        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                for (int reversed = 0; reversed < 2; reversed++) {
                        g_auto(Scratch) scratch = {0};
                        g_autofree char *order = NULL;

                        scratch_build(&scratch, cases[i].files, (PlanOptions){0}, reversed);
                        if (!scratch.plan)
                                print_error("case '%s' is refused\n", cases[i].name);
                        assert_non_null(scratch.plan);
                        order = start_order(scratch.plan);
                        if (strcmp(order, cases[i].order) != 0)
                                print_error("case '%s'\n", cases[i].name);
                        assert_string_equal(order, cases[i].order);
                }
}

static void test_nodes(void **state)
{
        static const char *const files[] = {"m",
                                            "[Module]\nRequires=n\n" C("a") "Requires=t\n" C(
                                                    "t") "Scope=transient\nRequires=p\n" LAZY("l") LAZY("p"),
                                            "n", C("s") "ConditionPathExists=/nonexistent\n", NULL};
        static const struct {
                const char *name;
                bool is_wanted, is_skipped;
        } nodes[] = {
                {"a", true, false}, {"t", false, false}, {"l", false, false}, {"p", true, false}, {"s", false, true}};
        g_auto(Scratch) scratch = {0};
        const Plan *plan;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        plan = scratch.plan;
        assert_non_null(plan);
        assert_int_equal(plan->n_wanted, 2);
        assert_int_equal(plan->graph.n_nodes, plan->n_components + plan->n_modules);
        for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++) {
                uint32_t node = node_of(plan, nodes[i].name);

                assert_int_equal(plan->nodes[node].is_wanted, nodes[i].is_wanted);
                assert_int_equal(plan->nodes[node].is_skipped, nodes[i].is_skipped);
                assert_string_equal(plan_definition(plan, node)->name, nodes[i].name);
        }
        for (uint32_t i = 0; i < plan->n_modules; i++) {
                assert_true(plan_is_barrier(plan, plan->n_components + i));
                assert_true(plan->nodes[plan->n_components + i].is_wanted);
        }
        assert_string_equal(plan_node_name(plan, plan->n_components + 1), "n");
}

/* §99 */
static void test_heaviest_stop(void **state)
{
        static const char *const files[] = {
                "m",
                C("a") "Requires=b c\nTimeoutStopSec=1\n" C("b") "Requires=d\nTimeoutStopSec=2\n" C(
                        "c") "TimeoutStopSec=4\n" C("d") "TimeoutStopSec=8\n[Component "
                                                         "x]\nType=external\nReadyProbe=tcp:127.0.0.1:"
                                                         "1\nTimeoutStopSec=16\n",
                NULL};
        static const struct {
                const char *name;
                uint64_t seconds;
        } sums[] = {{"a", 11}, {"b", 10}, {"c", 4}, {"d", 8}, {"x", 0}};
        g_auto(Scratch) scratch = {0};

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        for (size_t i = 0; i < G_N_ELEMENTS(sums); i++)
                assert_int_equal(scratch.plan->nodes[node_of(scratch.plan, sums[i].name)].heaviest_stop,
                                 sums[i].seconds * G_USEC_PER_SEC);
}

/* Barriers join modules by a number of edges that grows with the components, not with their pairs. */
static void test_barrier_edges(void **state)
{
        enum { N = 500 };
        g_autoptr(GString) one = g_string_new("[Module]\nRequires=n\n"), other = g_string_new(NULL);
        const char *const files[] = {"m", NULL, "n", NULL, NULL};
        const char *filled[5];
        g_auto(Scratch) scratch = {0};

        (void) state;
        for (int i = 0; i < N; i++) {
                g_string_append_printf(one, "[Component m%d]\nExecStart=/bin/true\n", i);
                g_string_append_printf(other, "[Component n%d]\nExecStart=/bin/true\n", i);
        }
        memcpy(filled, files, sizeof(filled));
        filled[1] = one->str;
        filled[3] = other->str;
        scratch_build(&scratch, filled, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        assert_int_equal(scratch.plan->graph.n_edges, 2 * N + 1);
}

static void test_references(void **state)
{
        static const char *const files[] = {"m", C("a"), NULL};
        g_auto(Scratch) scratch = {0};
        Plan *other;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        other = plan_ref(scratch.plan);
        plan_unref(other);
        assert_string_equal(plan_node_name(scratch.plan, 0), "a");
        plan_unref(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),         cmocka_unit_test(test_nodes),
                cmocka_unit_test(test_heaviest_stop), cmocka_unit_test(test_barrier_edges),
                cmocka_unit_test(test_references),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
