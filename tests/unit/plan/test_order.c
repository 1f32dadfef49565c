/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Circles and orders of random small graphs against an oracle that tries everything, and large ones against the clock's
 * worse enemies: depth, breadth and number of paths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/circle.h"
#include "plan/order.h"

enum { SMALL = 8, RANDOM_GRAPHS = 20000 };

/* A graph as its matrix, small enough to try every path. */
typedef struct Matrix {
        uint32_t n;
        bool has[SMALL][SMALL];
} Matrix;

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t) (*seed >> 33) % limit;
}

static void make_random(Matrix *matrix, Graph *graph, uint32_t *rank, uint64_t *seed)
{
        Edge edges[SMALL * SMALL];
        uint32_t n_edges = 0, density;

        *matrix = (Matrix){.n = 1 + random_below(seed, SMALL)};
        density = 1 + random_below(seed, 40);
        for (uint32_t i = 0; i < matrix->n; i++)
                for (uint32_t j = 0; j < matrix->n; j++)
                        if (random_below(seed, 100) < density) {
                                matrix->has[i][j] = true;
                                edges[n_edges++] = (Edge){.from = i, .to = j};
                        }
        graph_init(graph, matrix->n, edges, n_edges);
        for (uint32_t i = 0; i < matrix->n; i++)
                rank[i] = i;
        for (uint32_t i = matrix->n; i-- > 1;) {
                uint32_t other = random_below(seed, i + 1), kept = rank[i];

                rank[i] = rank[other];
                rank[other] = kept;
        }
}

static void close_matrix(const Matrix *matrix, bool reach[SMALL][SMALL])
{
        memcpy(reach, matrix->has, sizeof(matrix->has));
        for (uint32_t k = 0; k < matrix->n; k++)
                for (uint32_t i = 0; i < matrix->n; i++)
                        for (uint32_t j = 0; j < matrix->n; j++)
                                reach[i][j] = reach[i][j] || (reach[i][k] && reach[k][j]);
}

/* A cycle as the ranks of its nodes from its smallest on: the shortest first, then the smallest. */
typedef struct Best {
        uint32_t length, path[SMALL];
} Best;

static void try_paths(const Matrix *matrix, const uint32_t *by_rank, uint32_t *path, uint32_t length, uint32_t used,
                      Best *best)
{
        uint32_t last = by_rank[path[length - 1]];

        if (matrix->has[last][by_rank[path[0]]] &&
            (length < best->length ||
             (length == best->length && memcmp(path, best->path, length * sizeof(*path)) < 0))) {
                best->length = length;
                memcpy(best->path, path, length * sizeof(*path));
        }
        for (uint32_t next = path[0] + 1; next < matrix->n; next++) {
                if (used & 1U << next || !matrix->has[last][by_rank[next]])
                        continue;
                path[length] = next;
                try_paths(matrix, by_rank, path, length + 1, used | 1U << next, best);
        }
}

static Best find_best(const Matrix *matrix, const uint32_t *rank, const bool *is_inside)
{
        Best best = {.length = SMALL + 1};
        uint32_t by_rank[SMALL], path[SMALL];

        for (uint32_t i = 0; i < matrix->n; i++)
                by_rank[rank[i]] = i;
        for (uint32_t start = 0; start < matrix->n; start++) {
                if (!is_inside[by_rank[start]])
                        continue;
                path[0] = start;
                try_paths(matrix, by_rank, path, 1, 1U << start, &best);
        }
        return best;
}

