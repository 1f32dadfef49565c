/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch.h"

#include "plan/plan_print.h"

#define C(name) "[Component " name "]\nExecStart=/bin/true\n"

static const char *const files[] = {
        "m",
        "[Module]\nRequires=n\n" C("a") "Requires=b v\nWants=c\nPriority=3\n" C("b") "Start=lazy\nResolves=a\n" C(
                "r") "Scope=request\n",
        "n", C("c") C("s") "ConditionPathExists=/nonexistent\n[Values]\nv=1 \"2\"\n[Alias w]\nTarget=v\n", NULL};

static void test_text(void **state)
{
        g_auto(Scratch) scratch = {0};
        g_autoptr(GString) out = g_string_new(NULL);
        char *end;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        plan_format(scratch.plan, out);
        end = strstr(out->str, "; configuration ");
        assert_non_null(end);
        assert_int_equal(strspn(end + strlen("; configuration "), "0123456789abcdef"), 12);
        *end = '\0';
        assert_string_equal(out->str, "start, each as soon as what it waits for is settled:\n"
                                      "     1. c  n  eager\n"
                                      "     2. b  m  for a    after module n; resolves a (does not order)\n"
                                      "     3. a  m  eager    requires b; wants c; after module n\n"
                                      "on demand:\n"
                                      "        r  m  request  after module n\n"
                                      "skipped:\n"
                                      "        s  n  ConditionPathExists=/nonexistent is not met\n"
                                      "values:\n"
                                      "        v  n  1 \"2\"\n"
                                      "5 components of 2 modules: 3 to start, 1 on demand, 1 skipped; 1 value");
}

static void test_json(void **state)
{
        static const char *const parts[] = {
                "{\"hash\":\"",
                "\"generation\":0,\"components\":[{\"name\":\"c\",\"module\":\"n\",\"plan\":\"start\",\"place\":1,"
                "\"reason\":\"eager\","
                "\"type\":\"simple\",\"scope\":\"singleton\",\"policy\":\"strict\",\"priority\":0,\"file\":\"",
                "{\"name\":\"a\",\"module\":\"m\",\"plan\":\"start\",\"place\":3,\"reason\":\"eager\",\"type\":"
                "\"simple\","
                "\"scope\":\"singleton\",\"policy\":\"strict\",\"priority\":3,\"requires\":[\"b\"],\"wants\":[\"c\"],"
                "\"modules\":[\"n\"],",
                "\"plan\":\"skipped\",\"reason\":\"condition-not-met\"",
                "\"condition\":{\"key\":\"ConditionPathExists\",\"value\":\"/nonexistent\"}",
                "\"modules\":[{\"name\":\"m\",\"requires\":[\"n\"],\"file\":\"",
                "\"values\":[{\"name\":\"v\",\"module\":\"n\",\"value\":\"1 \\\"2\\\"\"}]",
                "\"aliases\":[{\"name\":\"w\",\"module\":\"n\",\"target\":\"v\"}]",
                "\"summary\":{\"components\":5,\"start\":3,\"on_demand\":1,\"skipped\":1,\"values\":1}}",
        };
        g_auto(Scratch) scratch = {0};
        g_autoptr(GString) out = g_string_new(NULL);
        const char *rest;
        Json json;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        json_init(&json, out);
        plan_to_json(scratch.plan, &json);
        rest = out->str;
        for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
                rest = strstr(rest, parts[i]);
                if (!rest)
                        print_error("not there, or not in this order: %s\n", parts[i]);
                assert_non_null(rest);
                rest += strlen(parts[i]);
        }
        assert_string_equal(rest, "");
}

static void test_graph(void **state)
{
        g_auto(Scratch) scratch = {0};
        g_autoptr(GString) dot = g_string_new(NULL), text = g_string_new(NULL);
        Json json;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        plan_graph_dot(scratch.plan, NULL, dot);
        assert_string_equal(dot->str, "digraph reeve {\n"
                                      "        rankdir=LR;\n"
                                      "        node [fontname=\"sans-serif\"];\n"
                                      "        \"a\" [shape=box];\n"
                                      "        \"b\" [shape=box];\n"
                                      "        \"r\" [shape=ellipse, style=dashed];\n"
                                      "        \"c\" [shape=box];\n"
                                      "        \"s\" [shape=box, style=dotted, fontcolor=gray];\n"
                                      "        \"module n\" [shape=folder, color=gray];\n"
                                      "        \"a\" -> \"b\" [style=solid];\n"
                                      "        \"a\" -> \"c\" [style=solid, arrowhead=empty];\n"
                                      "        \"b\" -> \"a\" [style=dashed, arrowhead=open, constraint=false];\n"
                                      "        \"a\" -> \"module n\" [style=bold, color=gray];\n"
                                      "        \"b\" -> \"module n\" [style=bold, color=gray];\n"
                                      "        \"r\" -> \"module n\" [style=bold, color=gray];\n"
                                      "        \"module n\" -> \"c\" [style=bold, color=gray];\n"
                                      "}\n");

        json_init(&json, text);
        plan_graph_json(scratch.plan, NULL, &json);
        assert_non_null(strstr(
                text->str, "{\"id\":0,\"name\":\"a\",\"kind\":\"component\",\"module\":\"m\",\"scope\":\"singleton\","
                           "\"policy\":\"strict\",\"wanted\":true,\"skipped\":false}"));
        assert_non_null(strstr(text->str, "{\"from\":0,\"to\":1,\"kind\":\"requires\",\"key\":\"b\",\"orders\":true}"));
        assert_non_null(
                strstr(text->str, "{\"from\":1,\"to\":0,\"kind\":\"resolves\",\"key\":\"a\",\"orders\":false}"));
}

