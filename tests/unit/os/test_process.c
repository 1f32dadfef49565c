/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

/* Every test runs in both ways of containment. */
typedef struct Mode {
        bool use_cgroups;
        const char *containment;
} Mode;

static Mode modes[] = { { false, "session" }, { true, "cgroup" } };

static Fixture *setup(Fixture *fixture, void **state)
{
        const Mode *mode = *state;

        fixture_init(fixture, mode->use_cgroups);
        if (strcmp(process_host_containment(fixture->host), mode->containment) != 0) {
                fixture_done(fixture);
                skip();
        }
        return fixture;
}

static void spawn_script(Watched *watched, Fixture *fixture, const char *script)
{
        SpawnSpec spec = spec_make(SHELL(script));

        watched_spawn(watched, fixture, &spec);
}

static void assert_report(const Watched *watched, int code, int status)
{
        assert_int_equal(watched->n_exits, 1);
        assert_int_equal(watched->n_gones, 1);
        assert_int_equal(watched->report.code, code);
        assert_int_equal(watched->report.status, status);
        assert_int_equal(process_pid(watched->process), 0);
}

/* P2 */
static void test_exit_reports(void **state)
{
        static const struct {
                const char *script;
                int code, status;
        } cases[] = {
                { "exit 0", CLD_EXITED, 0 },
                { "exit 7", CLD_EXITED, 7 },
                { "kill -TERM $$", CLD_KILLED, SIGTERM },
                { "kill -KILL $$", CLD_KILLED, SIGKILL },
                { "exec 1>&- 2>&-; exit 3", CLD_EXITED, 3 },
        };
        Watched watched[G_N_ELEMENTS(cases)];
        Fixture fixture;

        setup(&fixture, state);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *name = g_strdup_printf("sample%zu", i);
                SpawnSpec spec = spec_make(SHELL(cases[i].script));

                spec.name = name;
                watched_spawn(&watched[i], &fixture, &spec);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                fixture_wait(&fixture, &watched[i].is_gone);
                assert_report(&watched[i], cases[i].code, cases[i].status);
                watched_done(&watched[i]);
        }
        fixture_done(&fixture);
}

static pid_t read_pid(Watched *watched)
{
        g_autofree char *line = watched_read_line(watched);

        assert_true(atoi(line) > 1);
        return atoi(line);
}

/* P4, P5: what stays behind, in its own session and with the pipe in hand, neither delays the report nor survives. */
static void test_survivor(void **state)
{
        Fixture fixture;
        Watched watched;
        pid_t survivor;

        setup(&fixture, state);
        spawn_script(&watched, &fixture,
                     "setsid sh -c 'trap \"\" TERM HUP INT; echo $$; exec sleep 1000' & read x; exit 5");
        survivor = read_pid(&watched);
        assert_true(is_alive(survivor));
        fixture_wait(&fixture, &watched.is_gone);
        assert_report(&watched, CLD_EXITED, 5);
        assert_false(is_alive(survivor));
        watched_done(&watched);
        fixture_done(&fixture);
}

/* P5: double fork, new session, parents gone: dies whole. */
static void test_double_fork(void **state)
{
        Fixture fixture;
        Watched watched;
        pid_t pids[2];

        setup(&fixture, state);
        spawn_script(&watched, &fixture,
                     "(setsid sh -c '(setsid sh -c \"echo \\$\\$; exec sleep 1000\" &) ; exit 0' &)\n"
                     "(setsid sh -c '(sh -c \"echo \\$\\$; exec sleep 1000\" &) ; exit 0' &)\n"
                     "exec sleep 1000");
        pids[0] = read_pid(&watched);
        pids[1] = read_pid(&watched);
        process_kill(watched.process);
        fixture_wait(&fixture, &watched.is_gone);
        assert_report(&watched, CLD_KILLED, SIGKILL);
        assert_false(is_alive(pids[0]));
        assert_false(is_alive(pids[1]));
        watched_done(&watched);
        fixture_done(&fixture);
}