/* §39, against every simple cycle there is */
static void test_circles(void **state)
{
        uint64_t seed = 39;
        uint32_t n_cycles = 0;

        (void) state;
        for (int turn = 0; turn < RANDOM_GRAPHS; turn++) {
                bool reach[SMALL][SMALL];
                uint32_t rank[SMALL];
                g_auto(CircleSet) set = {0};
                Matrix matrix;
                Graph graph;

                make_random(&matrix, &graph, rank, &seed);
                close_matrix(&matrix, reach);
                circle_set_init(&set, &graph, NULL);
                for (uint32_t i = 0; i < matrix.n; i++)
                        for (uint32_t j = 0; j < matrix.n; j++) {
                                assert_int_equal(set.of[i] == set.of[j], i == j || (reach[i][j] && reach[j][i]));
                                if (matrix.has[i][j])
                                        assert_true(set.of[j] <= set.of[i]); /* providers first */
                        }
                for (uint32_t i = 0; i < set.n_sets; i++) {
                        const uint32_t *nodes = set.nodes + set.first[i];
                        uint32_t n_nodes = set.first[i + 1] - set.first[i];
                        bool is_inside[SMALL] = {false};
                        g_autoptr(GArray) cycle = NULL;
                        Best best;

                        for (uint32_t j = 0; j < n_nodes; j++) {
                                assert_int_equal(set.of[nodes[j]], i);
                                is_inside[nodes[j]] = true;
                        }
                        assert_int_equal(set.is_circle[i], reach[nodes[0]][nodes[0]]);
                        if (!set.is_circle[i])
                                continue;
                        n_cycles++;
                        best = find_best(&matrix, rank, is_inside);
                        cycle = circle_shortest(&graph, NULL, nodes, n_nodes, rank);
                        assert_int_equal(cycle->len, best.length);
                        for (guint j = 0; j < cycle->len; j++) {
                                const Edge *edge = &graph.edges[g_array_index(cycle, uint32_t, j)];
                                const Edge *next = &graph.edges[g_array_index(cycle, uint32_t, (j + 1) % cycle->len)];

                                assert_int_equal(rank[edge->from], best.path[j]);
                                assert_int_equal(edge->to, next->from);
                        }
                }
                graph_done(&graph);
        }
        assert_true(n_cycles > RANDOM_GRAPHS / 10);
}

/* §54: again and again the free one of smallest rank */
static void test_smallest_order(void **state)
{
        uint64_t seed = 54;
        uint32_t n_whole = 0;

        (void) state;
        for (int turn = 0; turn < RANDOM_GRAPHS; turn++) {
                uint32_t rank[SMALL], order[SMALL], n;
                bool is_member[SMALL], is_gone[SMALL] = {false};
                Matrix matrix;
                Graph graph;

                make_random(&matrix, &graph, rank, &seed);
                for (uint32_t i = 0; i < matrix.n; i++)
                        is_member[i] = random_below(&seed, 8) > 0;
                n = order_smallest(&graph, NULL, is_member, rank, order);
                for (uint32_t place = 0; place <= n; place++) {
                        uint32_t smallest = UINT32_MAX;

                        for (uint32_t i = 0; i < matrix.n; i++) {
                                bool is_free = is_member[i] && !is_gone[i];

                                for (uint32_t j = 0; j < matrix.n; j++)
                                        is_free = is_free && !(matrix.has[i][j] && is_member[j] && !is_gone[j]);
                                if (is_free && (smallest == UINT32_MAX || rank[i] < rank[smallest]))
                                        smallest = i;
                        }
                        if (place == n) {
                                assert_int_equal(smallest, UINT32_MAX);
                                break;
                        }
                        assert_int_equal(order[place], smallest);
                        is_gone[smallest] = true;
                }
                n_whole += n == matrix.n;
                graph_done(&graph);
        }
        assert_true(n_whole > RANDOM_GRAPHS / 10);
}

static void test_cut_edges(void **state)
{
        const Edge edges[] = {{.from = 0, .to = 1}, {.from = 1, .to = 0}, {.from = 1, .to = 2}};
        const bool is_cut[] = {false, true, false}, is_member[] = {true, true, true};
        const uint32_t rank[] = {0, 1, 2};
        g_auto(CircleSet) set = {0};
        uint32_t order[3];
        Graph graph;

        (void) state;
        graph_init(&graph, 3, edges, G_N_ELEMENTS(edges));
        circle_set_init(&set, &graph, is_cut);
        assert_int_equal(set.n_sets, 3);
        for (int i = 0; i < 3; i++)
                assert_false(set.is_circle[i]);
        assert_int_equal(order_smallest(&graph, NULL, is_member, rank, order), 1);
        assert_int_equal(order_smallest(&graph, is_cut, is_member, rank, order), 3);
        assert_int_equal(order[0], 2);
        assert_int_equal(order[1], 1);
        assert_int_equal(order[2], 0);
        graph_done(&graph);
}

typedef enum Shape { CHAIN, STAR, FAN, RING, LADDER, SHAPE_N_ } Shape;