/* §146: root causes red, blocked orange, the critical path bold, over barriers and slots too */
static void test_marked_graph(void **state)
{
        g_auto(Scratch) scratch = {0};
        g_autoptr(GString) dot = g_string_new(NULL), text = g_string_new(NULL);
        const char *states[] = {"blocked", "failed", "inactive", "ready", "skipped"};
        bool is_root_cause[] = {false, true, false, false, false}, is_blocked[] = {true, false, false, false, false};
        bool is_critical[] = {true, true, false, true, false, true, true}, is_critical_edge[16] = {false};
        uint32_t slot_of[] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, 1, UINT32_MAX};
        GraphMarks marks = {
                .states = states,
                .is_root_cause = is_root_cause,
                .is_blocked = is_blocked,
                .is_critical = is_critical,
                .is_critical_edge = is_critical_edge,
                .slot_of = slot_of,
        };
        Json json;

        (void) state;
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        for (uint32_t i = 0; i < scratch.plan->graph.n_edges; i++) {
                const Edge *edge = &scratch.plan->graph.edges[i];

                is_critical_edge[i] =
                        (edge->from == 0 && edge->to == 1) || (edge->from == 1 && edge->kind == EDGE_MODULE);
        }
        plan_graph_dot(scratch.plan, &marks, dot);
        assert_non_null(strstr(dot->str, "\"a\" [shape=box, style=filled, color=darkorange, fillcolor=papayawhip, "
                                         "tooltip=\"blocked\", penwidth=3];\n"));
        assert_non_null(strstr(dot->str, "\"b\" [shape=box, style=filled, color=red3, fillcolor=mistyrose, "
                                         "fontcolor=red3, tooltip=\"failed\", penwidth=3];\n"));
        assert_non_null(strstr(dot->str, "\"r\" [shape=ellipse, style=dashed, tooltip=\"inactive\"];\n"));
        assert_non_null(strstr(dot->str, "\"a\" -> \"b\" [style=solid, penwidth=3];\n"));
        assert_non_null(strstr(dot->str, "\"b\" -> \"module n\" [style=bold, color=gray, penwidth=3];\n"));
        assert_non_null(strstr(dot->str, "\"a\" -> \"c\" [style=solid, arrowhead=empty];\n"));
        assert_non_null(strstr(
                dot->str, "\"c\" -> \"b\" [style=dashed, color=gray, label=slot, fontname=\"sans-serif\", penwidth=3, "
                          "constraint=false];\n"));

        json_init(&json, text);
        plan_graph_json(scratch.plan, &marks, &json);
        assert_non_null(
                strstr(text->str, "\"state\":\"failed\",\"root_cause\":true,\"blocked\":false,\"critical\":true}"));
        assert_non_null(
                strstr(text->str, "{\"from\":3,\"to\":1,\"kind\":\"slot\",\"orders\":false,\"critical\":true}"));
}

/* A long list is cut in the text, and only there. */
static void test_long_lists(void **state)
{
        g_autoptr(GString) module = g_string_new("[Component a]\nExecStart=/bin/true\nRequires="),
                           out = g_string_new(NULL);
        const char *all[] = {"m", NULL, NULL};
        g_auto(Scratch) scratch = {0};
        Json json;

        (void) state;
        for (int i = 10; i < 40; i++)
                g_string_append_printf(module, "c%d ", i);
        for (int i = 10; i < 40; i++)
                g_string_append_printf(module, "\n[Component c%d]\nExecStart=/bin/true\n", i);
        all[1] = module->str;
        scratch_build(&scratch, all, (PlanOptions){0}, false);
        assert_non_null(scratch.plan);
        plan_format(scratch.plan, out);
        assert_non_null(strstr(out->str, "c21 and 18 more\n"));
        g_string_truncate(out, 0);
        json_init(&json, out);
        plan_to_json(scratch.plan, &json);
        assert_non_null(strstr(out->str, "\"c38\",\"c39\"]"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),
                cmocka_unit_test(test_json),
                cmocka_unit_test(test_graph),
                cmocka_unit_test(test_marked_graph),
                cmocka_unit_test(test_long_lists),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
