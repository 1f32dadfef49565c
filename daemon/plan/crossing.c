/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crossing.h"

#include "circle.h"

/* Is TO required by FROM, directly or through others? */
typedef struct Question {
        uint32_t from, to; /* modules */
        uint32_t crossing;
        bool is_required;
} Question;

static int compare_questions(const void *a, const void *b)
{
        const Question *one = a, *other = b;

        return (one->to > other->to) - (one->to < other->to);
}

/* QUESTIONS have at most sixty-four targets, and each has one bit. ORDER: modules, providers first. */
static void answer_block(const Graph *graph, const uint32_t *order, Question *questions, guint n)
{
        g_autofree uint64_t *reached = g_new0(uint64_t, MAX(graph->n_nodes, 1));
        uint32_t bit = 0;

        for (guint i = 0; i < n; i++) {
                bit += i > 0 && questions[i].to != questions[i - 1].to;
                reached[questions[i].to] |= UINT64_C(1) << bit;
        }
        for (uint32_t i = 0; i < graph->n_nodes; i++) {
                uint32_t n_down;
                const uint32_t *down = graph_edges(graph, order[i], DOWN, &n_down);

                for (uint32_t j = 0; j < n_down; j++)
                        reached[order[i]] |= reached[graph->edges[down[j]].to];
        }
        bit = 0;
        for (guint i = 0; i < n; i++) {
                bit += i > 0 && questions[i].to != questions[i - 1].to;
                questions[i].is_required = reached[questions[i].from] & UINT64_C(1) << bit;
        }
}

/* Sixty-four targets a turn, so that there is never a table of all pairs of modules. */
static void answer(const Graph *graph, const uint32_t *order, GArray *questions)
{
        Question *all;
        guint begin = 0, n_targets = 0;

        g_array_sort(questions, compare_questions);
        all = (Question *) (void *) questions->data;
        for (guint i = 1; i <= questions->len; i++) {
                if (i < questions->len && (all[i].to == all[i - 1].to || ++n_targets < 64))
                        continue;
                answer_block(graph, order, all + begin, i - begin);
                begin = i;
                n_targets = 0;
        }
}

static void report(Planning *planning, const Crossing *crossing, bool is_backwards)
{
        const Module *from = planning->modules[crossing->from], *to = planning->modules[crossing->to];
        Diag *diag = diag_add(planning->diags, SEVERITY_WARNING, DIAG_UNDECLARED_MODULE, crossing->origin,
                              "'%s' needs '%s' of module '%s', which module '%s' does not require", crossing->who,
                              crossing->key, to->name, from->name);

        diag_set_component(diag, crossing->who, from->name);
        diag_set_key(diag, crossing->key, NULL);
        if (is_backwards)
                diag_set_hint(diag,
                              "module '%s' requires '%s', so this goes against the order: move '%s' to where both can "
                              "require it",
                              to->name, from->name, crossing->key);
        else
                diag_set_hint(diag, "add Requires=%s to [Module] of '%s'", to->name, from->name);
}

/* The graph of modules out of the barriers of the plan's. */
static void build_graph(const Planning *planning, Graph *graph)
{
        const Plan *plan = planning->plan;
        g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(Edge));

        for (uint32_t i = 0; i < plan->graph.n_edges; i++) {
                Edge edge = plan->graph.edges[i];

                if (!plan_is_barrier(plan, edge.from) || !plan_is_barrier(plan, edge.to))
                        continue;
                edge.from -= plan->n_components;
                edge.to -= plan->n_components;
                g_array_append_val(edges, edge);
        }
        graph_init(graph, plan->n_modules, (const Edge *) (void *) edges->data, edges->len);
}

static void ask(GArray *questions, uint32_t from, uint32_t to, uint32_t crossing)
{
        const Question question = {.from = from, .to = to, .crossing = crossing};

        g_array_append_val(questions, question);
}

void crossing_check(Planning *planning)
{
        g_autoptr(GArray) questions = g_array_new(FALSE, FALSE, sizeof(Question));
        g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(Question));
        g_auto(CircleSet) sets = {0};
        Graph graph;

        /* Where modules require each other in a circle, who requires whom is what is to be mended first. */
        if (planning->has_module_circle)
                return;
        build_graph(planning, &graph);
        circle_set_init(&sets, &graph, NULL);
        for (guint i = 0; i < planning->crossings->len; i++) {
                const Crossing *crossing = &g_array_index(planning->crossings, Crossing, i);

                if (!g_hash_table_contains(planning->refused, crossing->key))
                        ask(questions, crossing->from, crossing->to, i);
        }
        answer(&graph, sets.nodes, questions);
        for (guint i = 0; i < questions->len; i++) {
                const Question *question = &g_array_index(questions, Question, i);

                if (!question->is_required)
                        ask(back, question->to, question->from, question->crossing);
        }
        answer(&graph, sets.nodes, back);
        for (guint i = 0; i < back->len; i++) {
                const Question *question = &g_array_index(back, Question, i);

                report(planning, &g_array_index(planning->crossings, Crossing, question->crossing),
                       question->is_required);
        }
        graph_done(&graph);
}
