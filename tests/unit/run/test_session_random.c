/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Type=reeve: whatever components, their processes and users do, in whatever order, each hook is called at most once an
 * incarnation, one at a time, what was completed is undone, and the engine keeps its counts. */
#include "session_fixture.h"

#define N_COMPONENTS 5
#define N_SEEDS 100
#define N_STEPS 150

static const char *const names[N_COMPONENTS] = {"a", "b", "c", "d", "e"};

static const char module[] = "[Module]\nStartupErrorPolicy=ignore\n"
                             "[Component a]\nType=reeve\nExecStart=/a\nRestart=always\nRestartSec=100ms\n"
                             "[Component b]\nType=reeve\nExecStart=/b\nRequires=a\nRestart=on-failure\nRestartSec=0\n"
                             "[Component c]\nType=reeve\nExecStart=/c\nWants=a\nTimeoutStopSec=2\nTimeoutStartSec=3\n"
                             "[Component d]\nType=reeve\nExecStart=/d\nRequires=b c\nRestart=always\nRestartSec=1\n"
                             "[Component e]\nType=reeve\nExecStart=/e\nAfter=d\nWatchdogSec=4\n";

static bool is_open(const char *name)
{
        const Peer *peer = g_hash_table_lookup(fake_peers.latest, name);

        return peer && peer->session;
}

static void speak(GRand *chance, const char *name)
{
        Peer *peer;

        if (!is_open(name))
                return;
        peer = peer_of(name);
        switch (g_rand_int_range(chance, 0, 8)) {
        case 0:
                lose(name);
                break;
        case 1:
                session_ready(peer->session);
                break;
        case 2:
                session_extend(peer->session, (unsigned) g_rand_int_range(chance, 0, 5000) * MS);
                break;
        case 3: /* too late, or to nothing */
                if (!peer->is_asked)
                        session_answer(peer->session, ANSWER_DONE, NULL);
                break;
        default:
                if (!session_is_connected(peer->session))
                        session_connected(peer->session);
                else if (peer->is_asked)
                        say(name, g_rand_int_range(chance, 0, 5) > 0   ? ANSWER_DONE
                                  : g_rand_int_range(chance, 0, 2) > 0 ? ANSWER_NONE
                                                                       : ANSWER_ERROR);
        }
}

static void use(GRand *chance, Container *container, const char *name)
{
        g_auto(DiagList) diags;
        Change *change;
        int r;

        diag_list_init(&diags);
        switch (g_rand_int_range(chance, 0, 3)) {
        case 0:
                r = container_start_component(container, name, &change, &diags);
                break;
        case 1:
                r = container_stop_component(container, name, true, &change, &diags);
                break;
        default:
                r = container_restart_component(container, name, &change, &diags);
        }
        (void) r; /* may be refused */
}

static void step(GRand *chance, Fixture *fixture)
{
        const char *name = names[g_rand_int_range(chance, 0, N_COMPONENTS)];

        switch (g_rand_int_range(chance, 0, 10)) {
        case 0:
                if (fake_os_is_running(name))
                        fake_os_exit(name, g_rand_boolean(chance) ? CLD_EXITED : CLD_KILLED,
                                     g_rand_boolean(chance) ? 0 : SIGSEGV);
                break;
        case 1:
                use(chance, fixture->container, name);
                break;
        case 2:
                fake_os_advance((unsigned) g_rand_int_range(chance, 0, 2000) * MS);
                break;
        default:
                speak(chance, name);
        }
}

/* The other end asserts what it is asked (session_fixture). */
static void test_random(void **state)
{
        (void) state;
        for (unsigned seed = 1; seed <= N_SEEDS; seed++) {
                GRand *chance = g_rand_new_with_seed(seed);
                Fixture fixture;

                begin(&fixture, module);
                fixture.seed = seed;
                for (fixture.step = 0; fixture.step < N_STEPS; fixture.step++) {
                        step(chance, &fixture);
                        fake_os_run();
                        fixture_check(&fixture);
                }
                container_shutdown(fixture.container, "request");
                for (int n = 0; n < 10; n++) {
                        for (size_t i = 0; i < N_COMPONENTS; i++)
                                if (g_rand_boolean(chance))
                                        speak(chance, names[i]);
                        fake_os_advance(3 * SECOND);
                }
                fake_os_advance(80 * SECOND);
                assert_string_equal(container_word(&fixture), "stopped"); /* §96, §99 */
                assert_int_equal(fake_os_n_running(), 0);
                end(&fixture);
                g_rand_free(chance);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
