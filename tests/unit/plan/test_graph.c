/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/graph.h"

static Edge edge(uint32_t from, uint32_t to, EdgeKind kind, const char *key)
{
        return (Edge){.from = from, .to = to, .kind = kind, .key = key};
}

static void test_both_directions(void **state)
{
        const Edge edges[] = {edge(2, 0, EDGE_REQUIRES, "a"), edge(0, 1, EDGE_WANTS, "b"), edge(2, 1, EDGE_AFTER, "c"),
                              edge(3, 3, EDGE_WEAK, "d")};
        const struct {
                uint32_t node;
                Direction direction;
                uint32_t n;
                uint32_t ends[2];
        } cases[] = {
                {0, DOWN, 1, {1}}, {0, UP, 1, {2}},   {1, DOWN, 0, {0}}, {1, UP, 2, {0, 2}}, {2, DOWN, 2, {0, 1}},
                {2, UP, 0, {0}},   {3, DOWN, 1, {3}}, {3, UP, 1, {3}},   {4, DOWN, 0, {0}},  {4, UP, 0, {0}},
        };
        Graph graph;

        (void) state;
        graph_init(&graph, 5, edges, G_N_ELEMENTS(edges));
        assert_int_equal(graph.n_edges, 4);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                uint32_t n;
                const uint32_t *list = graph_edges(&graph, cases[i].node, cases[i].direction, &n);

                assert_int_equal(n, cases[i].n);
                for (uint32_t j = 0; j < n; j++)
                        assert_int_equal(graph_neighbour(&graph, list[j], cases[i].direction), cases[i].ends[j]);
        }
        graph_done(&graph);
}

/* §40: several references to one provider are one edge, and the strictest says what it is */
static void test_doubles(void **state)
{
        const Edge edges[] = {
                edge(0, 1, EDGE_WEAK, "weak"),  edge(0, 2, EDGE_AFTER, "other"), edge(0, 1, EDGE_REQUIRES, "strict"),
                edge(0, 1, EDGE_WANTS, "want"), edge(1, 2, EDGE_WANTS, "first"), edge(1, 2, EDGE_WANTS, "second"),
        };
        const struct {
                uint32_t from, to;
                EdgeKind kind;
                const char *key;
        } kept[] = {{0, 1, EDGE_REQUIRES, "strict"}, {0, 2, EDGE_AFTER, "other"}, {1, 2, EDGE_WANTS, "first"}};
        Graph graph;
        uint32_t n;

        (void) state;
        graph_init(&graph, 3, edges, G_N_ELEMENTS(edges));
        assert_int_equal(graph.n_edges, G_N_ELEMENTS(kept));
        for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
                assert_int_equal(graph.edges[i].from, kept[i].from);
                assert_int_equal(graph.edges[i].to, kept[i].to);
                assert_int_equal(graph.edges[i].kind, kept[i].kind);
                assert_string_equal(graph.edges[i].key, kept[i].key);
        }
        (void) graph_edges(&graph, 2, UP, &n);
        assert_int_equal(n, 2);
        graph_done(&graph);
}

static void test_empty(void **state)
{
        Graph graph;

        (void) state;
        graph_init(&graph, 0, NULL, 0);
        assert_int_equal(graph.n_edges, 0);
        graph_done(&graph);
        graph_done(&graph);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_both_directions),
                cmocka_unit_test(test_doubles),
                cmocka_unit_test(test_empty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
