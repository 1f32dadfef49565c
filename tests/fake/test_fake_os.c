/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the engine lean on: the order of things and the clock of the twin. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "fake/fake_os.h"
#include "os/notify.h"

typedef struct Scene {
        Loop *loop;
        ProcessHost *host;
        Process *process;
        NotifySocket *socket;
        GString *seen;
        ExitReport report;
        uint64_t gone_usec;
} Scene;

static void on_spawned(Process *process, const SpawnError *error, void *userdata)
{
        Scene *scene = userdata;

        if (!error) {
                assert_int_equal(notify_listen(scene->socket), 0);
                return;
        }
        g_string_append_printf(scene->seen, "%s %d ", error->step, error->error);
        process_free(process);
        scene->process = NULL;
}

static void on_exit_(Process *process, const ExitReport *report, void *userdata)
{
        Scene *scene = userdata;

        (void) process;
        g_string_append(scene->seen, "exit ");
        scene->report = *report;
}

static void on_gone(Process *process, void *userdata)
{
        Scene *scene = userdata;

        g_string_append(scene->seen, "gone ");
        scene->gone_usec = clock_monotonic();
        process_free(process);
        scene->process = NULL;
}

static void on_message(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata)
{
        Scene *scene = userdata;

        (void) socket;
        g_string_append(scene->seen, message->ready && process_has_member(scene->process, sender) ? "ready " : "said ");
}

static void on_timer(Timer *timer, void *userdata)
{
        (void) timer;
        g_string_append(((Scene *) userdata)->seen, "timer ");
}

static void scene_init(Scene *scene)
{
        fake_os_reset();
        *scene = (Scene) { .seen = g_string_new(NULL) };
        assert_int_equal(loop_new(&scene->loop), 0);
        assert_int_equal(process_host_new(scene->loop, true, -1, &scene->host), 0);
        assert_int_equal(notify_new(scene->loop, "/run/c/a/notify", 0, 0, on_message, scene, &scene->socket), 0);
}

static int scene_spawn(Scene *scene, SpawnError *error)
{
        static const ProcessHandlers handlers = { .on_spawned = on_spawned, .on_exit = on_exit_, .on_gone = on_gone };
        const char *argv[] = { "a", NULL }, *environment[] = { "X=1", NULL };
        SpawnSpec spec = { .name = "a", .argv = argv, .environment = environment };

        return process_spawn(scene->host, &spec, &handlers, scene, &scene->process, error);
}

static void scene_done(Scene *scene)
{
        process_free(scene->process);
        notify_free(scene->socket);
        process_host_free(scene->host);
        loop_free(scene->loop);
        (void) g_string_free(scene->seen, TRUE);
}

/* Of what is due at once an exit is seen before a timer, and that before what was said. */
static void test_order(void **state)
{
        SpawnError error;
        Timer *timer;
        Scene scene;

        (void) state;
        scene_init(&scene);
        assert_int_equal(scene_spawn(&scene, &error), 0);
        assert_false(fake_os_is_running("a"));
        assert_int_equal(process_pid(scene.process), 0);
        fake_os_run();
        assert_true(fake_os_is_running("a"));
        assert_string_equal(fake_os_environment("a", "X"), "1");
        fake_os_notify("a", "READY=1");
        fake_os_notify_from("a", 1, "READY=1");
        assert_int_equal(timer_new(scene.loop, clock_monotonic(), on_timer, &scene, &timer), 0);
        assert_string_equal(scene.seen->str, "");
        assert_int_equal(loop_run(scene.loop), 0);
        assert_string_equal(scene.seen->str, "timer ready said ");

        fake_os_exit("a", CLD_EXITED, 3);
        assert_int_equal(timer_set(timer, clock_monotonic()), 0);
        fake_os_run();
        assert_string_equal(scene.seen->str, "timer ready said exit gone timer ");
        assert_int_equal(scene.report.status, 3);
        assert_string_equal(fake_os_log(NULL), "spawn a\nexit a\ngone a\n");
        assert_int_equal(fake_os_n_running(), 0);
        timer_free(timer);
        scene_done(&scene);
}

static void test_clock(void **state)
{
        FakeBehaviour slow = fake_behaviour_default;
        uint64_t begin;
        SpawnError error;
        Scene scene;

        (void) state;
        scene_init(&scene);
        begin = clock_monotonic();
        slow.ready_usec = 1000;
        slow.stop_usec = 5000;
        fake_os_set_behaviour(NULL, &slow);
        assert_int_equal(scene_spawn(&scene, &error), 0);
        fake_os_advance(999);
        assert_string_equal(scene.seen->str, "");
        fake_os_advance(1);
        assert_string_equal(scene.seen->str, "ready ");
        assert_int_equal(process_ask(scene.process, SIGTERM), 0);
        fake_os_advance(100000);
        assert_string_equal(scene.seen->str, "ready exit gone ");
        assert_int_equal(scene.gone_usec, begin + 6000);
        assert_int_equal(clock_monotonic(), begin + 101000);
        scene_done(&scene);
}

static void test_failures(void **state)
{
        FakeBehaviour stubborn = fake_behaviour_default;
        SpawnError error = { 0 };
        Scene scene;

        (void) state;
        scene_init(&scene);
        fake_os_fail_next_spawn(ENOENT, "exec");
        assert_int_equal(scene_spawn(&scene, &error), 0);
        fake_os_run();
        fake_os_fail_next_spawn(ESRCH, "user");
        assert_int_equal(scene_spawn(&scene, &error), -ESRCH);
        assert_string_equal(error.step, "user");
        assert_int_equal(scene_spawn(&scene, &error), 0);
        assert_int_equal(process_ask(scene.process, SIGTERM), 0);
        fake_os_run();
        assert_string_equal(scene.seen->str, "exec 2 cancelled 125 ");
        (void) g_string_truncate(scene.seen, 0);
        stubborn.is_deaf = stubborn.has_survivors = true;
        fake_os_set_behaviour("a", &stubborn);
        assert_int_equal(scene_spawn(&scene, &error), 0);
        fake_os_run();
        assert_int_equal(process_ask(scene.process, SIGTERM), 0);
        fake_os_advance(G_USEC_PER_SEC);
        assert_string_equal(scene.seen->str, "");
        fake_os_exit("a", CLD_KILLED, SIGSEGV);
        fake_os_run();
        assert_string_equal(scene.seen->str, "exit ");
        fake_os_gone("a");
        fake_os_run();
        assert_string_equal(scene.seen->str, "exit gone ");
        assert_string_equal(fake_os_log("signal "), "signal a TERM\n");
        scene_done(&scene);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_clock),
                cmocka_unit_test(test_failures),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
