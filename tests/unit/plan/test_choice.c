/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scratch.h"

#include <time.h>

enum { SEED = 20251, ROUNDS = 400, MEMBERS_MAX = 7, SEEKERS = 4, RANKS = 3, PEOPLE_MAX = MEMBERS_MAX + SEEKERS };

/* One component of a random set; the first are contributors. */
typedef struct Person {
        bool contributes, is_hidden, is_skipped, is_lazy;
        int rank;
        int kind;    /* of Labels=kind=; 0: none */
        bool has_gpu;
        /* its reference, for a seeker */
        uint32_t min, max;
        int target; /* a case of fits() */
        bool excludes_self, is_soft;
} Person;

static const char *const targets[] = {NULL, "kind=1", "kind!=1", "has:gpu", "!has:gpu", "kind=2 !has:gpu"};

static bool fits(const Person *person, int target)
{
        switch (target) {
        case 1:
                return person->kind == 1;
        case 2:
                return person->kind != 1;
        case 3:
                return person->has_gpu;
        case 4:
                return !person->has_gpu;
        case 5:
                return person->kind == 2 && !person->has_gpu;
        default:
                return true;
        }
}

static Person make_person(GRand *random, bool is_seeker)
{
        Person person = {
                .contributes = !is_seeker || g_rand_int_range(random, 0, 4) == 0,
                .is_hidden = !is_seeker && g_rand_int_range(random, 0, 6) == 0,
                .is_skipped = !is_seeker && g_rand_int_range(random, 0, 6) == 0,
                .is_lazy = !is_seeker && g_rand_int_range(random, 0, 3) == 0,
                .rank = g_rand_int_range(random, 0, RANKS) - 1,
                .kind = g_rand_int_range(random, 0, 3),
                .has_gpu = g_rand_boolean(random),
                .min = (uint32_t) g_rand_int_range(random, 0, 3),
                .target = g_rand_int_range(random, 0, (int) G_N_ELEMENTS(targets)),
                .excludes_self = g_rand_int_range(random, 0, 4) > 0,
                .is_soft = g_rand_int_range(random, 0, 3) == 0,
        };

        person.max = MAX(person.min, 1) + (uint32_t) g_rand_int_range(random, 0, 3);
        return person;
}

static void write_person(GString *text, const Person *person, uint32_t i, bool is_seeker)
{
        g_string_append_printf(text, "[Component c%u]\nExecStart=/bin/c\n", i);
        if (person->contributes)
                g_string_append_printf(text, "Contributes=group rank=%d\n", person->rank);
        if (person->is_skipped)
                g_string_append(text, "ConditionPathExists=/nowhere/at/all\n");
        if (person->is_lazy)
                g_string_append(text, "Start=lazy\n");
        if (person->kind > 0)
                g_string_append_printf(text, "Labels=kind=%d\n", person->kind);
        if (person->has_gpu)
                g_string_append(text, "Labels=gpu=yes\n");
        if (!is_seeker)
                return;
        g_string_append_printf(text, "[Reference c%u/group]\nCardinality=%u..%u\nExcludeSelf=%s\nSoft=%s\n", i,
                               person->min, person->max, person->excludes_self ? "yes" : "no",
                               person->is_soft ? "yes" : "no");
        if (targets[person->target])
                g_string_append_printf(text, "Target=%s\n", targets[person->target]);
}

/* What the statements say, the long way: who is taken, best first; UINT32_MAX: ambiguous. */
static uint32_t choose(const Person *people, uint32_t n, uint32_t self, const bool *is_started, uint32_t *taken)
{
        const Person *seeker = &people[self];
        uint32_t n_taken = 0, n_equal = 0;

        for (int rank = RANKS - 2; rank >= -1; rank--)
                for (uint32_t i = 0; i < n; i++) {
                        const Person *person = &people[i];

                        if (!person->contributes || person->rank != rank || person->is_hidden || person->is_skipped ||
                            !fits(person, seeker->target) || (seeker->excludes_self && i == self) ||
                            (seeker->is_soft && !is_started[i]))
                                continue;
                        n_equal += n_taken > 0 && rank == people[taken[0]].rank;
                        if (n_taken < seeker->max)
                                taken[n_taken++] = i;
                }
        return seeker->max == 1 && n_equal > 0 ? UINT32_MAX : n_taken;
}

/* Eager, or required by one that is, by other than soft references. */
static void find_started(const Person *people, uint32_t n, uint32_t n_members, bool *is_started)
{
        uint32_t taken[PEOPLE_MAX];

        for (uint32_t i = 0; i < n; i++)
                is_started[i] = !people[i].is_lazy && !people[i].is_skipped;
        for (uint32_t i = n_members; i < n; i++) {
                uint32_t n_taken = people[i].is_soft ? 0 : choose(people, n, i, is_started, taken);

                for (uint32_t j = 0; n_taken != UINT32_MAX && n_taken >= people[i].min && j < people[i].min; j++)
                        is_started[taken[j]] = true;
        }
}

