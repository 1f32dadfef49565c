/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

typedef struct Order {
        Loop *loop;
        GString *text;
        Timer *timers[4];
        int n_fired;
} Order;

static void on_letter(Timer *timer, void *userdata)
{
        Order *order = userdata;

        for (size_t i = 0; i < G_N_ELEMENTS(order->timers); i++)
                if (order->timers[i] == timer)
                        g_string_append_c(order->text, (char) ('a' + i));
        if (++order->n_fired == 4)
                loop_exit(order->loop, 7);
}

static void test_timers(void **state)
{
        Order order = { .text = g_string_new(NULL) };
        uint64_t now = clock_monotonic();

        assert_int_equal(loop_new(&order.loop), 0);
        assert_int_equal(timer_new(order.loop, now + 30000, on_letter, &order, &order.timers[0]), 0);
        assert_int_equal(timer_new(order.loop, UINT64_MAX, on_letter, &order, &order.timers[1]), 0);
        assert_int_equal(timer_new(order.loop, now + 10000, on_letter, &order, &order.timers[2]), 0);
        assert_int_equal(timer_new(order.loop, 0, on_letter, &order, &order.timers[3]), 0);
        assert_int_equal(order.n_fired, 0);
        assert_int_equal(timer_set(order.timers[1], now + 20000), 0);
        assert_int_equal(loop_run(order.loop), 7);
        assert_string_equal(order.text->str, "dcba");
        for (size_t i = 0; i < G_N_ELEMENTS(order.timers); i++)
                timer_free(order.timers[i]);
        loop_free(order.loop);
        (void) g_string_free(order.text, TRUE);
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

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_timers),
                cmocka_unit_test(test_timer_again),
                cmocka_unit_test(test_signal),
                cmocka_unit_test(test_clocks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
