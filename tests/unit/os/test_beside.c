/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process beside a component's main one: a hook. Every test runs in both ways of containment. */
#include "unit/os/fixture.h"

typedef struct Mode {
        bool use_cgroups;
        const char *containment;
} Mode;

static Mode modes[] = {{false, "session"}, {true, "cgroup"}};

typedef struct Pair {
        Fixture fixture;
        Watched main, beside;
} Pair;

static void pair_init(Pair *pair, void **state, const char *main_script, const char *script)
{
        const Mode *mode = *state;
        SpawnSpec spec = spec_make(SHELL(main_script));

        fixture_init(&pair->fixture, mode->use_cgroups);
        if (strcmp(process_host_containment(pair->fixture.host), mode->containment) != 0) {
                fixture_done(&pair->fixture);
                skip();
        }
        watched_spawn(&pair->main, &pair->fixture, &spec);
        spec = spec_make(SHELL(script));
        spec.part = "startup";
        spec.beside = pair->main.process;
        watched_spawn(&pair->beside, &pair->fixture, &spec);
}

static void pair_done(Pair *pair)
{
        watched_done(&pair->beside);
        watched_done(&pair->main);
        fixture_done(&pair->fixture);
}

static pid_t read_pid(Watched *watched)
{
        g_autofree char *line = watched_read_line(watched);

        assert_true(atoi(line) > 1);
        return atoi(line);
}

#define RUNAWAY "setsid sh -c 'trap \"\" TERM; echo $$; exec sleep 1000' &"

/* §77, §69: it is killed with all that it started, and with nothing else */
static void test_killed_alone(void **state)
{
        pid_t helper, child;
        Pair pair;

        pair_init(&pair, state, RUNAWAY " exec sleep 1000", RUNAWAY " exec sleep 1000");
        helper = read_pid(&pair.main);
        child = read_pid(&pair.beside);
        assert_true(process_has_member(pair.beside.process, child)); /* §65 */
        assert_false(process_has_member(pair.beside.process, helper));
        process_kill(pair.beside.process);
        fixture_wait(&pair.fixture, &pair.beside.is_gone);
        assert_int_equal(pair.beside.report.code, CLD_KILLED);
        assert_false(is_alive(child));
        assert_true(is_alive(helper));
        assert_true(is_alive(process_pid(pair.main.process)));
        process_kill(pair.main.process);
        fixture_wait(&pair.fixture, &pair.main.is_gone);
        assert_false(is_alive(helper));
        pair_done(&pair);
}

/* §69: what it leaves behind ends with it, and leaves the main process alone */
static void test_ends(void **state)
{
        pid_t child;
        Pair pair;

        pair_init(
                &pair, state, "exec sleep 1000",
                "trap 'exit 3' USR1; setsid sh -c \"echo \\$\\$; kill -USR1 $$; exec sleep 1000\" & sleep 1000 & wait");
        child = read_pid(&pair.beside);
        fixture_wait(&pair.fixture, &pair.beside.is_gone);
        assert_int_equal(pair.beside.report.code, CLD_EXITED);
        assert_int_equal(pair.beside.report.status, 3);
        assert_false(is_alive(child));
        assert_true(is_alive(process_pid(pair.main.process)));
        process_kill(pair.main.process);
        fixture_wait(&pair.fixture, &pair.main.is_gone);
        pair_done(&pair);
}

#define RESTLESS(n) \
        "export AGAIN='exec sh -c \"$AGAIN\"'; for i in " n "; do" \
        " setsid sh -c 'echo $$; exec sh -c \"$AGAIN\"' & done; exec sleep 1000"

/* §69, P7: who executes one program after the other has no environment at times, to tell whose it is */
static void test_restless(void **state)
{
        for (int i = 0; i < 12; i++) {
                pid_t child;
                Pair pair;

                pair_init(&pair, state, RESTLESS("1 2 3 4"), RESTLESS("1"));
                (void) read_pid(&pair.main);
                child = read_pid(&pair.beside);
                process_kill(pair.beside.process);
                fixture_wait(&pair.fixture, &pair.beside.is_gone);
                assert_false(is_alive(child));
                process_kill(pair.main.process);
                fixture_wait(&pair.fixture, &pair.main.is_gone);
                pair_done(&pair);
        }
}

/* §97: once the component was told that it will end, neither it nor its helpers go with the main process */
static void test_outlives(void **state)
{
        pid_t helper, beside;
        Pair pair;

        pair_init(&pair, state, RUNAWAY " exec sleep 1000", "echo $$; exec sleep 1000");
        helper = read_pid(&pair.main);
        beside = read_pid(&pair.beside);
        assert_int_equal(process_ask(pair.main.process, 0), 0);
        assert_int_equal(kill(process_pid(pair.main.process), SIGKILL), 0);
        fixture_wait(&pair.fixture, &pair.main.is_exited);
        assert_true(is_alive(beside));
        assert_true(is_alive(helper));
        process_kill(pair.beside.process);
        fixture_wait(&pair.fixture, &pair.beside.is_gone);
        assert_true(is_alive(helper));
        process_kill(pair.main.process);
        fixture_wait(&pair.fixture, &pair.main.is_gone);
        assert_false(is_alive(helper));
        pair_done(&pair);
}

/* §79: one cgroup within the other, so that limits hold for both, and the end of the whole is the end of both */
static void test_goes_along(void **state)
{
        pid_t beside;
        Pair pair;

        pair_init(&pair, state, "exec sleep 1000", "echo $$; exec sleep 1000");
        beside = read_pid(&pair.beside);
        assert_true(process_has_member(pair.main.process, beside));
        process_kill(pair.main.process);
        fixture_wait(&pair.fixture, &pair.main.is_gone);
        fixture_wait(&pair.fixture, &pair.beside.is_gone);
        assert_false(is_alive(beside));
        pair_done(&pair);
}

#define BOTH(test) {#test "/session", test, NULL, NULL, &modes[0]}, {#test "/cgroup", test, NULL, NULL, &modes[1]}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                BOTH(test_killed_alone),
                BOTH(test_ends),
                BOTH(test_restless),
                BOTH(test_outlives),
                {"test_goes_along/cgroup", test_goes_along, NULL, NULL, &modes[1]},
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