static bool has_finding(const Scratch *scratch, DiagCode code, const char *component)
{
        for (guint i = 0; i < scratch->diags.items->len; i++) {
                const Diag *diag = scratch->diags.items->pdata[i];

                if (diag->code == code && diag->severity == SEVERITY_ERROR &&
                    g_strcmp0(diag->component, component) == 0)
                        return true;
        }
        return false;
}

static uint32_t find_node(const Plan *plan, uint32_t i)
{
        g_autofree char *name = g_strdup_printf("c%u", i);

        return (uint32_t) registry_find_component(plan->registry, name);
}

static void check_bound(const Plan *plan, uint32_t self, const uint32_t *taken, uint32_t n_taken, uint32_t min)
{
        uint32_t node = find_node(plan, self), n, n_down;
        const Wiring *wiring = plan_definition(plan, node)->wiring;
        const uint32_t *bound = plan_bound(plan, node, &wiring->refs[0], &n);
        const uint32_t *down = graph_edges(&plan->graph, node, DOWN, &n_down);

        assert_int_equal(wiring->n_refs, 1);
        assert_int_equal(n, n_taken);
        for (uint32_t i = 0; i < n; i++) {
                EdgeKind kind = EDGE_N_;

                assert_int_equal(bound[i], find_node(plan, taken[i]));
                for (uint32_t j = 0; j < n_down; j++)
                        if (plan->graph.edges[down[j]].to == bound[i])
                                kind = plan->graph.edges[down[j]].kind;
                assert_int_equal(kind, i < min ? EDGE_REQUIRES : EDGE_WANTS);
        }
}

/* §16, §17, §21, §22, §24, §29, §40: against an oracle, and by two orders of reading (§30) */
static void check_round(GRand *random, uint32_t *n_errors, uint32_t *n_plans)
{
        uint32_t n_members = (uint32_t) g_rand_int_range(random, 1, MEMBERS_MAX + 1), n = n_members + SEEKERS;
        g_autoptr(GString) open = g_string_new(NULL), hidden = g_string_new("[Module]\nVisibility=private\n");
        Person people[PEOPLE_MAX];
        bool is_started[PEOPLE_MAX], is_wrong = false;
        g_auto(Scratch) scratch, again;

        for (uint32_t i = 0; i < n; i++) {
                people[i] = make_person(random, i >= n_members);
                write_person(people[i].is_hidden ? hidden : open, &people[i], i, i >= n_members);
        }
        scratch_build(&scratch, (const char *const[]){"open", open->str, "hidden", hidden->str, NULL}, (PlanOptions){0},
                      false);
        scratch_build(&again, (const char *const[]){"open", open->str, "hidden", hidden->str, NULL}, (PlanOptions){0},
                      true);
        find_started(people, n, n_members, is_started);
        for (uint32_t i = n_members; i < n; i++) {
                g_autofree char *name = g_strdup_printf("c%u", i);
                uint32_t taken[PEOPLE_MAX], n_taken = choose(people, n, i, is_started, taken);
                bool is_any = false, is_self = false;

                for (uint32_t j = 0; j < n; j++)
                        is_any = is_any || people[j].contributes;
                for (uint32_t j = 0; n_taken != UINT32_MAX && j < n_taken; j++)
                        is_self = is_self || taken[j] == i;
                assert_int_equal(has_finding(&scratch, DIAG_AMBIGUOUS, name), n_taken == UINT32_MAX);
                assert_int_equal(has_finding(&scratch, DIAG_MISSING_DEPENDENCY, name),
                                 n_taken != UINT32_MAX && n_taken < people[i].min);
                is_wrong = is_wrong || n_taken == UINT32_MAX || n_taken < people[i].min;
                if (is_self && n_taken >= people[i].min)
                        assert_true(diag_list_count(&scratch.diags, SEVERITY_ERROR) > 0); /* §40 */
                if (scratch.plan)
                        check_bound(scratch.plan, i, taken, n_taken, people[i].min);
        }
        if (is_wrong)
                assert_null(scratch.plan);
        assert_int_equal(scratch.plan != NULL, again.plan != NULL);
        assert_int_equal(scratch.diags.items->len, again.diags.items->len);
        if (scratch.plan)
                assert_string_equal(registry_hash(scratch.plan->registry), registry_hash(again.plan->registry));
        *n_errors += scratch.plan == NULL;
        *n_plans += scratch.plan != NULL;
}

static void test_oracle(void **state)
{
        g_autoptr(GRand) random = g_rand_new_with_seed(SEED);
        uint32_t n_errors = 0, n_plans = 0;

        (void) state;
        for (int i = 0; i < ROUNDS; i++)
                check_round(random, &n_errors, &n_plans);
        /* Both sides were there to be seen. */
        assert_true(n_errors > ROUNDS / 10);
        assert_true(n_plans > ROUNDS / 10);
}

