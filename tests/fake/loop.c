/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/loop.h"

#include "fake/fake_state.h"

#define CLOCK_START (3600 * (uint64_t) G_USEC_PER_SEC)
#define REAL_OFFSET (1700000000 * (uint64_t) G_USEC_PER_SEC)

struct Loop {
        GHashTable *signals; /* number → SignalWatch, owned */
};

typedef struct SignalWatch {
        SignalHandler handler;
        void *userdata;
} SignalWatch;

struct Timer {
        FakeEvent event;
        TimerHandler handler;
        void *userdata;
};

static struct {
        GSequence *waiting; /* by time */
        GSequence *due;     /* by priority */
        uint64_t now, sequence;
        bool is_exited;
        int exit_code;
        Loop *loop;
} clock_;

static gint compare_numbers(uint64_t a, uint64_t b)
{
        return a < b ? -1 : a > b;
}

static gint compare_waiting(gconstpointer a, gconstpointer b, gpointer userdata)
{
        const FakeEvent *one = a, *other = b;
        gint order = compare_numbers(one->at, other->at);

        return order != 0 ? order : compare_numbers(one->sequence, other->sequence);
}

static gint compare_due(gconstpointer a, gconstpointer b, gpointer userdata)
{
        const FakeEvent *one = a, *other = b;

        return one->priority != other->priority ? one->priority - other->priority : compare_waiting(a, b, userdata);
}

void fake_event_cancel(FakeEvent *event)
{
        g_clear_pointer(&event->place, g_sequence_remove);
}

void fake_event_queue(FakeEvent *event, uint64_t at)
{
        fake_event_cancel(event);
        event->at = at;
        event->sequence = clock_.sequence++;
        if (at == FAKE_NEVER)
                return;
        event->place = at <= clock_.now ? g_sequence_insert_sorted(clock_.due, event, compare_due, NULL)
                                        : g_sequence_insert_sorted(clock_.waiting, event, compare_waiting, NULL);
}

void fake_clock_reset(void)
{
        g_clear_pointer(&clock_.waiting, g_sequence_free);
        g_clear_pointer(&clock_.due, g_sequence_free);
        clock_.waiting = g_sequence_new(NULL);
        clock_.due = g_sequence_new(NULL);
        clock_.now = CLOCK_START;
        clock_.is_exited = false;
        clock_.exit_code = 0;
}

uint64_t fake_now(void)
{
        return clock_.now;
}

/* Those whose time has come go from one order to the other. */
static void clock_set(uint64_t now)
{
        clock_.now = MAX(clock_.now, now);
        for (;;) {
                GSequenceIter *first = g_sequence_get_begin_iter(clock_.waiting);
                FakeEvent *event = g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);

                if (!event || event->at > clock_.now)
                        return;
                fake_event_cancel(event);
                event->place = g_sequence_insert_sorted(clock_.due, event, compare_due, NULL);
        }
}

void fake_os_run(void)
{
        while (!clock_.is_exited && g_sequence_get_length(clock_.due) > 0) {
                FakeEvent *event = g_sequence_get(g_sequence_get_begin_iter(clock_.due));

                fake_event_cancel(event);
                event->handler(event, event->userdata);
        }
}

uint64_t fake_os_next(void)
{
        GSequenceIter *first = g_sequence_get_begin_iter(clock_.waiting);

        if (g_sequence_get_length(clock_.due) > 0)
                return clock_.now;
        return g_sequence_iter_is_end(first) ? FAKE_NEVER : ((FakeEvent *) g_sequence_get(first))->at;
}

void fake_os_advance(uint64_t usec)
{
        uint64_t end = clock_.now + usec;

        fake_os_run();
        while (!clock_.is_exited && fake_os_next() <= end) {
                clock_set(fake_os_next());
                fake_os_run();
        }
        clock_set(end);
}

bool fake_os_has_exited(int *ret_code)
{
        if (clock_.is_exited && ret_code)
                *ret_code = clock_.exit_code;
        return clock_.is_exited;
}

int loop_new(Loop **ret)
{
        Loop *loop = g_new0(Loop, 1);

        loop->signals = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        clock_.loop = *ret = loop;
        return 0;
}

void loop_free(Loop *loop)
{
        if (!loop)
                return;

        if (clock_.loop == loop)
                clock_.loop = NULL;
        g_clear_pointer(&loop->signals, g_hash_table_unref);
        g_free(loop);
}

/* Until nothing is due: what waits for a time waits for fake_os_advance(). */
int loop_run(Loop *loop)
{
        fake_os_run();
        return clock_.is_exited ? clock_.exit_code : 0;
}

void loop_exit(Loop *loop, int code)
{
        if (!clock_.is_exited)
                fake_log("loop-exit %d", code);
        clock_.is_exited = true;
        clock_.exit_code = code;
}

sd_event *loop_event(Loop *loop)
{
        return NULL;
}

int loop_watch_signal(Loop *loop, int signal, SignalHandler handler, void *userdata)
{
        SignalWatch *watch = g_new(SignalWatch, 1);

        *watch = (SignalWatch) { handler, userdata };
        g_hash_table_insert(loop->signals, GINT_TO_POINTER(signal), watch);
        return 0;
}

static void on_signal(FakeEvent *event, void *userdata)
{
        SignalWatch *watch = clock_.loop ? g_hash_table_lookup(clock_.loop->signals, userdata) : NULL;

        g_free(event);
        g_assert(watch);
        watch->handler(GPOINTER_TO_INT(userdata), watch->userdata);
}

void fake_os_signal(int signal)
{
        FakeEvent *event = g_new0(FakeEvent, 1);

        *event = (FakeEvent){
                .priority = LOOP_PRIORITY_SIGNAL, .handler = on_signal, .userdata = GINT_TO_POINTER(signal)};
        fake_event_queue(event, clock_.now);
}

int loop_set_watchdog(Loop *loop)
{
        return 0;
}

uint64_t clock_monotonic(void)
{
        return clock_.now;
}

uint64_t clock_realtime(void)
{
        return clock_.now + REAL_OFFSET;
}

static void on_time(FakeEvent *event, void *userdata)
{
        Timer *timer = userdata;

        timer->handler(timer, timer->userdata);
}

int timer_new(Loop *loop, uint64_t at, TimerHandler handler, void *userdata, Timer **ret)
{
        int r = fake_failure("timer");
        Timer *timer;

        if (r < 0)
                return r;
        timer = g_new0(Timer, 1);
        timer->event = (FakeEvent) { .priority = LOOP_PRIORITY_TIMER, .handler = on_time, .userdata = timer };
        timer->handler = handler;
        timer->userdata = userdata;
        fake_event_queue(&timer->event, at);
        *ret = timer;
        return 0;
}

int timer_set(Timer *timer, uint64_t at)
{
        fake_event_queue(&timer->event, at);
        return 0;
}

void timer_set_priority(Timer *timer, LoopPriority priority)
{
        timer->event.priority = priority;
        if (timer->event.place)
                fake_event_queue(&timer->event, timer->event.at);
}

void timer_free(Timer *timer)
{
        if (!timer)
                return;

        fake_event_cancel(&timer->event);
        g_free(timer);
}
