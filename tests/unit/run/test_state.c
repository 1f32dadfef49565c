/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "run/container_state.h"
#include "run/last_end.h"
#include "run/state.h"

/* §60, line by line, as pairs: which state may follow which. */
static const struct {
        State from, to;
} legal[] = {
        {STATE_INACTIVE, STATE_WAITING},  {STATE_WAITING, STATE_STARTING},  {STATE_WAITING, STATE_INACTIVE},
        {STATE_WAITING, STATE_BLOCKED},   {STATE_BLOCKED, STATE_WAITING},   {STATE_BLOCKED, STATE_INACTIVE},
        {STATE_STARTING, STATE_READY},    {STATE_STARTING, STATE_STOPPING}, {STATE_STARTING, STATE_FAILED},
        {STATE_STARTING, STATE_BACKOFF},  {STATE_READY, STATE_STOPPING},    {STATE_READY, STATE_BACKOFF},
        {STATE_READY, STATE_FAILED},      {STATE_READY, STATE_INACTIVE},    {STATE_STOPPING, STATE_INACTIVE},
        {STATE_STOPPING, STATE_WAITING},  {STATE_STOPPING, STATE_FAILED},   {STATE_STOPPING, STATE_BACKOFF},
        {STATE_BACKOFF, STATE_WAITING},   {STATE_BACKOFF, STATE_INACTIVE},  {STATE_FAILED, STATE_WAITING},
        {STATE_FAILED, STATE_INACTIVE},   {STATE_INACTIVE, STATE_SKIPPED},  {STATE_SKIPPED, STATE_INACTIVE},
};

static bool is_listed(State from, State to)
{
        for (size_t i = 0; i < sizeof(legal) / sizeof(legal[0]); i++)
                if (legal[i].from == from && legal[i].to == to)
                        return true;
        return false;
}

/* §60: every pair of the list is possible, and no other */
static void test_transitions(void **state)
{
        (void) state;
        for (State from = 0; from < STATE_N_; from++)
                for (State to = 0; to < STATE_N_; to++) {
                        bool is_possible = false;

                        for (StateEvent event = 0; event < EVENT_N_; event++) {
                                Transition transition = state_transition(from, event);

                                is_possible |= transition.is_legal && transition.next == to;
                        }
                        if (is_possible != is_listed(from, to))
                                fail_msg("%s -> %s", state_names[from], state_names[to]);
                }
}

/* §59: nine states, each with a word; every state can be reached from inactive and left again */
static void test_reach(void **state)
{
        bool is_reached[STATE_N_] = {[STATE_INACTIVE] = true};

        (void) state;
        assert_int_equal(STATE_N_, 9);
        for (unsigned round = 0; round < STATE_N_; round++)
                for (State from = 0; from < STATE_N_; from++)
                        for (StateEvent event = 0; is_reached[from] && event < EVENT_N_; event++)
                                if (state_transition(from, event).is_legal)
                                        is_reached[state_transition(from, event).next] = true;
        for (State from = 0; from < STATE_N_; from++) {
                bool can_leave = false;

                assert_true(is_reached[from]);
                assert_non_null(state_names[from]);
                for (StateEvent event = 0; event < EVENT_N_; event++)
                        can_leave |= state_transition(from, event).is_legal;
                assert_true(can_leave);
        }
}

/* §52; back-off is judged by whoever knows the attempts */
static void test_settled(void **state)
{
        static const bool expected[STATE_N_] = {
                [STATE_INACTIVE] = true, [STATE_READY] = true,   [STATE_FAILED] = true,
                [STATE_BLOCKED] = true,  [STATE_SKIPPED] = true,
        };

        (void) state;
        for (State each = 0; each < STATE_N_; each++)
                assert_int_equal(state_is_settled(each), expected[each]);
}

/* §61: words of the sub-states */
static void test_sub_states(void **state)
{
        (void) state;
        for (SubState each = SUB_SPAWNED; each < SUB_N_; each++)
                assert_true(sub_state_names[each] && *sub_state_names[each]);
        assert_string_equal(sub_state_names[SUB_ON_PRE_DESTROY], "on-pre-destroy");
}

/* §153: the words of an end, and what it is reported as: a row that was forgotten would be "syntax-error" */
static void test_results(void **state)
{
        (void) state;
        for (Result each = 0; each < RESULT_N_; each++) {
                assert_true(result_names[each] && *result_names[each]);
                assert_int_not_equal(result_codes[each], 0);
        }
        assert_int_equal(result_codes[RESULT_SUCCESS], DIAG_EXITED_EARLY);
        assert_int_equal(result_codes[RESULT_STOP_TIMEOUT], DIAG_STOP_TIMEOUT);
}

/* §62 */
static void test_container(void **state)
{
        static const ContainerState forward[] = {
                CONTAINER_CREATED, CONTAINER_LOADING,  CONTAINER_VALIDATING, CONTAINER_GATING,  CONTAINER_STARTING,
                CONTAINER_RUNNING, CONTAINER_DRAINING, CONTAINER_STOPPING,   CONTAINER_STOPPED,
        };

        (void) state;
        for (size_t i = 1; i < sizeof(forward) / sizeof(forward[0]); i++)
                assert_true(container_state_may_follow(forward[i - 1], forward[i]));
        for (ContainerState from = CONTAINER_LOADING; from <= CONTAINER_STARTING; from++)
                assert_true(container_state_may_follow(from, CONTAINER_FAILED));
        assert_false(container_state_may_follow(CONTAINER_STOPPED, CONTAINER_RUNNING));
        assert_false(container_state_may_follow(CONTAINER_RUNNING, CONTAINER_FAILED));
        assert_false(container_state_may_follow(CONTAINER_STOPPING, CONTAINER_DRAINING));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_transitions), cmocka_unit_test(test_reach), cmocka_unit_test(test_settled),
                cmocka_unit_test(test_sub_states),  cmocka_unit_test(test_results),    cmocka_unit_test(test_container),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
