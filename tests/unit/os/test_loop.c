/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <systemd/sd-event.h>

typedef struct Order {
        Loop *loop;
        GString *text;
        Timer *timers[4];
        uint64_t at[4];
        int n_fired;
        bool is_late; /* another one was due by then, too */
} Order;

#define APART_USEC 10000

static void on_letter(Timer *timer, void *userdata)
{
        Order *order = userdata;

        for (size_t i = 0; i < G_N_ELEMENTS(order->timers); i++)
                if (order->timers[i] == timer) {
                        g_string_append_c(order->text, (char) ('a' + i));
                        assert_true(clock_monotonic() >= order->at[i]);
                        order->is_late |= clock_monotonic() >= order->at[i] + APART_USEC;
                }
        if (++order->n_fired == 4)
                loop_exit(order->loop, 7);
}

/* Of two that a busy machine finds due at once either may come first: then nothing is shown. */
static bool try_timers(void)
{
        uint64_t now = clock_monotonic();
        Order order = { .text = g_string_new(NULL),
                        .at = { now + 3 * APART_USEC, now + 2 * APART_USEC, now + APART_USEC, now } };

        assert_int_equal(loop_new(&order.loop), 0);
        assert_int_equal(timer_new(order.loop, order.at[0], on_letter, &order, &order.timers[0]), 0);
        assert_int_equal(timer_new(order.loop, UINT64_MAX, on_letter, &order, &order.timers[1]), 0);
        assert_int_equal(timer_new(order.loop, order.at[2], on_letter, &order, &order.timers[2]), 0);
        assert_int_equal(timer_new(order.loop, 0, on_letter, &order, &order.timers[3]), 0);
        assert_int_equal(order.n_fired, 0);
        assert_int_equal(timer_set(order.timers[1], order.at[1]), 0);
        assert_int_equal(loop_run(order.loop), 7);
        if (!order.is_late)
                assert_string_equal(order.text->str, "dcba");
        for (size_t i = 0; i < G_N_ELEMENTS(order.timers); i++)
                timer_free(order.timers[i]);
        loop_free(order.loop);
        (void) g_string_free(order.text, TRUE);
        return !order.is_late;
}

static void test_timers(void **state)
{
        while (!try_timers())
                ;
}

static void on_again(Timer *timer, void *userdata)
{
        Order *order = userdata;

        if (++order->n_fired == 3)
                loop_exit(order->loop, 0);
        else
                assert_int_equal(timer_set(timer, clock_monotonic()), 0);
}

static void test_timer_again(void **state)
{
        Order order = { 0 };

        assert_int_equal(loop_new(&order.loop), 0);
        assert_int_equal(timer_new(order.loop, 0, on_again, &order, &order.timers[0]), 0);
        assert_int_equal(loop_run(order.loop), 0);
        assert_int_equal(order.n_fired, 3);
        timer_free(order.timers[0]);
        loop_free(order.loop);
}

static void on_signal(int signal, void *userdata)
{
        Order *order = userdata;

        order->n_fired = signal;
        loop_exit(order->loop, 1);
}

/* P14: what comes before anybody listens is not lost, and does not kill. */
static void test_signal(void **state)
{
        Order order = { 0 };

        process_block_signals();
        assert_int_equal(raise(SIGTERM), 0);
        assert_int_equal(loop_new(&order.loop), 0);
        assert_int_equal(loop_watch_signal(order.loop, SIGTERM, on_signal, &order), 0);
        assert_int_equal(loop_run(order.loop), 1);
        assert_int_equal(order.n_fired, SIGTERM);
        loop_free(order.loop);
}

static void test_clocks(void **state)
{
        uint64_t monotonic = clock_monotonic(), real = clock_realtime();

        assert_true(clock_monotonic() >= monotonic);
        assert_in_range(real / G_USEC_PER_SEC, 1600000000, 8000000000);
}

static int epoll_fd, saved_fd;

static void on_alarm(int signal)
{
        (void) signal;
        (void) dup2(saved_fd, epoll_fd);
}

static void on_breakage(Timer *timer, void *userdata)
{
        const struct itimerval soon = { .it_value = { .tv_usec = 60000 } };
        int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

        (void) timer;
        (void) userdata;
        assert_true(null_fd >= 0 && dup2(null_fd, epoll_fd) == epoll_fd);
        (void) close(null_fd);
        assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
}

static void on_end(Timer *timer, void *userdata)
{
        (void) timer;
        loop_exit(userdata, 3);
}

/* P28: for a while every wait fails */
static void test_failing_waits(void **state)
{
        uint64_t now = clock_monotonic();
        Timer *timers[2];
        Loop *loop;

        (void) state;
        assert_int_equal(loop_new(&loop), 0);
        epoll_fd = sd_event_get_fd(loop_event(loop));
        saved_fd = fcntl(epoll_fd, F_DUPFD_CLOEXEC, 3);
        assert_true(saved_fd >= 0);
        assert_ptr_not_equal(signal(SIGALRM, on_alarm), SIG_ERR);
        assert_int_equal(timer_new(loop, now, on_breakage, NULL, &timers[0]), 0);
        assert_int_equal(timer_new(loop, now + 20000, on_end, loop, &timers[1]), 0);
        assert_int_equal(loop_run(loop), 3);
        assert_true(clock_monotonic() - now >= 60000);
        timer_free(timers[0]);
        timer_free(timers[1]);
        loop_free(loop);
        (void) close(saved_fd);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_timers),
                cmocka_unit_test(test_timer_again),
                cmocka_unit_test(test_failing_waits),
                cmocka_unit_test(test_signal),
                cmocka_unit_test(test_clocks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