/* P5: two that start each other anew, and a crowd. */
static void test_respawning(void **state)
{
        Fixture fixture;
        Watched watched;

        setup(&fixture, state);
        spawn_script(&watched, &fixture,
                     "echo $$; for i in 1 2 3 4 5 6 7 8 9 10; do\n"
                     "(setsid sh -c 'while :; do sleep 1000 & sleep 0.01; done' &)\ndone; exec sleep 1000");
        (void) read_pid(&watched);
        process_kill(watched.process);
        fixture_wait(&fixture, &watched.is_gone);
        assert_report(&watched, CLD_KILLED, SIGKILL);
        watched_done(&watched);
        fixture_done(&fixture);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* §97: a stopped one gets the signal too; one that does not listen gets SIGKILL. */
static void test_signals(void **state)
{
        Fixture fixture;
        Watched stopped, deaf;

        setup(&fixture, state);
        spawn_script(&stopped, &fixture, "trap 'exit 9' TERM; echo $$; while :; do sleep 0.01; done");
        (void) read_pid(&stopped);
        assert_int_equal(process_ask(stopped.process, SIGSTOP), 0);
        assert_int_equal(process_ask(stopped.process, SIGTERM), 0);
        fixture_wait(&fixture, &stopped.is_gone);
        assert_report(&stopped, CLD_EXITED, 9);
        assert_int_equal(process_ask(stopped.process, SIGTERM), -ESRCH);
        watched_done(&stopped);

        spawn_script(&deaf, &fixture, "trap '' TERM; echo $$; while :; do sleep 0.01; done");
        (void) read_pid(&deaf);
        assert_int_equal(process_ask(deaf.process, SIGTERM), 0);
        assert_int_equal(process_ask(deaf.process, SIGSTOP), 0);
        process_kill(deaf.process);
        fixture_wait(&fixture, &deaf.is_gone);
        assert_report(&deaf, CLD_KILLED, SIGKILL);
        watched_done(&deaf);
        fixture_done(&fixture);
}

/* §65 */
static void test_members(void **state)
{
        Fixture fixture;
        Watched one, other;
        pid_t child, stranger;

        setup(&fixture, state);
        spawn_script(&one, &fixture, "setsid sh -c 'echo $$; exec sleep 1000' & wait");
        child = read_pid(&one);
        {
                SpawnSpec spec = spec_make(SHELL("echo $$; exec sleep 1000"));

                spec.name = "other";
                watched_spawn(&other, &fixture, &spec);
        }
        stranger = read_pid(&other);
        assert_true(process_has_member(one.process, process_pid(one.process)));
        assert_true(process_has_member(one.process, child));
        assert_false(process_has_member(one.process, stranger));
        assert_false(process_has_member(one.process, getpid()));
        assert_false(process_has_member(one.process, 1));
        assert_false(process_has_member(one.process, 0));
        assert_false(process_has_member(one.process, -1));

        /* P21: MAINPID=1, of the daemon, of another */
        assert_int_equal(process_set_main(one.process, 1), -EPERM);
        assert_int_equal(process_set_main(one.process, getpid()), -EPERM);
        assert_int_equal(process_set_main(one.process, stranger), -EPERM);
        assert_int_equal(process_set_main(one.process, -5), -EPERM);
        assert_int_equal(process_set_main(one.process, process_pid(one.process)), 0);
        assert_false(one.is_exited);

        process_kill(one.process);
        fixture_wait(&fixture, &one.is_gone);
        assert_false(other.is_exited);
        process_kill(other.process);
        fixture_wait(&fixture, &other.is_gone);
        watched_done(&one);
        watched_done(&other);
        fixture_done(&fixture);
}

/* The parent of a daemon ends after MAINPID=: nothing but its corpse goes. The status of what is no child of ours is
 * unknown; in a session it becomes our child. */
static void test_main_pid(void **state)
{
        const Mode *mode = *state;
        Fixture fixture;
        Watched watched;
        pid_t parent, daemon;

        setup(&fixture, state);
        spawn_script(&watched, &fixture,
                     "setsid sh -c 'trap \"exit 4\" TERM; echo $$; while :; do sleep 0.01; done' & read x <&1; exit 0");
        parent = process_pid(watched.process);
        daemon = read_pid(&watched);
        assert_int_equal(process_set_main(watched.process, daemon), 0);
        assert_int_equal(process_pid(watched.process), daemon);
        assert_int_equal(kill(parent, SIGKILL), 0);
        while (is_alive(parent))
                assert_true(sd_event_run(loop_event(fixture.loop), UINT64_MAX) >= 0);
        assert_false(watched.is_exited);
        assert_true(is_alive(daemon));

        assert_int_equal(process_ask(watched.process, SIGTERM), 0);
        fixture_wait(&fixture, &watched.is_gone);
        if (mode->use_cgroups && getpid() != 1)
                assert_report(&watched, 0, 0);
        else
                assert_report(&watched, CLD_EXITED, 4);
        watched_done(&watched);
        fixture_done(&fixture);
}

/* MAINPID= away from the one that was spawned, and back: its status is still heard. */
static void test_main_pid_returns(void **state)
{
        Fixture fixture;
        Watched watched;
        pid_t leader, child;

        setup(&fixture, state);
        spawn_script(&watched, &fixture, "sleep 1000 & echo $!; exec sleep 1000");
        leader = process_pid(watched.process);
        child = read_pid(&watched);
        assert_int_equal(process_set_main(watched.process, child), 0);
        assert_int_equal(process_set_main(watched.process, leader), 0);
        assert_int_equal(process_pid(watched.process), leader);
        assert_int_equal(process_ask(watched.process, SIGKILL), 0);
        fixture_wait(&fixture, &watched.is_gone);
        assert_report(&watched, CLD_KILLED, SIGKILL);
        watched_done(&watched);
        fixture_done(&fixture);
}

typedef struct Daemon {
        Watched watched; /* first: handed to the others as such */
        pid_t pid;
} Daemon;

static void on_last_words(Process *process, void *userdata)
{
        Daemon *daemon = userdata;

        if (process_pid(process) != daemon->pid)
                assert_int_equal(process_set_main(process, daemon->pid), 0);
}

/* The same when MAINPID= is heard only after the parent has ended already. */
static void test_last_words(void **state)
{
        static const ProcessHandlers handlers = {
                .on_spawned = watched_on_spawned,
                .on_last_words = on_last_words,
                .on_exit = watched_on_exit,
                .on_gone = watched_on_gone,
        };
        SpawnSpec spec = spec_make(SHELL("setsid sh -c 'echo $$; exec sleep 1000' & exit 0"));
        Daemon daemon = { 0 };
        SpawnError error;
        Fixture fixture;
        pid_t parent;
        int fds[2];

        setup(&fixture, state);
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        spec.output = fds[1];
        daemon.watched.output = fds[0];
        assert_int_equal(process_spawn(fixture.host, &spec, &handlers, &daemon, &daemon.watched.process, &error), 0);
        close(fds[1]);
        fixture_wait(&fixture, &daemon.watched.is_spawned);
        daemon.pid = read_pid(&daemon.watched);
        parent = process_pid(daemon.watched.process);
        while (process_pid(daemon.watched.process) == parent || kill(parent, 0) == 0)
                assert_true(sd_event_run(loop_event(fixture.loop), UINT64_MAX) >= 0);
        assert_false(daemon.watched.is_exited);
        assert_true(is_alive(daemon.pid));
        process_kill(daemon.watched.process);
        fixture_wait(&fixture, &daemon.watched.is_gone);
        assert_false(is_alive(daemon.pid));
        watched_done(&daemon.watched);
        fixture_done(&fixture);
}

static guint count_children(void)
{
        GDir *threads = g_dir_open("/proc/self/task", 0, NULL);
        guint n = 0;

        for (const char *thread; (thread = g_dir_read_name(threads));) {
                g_autofree char *path = g_strdup_printf("/proc/self/task/%s/children", thread), *text = NULL;

                if (!g_file_get_contents(path, &text, NULL, NULL))
                        continue; /* a thread of the test before, that ends */
                for (const char *p = text; *p; p++)
                        n += *p == ' ';
        }
        g_dir_close(threads);
        return n;
}

/* P3: orphans of a component that lives on leave no corpses. */
static void test_orphans(void **state)
{
        Fixture fixture;
        Watched watched;
        g_autofree char *line = NULL;

        setup(&fixture, state);
        spawn_script(&watched, &fixture,
                     "i=0; while [ $i -lt 200 ]; do (true &); i=$((i+1)); done; echo all; exec sleep 1000");
        line = watched_read_line(&watched);
        assert_string_equal(line, "all");
        while (count_children() > 1)
                assert_true(sd_event_run(loop_event(fixture.loop), UINT64_MAX) >= 0);
        assert_false(watched.is_exited);
        assert_true(is_alive(process_pid(watched.process)));
        watched_done(&watched);
        fixture_done(&fixture);
}

/* What is freed before its end is killed without a word, and leaves no corpse. */
static void test_free_living(void **state)
{
        Fixture fixture;
        Watched watched;
        pid_t child, main;

        setup(&fixture, state);
        spawn_script(&watched, &fixture, "setsid sh -c 'echo $$; exec sleep 1000' & wait");
        child = read_pid(&watched);
        main = process_pid(watched.process);
        watched_done(&watched);
        fixture_done(&fixture);
        assert_int_equal(watched.n_exits + watched.n_gones, 0);
        assert_false(is_alive(main));
        assert_false(is_alive(child));
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void free_on_gone(Process *process, void *userdata)
{
        process_free(process);
        watched_on_gone(NULL, userdata);
}

static void free_on_exit(Process *process, const ExitReport *report, void *userdata)
{
        watched_on_exit(process, report, userdata);
        process_free(process);
}

/* The owner may let go inside either call. */
static void test_free_inside(void **state)
{
        static const ProcessHandlers at_gone = { .on_exit = watched_on_exit, .on_gone = free_on_gone };
        static const ProcessHandlers at_exit = { .on_exit = free_on_exit, .on_gone = free_on_gone };
        SpawnSpec spec = spec_make(SHELL("exit 0"));
        Fixture fixture;
        Watched gone = { 0 }, exited = { 0 };
        SpawnError error;

        setup(&fixture, state);
        assert_int_equal(process_spawn(fixture.host, &spec, &at_gone, &gone, &gone.process, &error), 0);
        fixture_wait(&fixture, &gone.is_gone);
        assert_int_equal(process_spawn(fixture.host, &spec, &at_exit, &exited, &exited.process, &error), 0);
        fixture_wait(&fixture, &exited.is_exited);
        fixture_done(&fixture);
        assert_int_equal(exited.n_gones, 0);
}

/* P27: what runs can be stopped, and its end is seen, when there are no descriptors. */
static void test_no_descriptors(void **state)
{
        Fixture fixture;
        Watched watched;
        pid_t child;
        int taken[70000];
        size_t n = 0;

        setup(&fixture, state);
        spawn_script(&watched, &fixture, "setsid sh -c 'echo $$; exec sleep 1000' & wait");
        child = read_pid(&watched);
        while (n < G_N_ELEMENTS(taken) && (taken[n] = dup(0)) >= 0)
                n++;
        assert_int_equal(errno, EMFILE);
        process_kill(watched.process);
        fixture_wait(&fixture, &watched.is_gone);
        while (n > 0)
                close(taken[--n]);
        assert_false(is_alive(child));
        watched_done(&watched);
        fixture_done(&fixture);
}

static guint count_descriptors(void)
{
        guint n = 0;
        GDir *directory = g_dir_open("/proc/self/fd", 0, NULL);

        while (g_dir_read_name(directory))
                n++;
        g_dir_close(directory);
        return n;
}

/* P1 in small: descriptors are back to what they were. */
static void test_no_leaks(void **state)
{
        Fixture fixture;
        guint before;

        setup(&fixture, state);
        before = count_descriptors();
        for (int i = 0; i < 50; i++) {
                Watched watched;

                spawn_script(&watched, &fixture, i % 2 ? "exit 0" : "sleep 1000 & exit 0");
                fixture_wait(&fixture, &watched.is_gone);
                watched_done(&watched);
        }
        assert_int_equal(count_descriptors(), before);
        fixture_done(&fixture);
}

#define BOTH(test) \
        { #test "/session", test, NULL, NULL, &modes[0] }, { #test "/cgroup", test, NULL, NULL, &modes[1] }

int main(void)
{
        static const struct CMUnitTest tests[] = {
                BOTH(test_exit_reports), BOTH(test_survivor),    BOTH(test_double_fork), BOTH(test_respawning),
                BOTH(test_signals),      BOTH(test_members),     BOTH(test_main_pid),    BOTH(test_free_living),
                BOTH(test_free_inside),  BOTH(test_no_descriptors), BOTH(test_no_leaks),
                BOTH(test_last_words),   BOTH(test_orphans),      BOTH(test_main_pid_returns),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