/* §30: every order of the files, the same plan and the same findings */
static void test_permutations(void **state)
{
        static const char *const files[] = {
                "[Component a]\nExecStart=/bin/a\nContributes=group rank=1\n",
                "[Component b]\nExecStart=/bin/b\nContributes=group rank=1\nRequires=routed:y\nProvides=routed:x\n",
                "[Component c]\nExecStart=/bin/c\n[Reference c/group]\nCardinality=0..n\n[Key routed]\nRoutes=x y\n",
                "[Component d]\nExecStart=/bin/d\nProvides=routed:*\nContributes=other\n",
        };
        static const char *const names[] = {"one", "two", "three", "four"};
        g_autofree char *first = NULL;

        (void) state;
        for (int order = 0; order < 24; order++) {
                const char *list[9] = {NULL};
                g_auto(Scratch) scratch;
                bool is_used[4] = {false};
                const uint32_t *bound;
                int rest = order;
                uint32_t c, n;

                for (int i = 0; i < 4; i++) {
                        int place = rest % (4 - i), j = 0;

                        rest /= 4 - i;
                        while (is_used[j] || place-- > 0)
                                j++;
                        is_used[j] = true;
                        list[2 * i] = names[j];
                        list[2 * i + 1] = files[j];
                }
                scratch_build(&scratch, list, (PlanOptions){0}, false);
                assert_non_null(scratch.plan);
                if (!first)
                        first = g_strdup(registry_hash(scratch.plan->registry));
                assert_string_equal(first, registry_hash(scratch.plan->registry));
                c = (uint32_t) registry_find_component(scratch.plan->registry, "c");
                bound = plan_bound(scratch.plan, c, &plan_definition(scratch.plan, c)->wiring->refs[0], &n);
                assert_int_equal(n, 2);
                assert_string_equal(plan_node_name(scratch.plan, bound[0]), "a");
                assert_string_equal(plan_node_name(scratch.plan, bound[1]), "b");
        }
}

static double seconds(void)
{
        struct timespec now;

        assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now), 0);
        return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* N contributors to one group and N references to it, of one label each, or of the best. A file has an end, too. */
static double build_large(uint32_t n)
{
        enum { FILES = 4 };
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
        const char *files[2 * FILES + 1] = {"m0", NULL, "m1", NULL, "m2", NULL, "m3", NULL, NULL};
        g_auto(Scratch) scratch;
        double begin;

        for (uint32_t file = 0; file < FILES; file++) {
                GString *text = g_string_new(NULL);

                for (uint32_t i = file; i < n; i += FILES) {
                        g_string_append_printf(text,
                                               "[Component m%u]\nExecStart=/bin/c\nContributes=group rank=%u\n"
                                               "Labels=id=%u\n[Component s%u]\nExecStart=/bin/c\n"
                                               "[Reference s%u/group]\n",
                                               i, i, i, i, i);
                        if (i % 2 == 0)
                                g_string_append_printf(text, "Target=id=%u\n", i);
                }
                files[2 * file + 1] = g_string_free(text, FALSE);
                g_ptr_array_add(texts, (void *) files[2 * file + 1]);
        }
        begin = seconds();
        scratch_build(&scratch, files, (PlanOptions){0}, false);
        begin = seconds() - begin;
        assert_non_null(scratch.plan);
        assert_int_equal(scratch.plan->bound.first[scratch.plan->bound.n_refs], n);
        return begin;
}

/* §49: not quadratic */
static void test_large(void **state)
{
        double small, large;

        (void) state;
        small = build_large(1000);
        large = build_large(10000);
        print_message("1 000: %.3f s, 10 000: %.3f s\n", small, large);
        assert_true(large < 40 * (small + 0.01));
}

/* §49: every one to every one has an end */
static void test_limit(void **state)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_auto(Scratch) scratch;
        uint32_t n_limit = 0;

        (void) state;
        for (uint32_t i = 0; i < 1100; i++)
                g_string_append_printf(text,
                                       "[Component m%u]\nExecStart=/bin/c\nContributes=group\n"
                                       "[Component s%u]\nExecStart=/bin/c\n[Reference s%u/group]\nCardinality=0..n\n",
                                       i, i, i);
        scratch_build(&scratch, (const char *const[]){"large", text->str, NULL}, (PlanOptions){0}, false);
        assert_null(scratch.plan);
        for (guint i = 0; i < scratch.diags.items->len; i++)
                n_limit += ((const Diag *) scratch.diags.items->pdata[i])->code == DIAG_LIMIT;
        assert_int_equal(n_limit, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_oracle),
                cmocka_unit_test(test_permutations),
                cmocka_unit_test(test_large),
                cmocka_unit_test(test_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