static uint32_t make_shape(Shape shape, uint32_t n, Edge *edges)
{
        uint32_t n_edges = 0;

        for (uint32_t i = 0; i < n; i++)
                switch (shape) {
                case CHAIN:
                case RING:
                        if (i + 1 < n || shape == RING)
                                edges[n_edges++] = (Edge){.from = i, .to = (i + 1) % n};
                        break;
                case STAR:
                        if (i > 0)
                                edges[n_edges++] = (Edge){.from = i, .to = 0};
                        break;
                case FAN:
                        if (i > 0)
                                edges[n_edges++] = (Edge){.from = 0, .to = i};
                        break;
                case LADDER:
                        for (uint32_t j = 2; j < 4 && (i & ~1U) + j < n; j++)
                                edges[n_edges++] = (Edge){.from = i, .to = (i & ~1U) + j};
                        break;
                case SHAPE_N_:
                        break;
                }
        return n_edges;
}

/* §49, P39: large and deep is ordinary; a ladder of n steps has 2^n paths */
static void test_large(void **state)
{
        enum { LARGE = 200000 };
        g_autofree Edge *edges = g_new(Edge, 2 * LARGE);
        g_autofree uint32_t *rank = g_new(uint32_t, LARGE), *order = g_new(uint32_t, LARGE),
                            *place = g_new(uint32_t, LARGE);
        g_autofree bool *is_member = g_new(bool, LARGE);

        (void) state;
        for (uint32_t i = 0; i < LARGE; i++) {
                rank[i] = i;
                is_member[i] = true;
        }
        for (int shape = 0; shape < SHAPE_N_; shape++) {
                uint32_t n_edges = make_shape((Shape) shape, LARGE, edges), n;
                g_auto(CircleSet) set = {0};
                Graph graph;

                graph_init(&graph, LARGE, edges, n_edges);
                circle_set_init(&set, &graph, NULL);
                n = order_smallest(&graph, NULL, is_member, rank, order);
                if (shape == RING) {
                        g_autoptr(GArray) cycle = circle_shortest(&graph, NULL, set.nodes, LARGE, rank);

                        assert_int_equal(set.n_sets, 1);
                        assert_int_equal(cycle->len, LARGE);
                        assert_int_equal(n, 0);
                } else {
                        assert_int_equal(set.n_sets, LARGE);
                        assert_int_equal(n, LARGE);
                        for (uint32_t i = 0; i < n; i++)
                                place[order[i]] = i;
                        for (uint32_t i = 0; i < graph.n_edges; i++)
                                assert_true(place[graph.edges[i].to] < place[graph.edges[i].from]);
                }
                graph_done(&graph);
        }
}

/* A dense circle is searched within a budget: still a closed way, and short */
static void test_dense_circle(void **state)
{
        enum { N = 10000, DEGREE = 8 };
        g_autofree Edge *edges = g_new(Edge, N * DEGREE);
        g_autofree uint32_t *rank = g_new(uint32_t, N);
        g_autoptr(GArray) cycle = NULL;
        g_auto(CircleSet) set = {0};
        uint64_t seed = 8;
        Graph graph;

        (void) state;
        for (uint32_t i = 0; i < N; i++) {
                rank[i] = i;
                for (uint32_t j = 0; j < DEGREE; j++) /* the nearest way back is a long one */
                        edges[i * DEGREE + j] =
                                (Edge){.from = i, .to = (i + 1 + (j > 0 ? random_below(&seed, 1000) : 0)) % N};
        }
        graph_init(&graph, N, edges, N * DEGREE);
        circle_set_init(&set, &graph, NULL);
        assert_int_equal(set.n_sets, 1);
        cycle = circle_shortest(&graph, NULL, set.nodes, N, rank);
        assert_in_range(cycle->len, 10, 30);
        for (guint i = 0; i < cycle->len; i++)
                assert_int_equal(graph.edges[g_array_index(cycle, uint32_t, i)].to,
                                 graph.edges[g_array_index(cycle, uint32_t, (i + 1) % cycle->len)].from);
        graph_done(&graph);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_circles), cmocka_unit_test(test_smallest_order), cmocka_unit_test(test_cut_edges),
                cmocka_unit_test(test_large),   cmocka_unit_test(test_dense_circle),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
