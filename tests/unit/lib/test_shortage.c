/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A life in which the n-th allocation of the library fails, for every n: nothing crashes, leaks or hangs, every hook is
 * answered and every question too. P29. The allocator is ours here, so there is no such test under a sanitizer. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

int main(void)
{
        (void) printf("skipped: the sanitizer has an allocator of its own\n");
        return 77;
}

#else

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

/* Seen by libsystemd too. */
#define PUBLIC __attribute__((visibility("default")))

static bool is_armed;
static long n_calls, failing_call; /* while armed; which one fails, from 1 */
static long n_live;

static bool fails(void)
{
        if (!is_armed || ++n_calls != failing_call)
                return false;
        errno = ENOMEM;
        return true;
}

PUBLIC void *malloc(size_t size)
{
        void *memory = fails() ? NULL : __libc_malloc(size);

        n_live += memory != NULL;
        return memory;
}

PUBLIC void *calloc(size_t n, size_t size)
{
        void *memory = fails() ? NULL : __libc_calloc(n, size);

        n_live += memory != NULL;
        return memory;
}

PUBLIC void *realloc(void *memory, size_t size)
{
        void *moved = fails() ? NULL : __libc_realloc(memory, size);

        n_live += !memory && moved;
        return moved;
}

PUBLIC void free(void *memory)
{
        n_live -= memory != NULL;
        __libc_free(memory);
}

/* The library runs between these two, and nothing else: GLib would abort. */
#define SHORT(CALL)                                                                                                    \
        do {                                                                                                           \
                is_armed = true;                                                                                       \
                CALL;                                                                                                  \
                is_armed = false;                                                                                      \
        } while (0)

typedef struct Told {
        unsigned n_hooks, n_resolved, n_invalidated, n_disconnected;
        reeve_reply *later;
} Told;

static int on_hook(reeve_component *component, reeve_reply *reply, void *userdata)
{
        ((Told *) userdata)->n_hooks++;
        return 0;
}

static int on_failing(reeve_component *component, reeve_reply *reply, void *userdata)
{
        ((Told *) userdata)->n_hooks++;
        return reeve_reply_done(reply, -EIO, "this did not work");
}

static int on_slow(reeve_component *component, reeve_reply *reply, void *userdata)
{
        ((Told *) userdata)->n_hooks++;
        ((Told *) userdata)->later = reply;
        return REEVE_LATER;
}

static int on_bind(reeve_component *component, const char *key, const char *provider, const reeve_endpoints *endpoints,
                   reeve_reply *reply, void *userdata)
{
        assert_string_equal(reeve_endpoints_get(endpoints, "url"), "unix:/db");
        return on_hook(component, reply, userdata);
}

static void on_invalidated(reeve_component *component, const char *const *keys, void *userdata)
{
        ((Told *) userdata)->n_invalidated++;
}

static void on_disconnected(reeve_component *component, int error, void *userdata)
{
        ((Told *) userdata)->n_disconnected++;
}

static void on_answer(reeve_component *component, const reeve_resolution *resolution, void *userdata)
{
        int error = reeve_resolution_error(resolution);

        assert_true(error == 0 || error == -ENOENT || error == -ENOMEM || error == -ECONNRESET);
        ((Told *) userdata)->n_resolved++;
}

static const reeve_ops ops = {.size = sizeof(ops),
                              .on_post_construct = on_hook,
                              .on_startup = on_slow,
                              .on_shutdown = on_failing,
                              .on_pre_destroy = on_hook,
                              .on_bind = on_bind,
                              .on_invalidated = on_invalidated,
                              .on_disconnected = on_disconnected};

static void settle(FakeDaemon *daemon, reeve_component *component)
{
        for (int n = 0, idle = 0; idle < 2; n++) {
                struct pollfd pollfd = {.fd = reeve_get_fd(component), .events = POLLIN};
                bool was = fake_daemon_turn(daemon);
                int r = 0;

                if (poll(&pollfd, 1, 0) > 0 || reeve_get_timeout(component) < UINT64_MAX) {
                        SHORT(r = reeve_process(component));
                        assert_true(r == 0 || r == -ENOMEM);
                        was = true;
                }
                idle = was ? 0 : idle + 1;
                assert_true(n < 10000);
        }
}

/* A call that the want of memory made fail works the second time. */
#define TWICE(CALL)                                                                                                    \
        do {                                                                                                           \
                int twice;                                                                                             \
                                                                                                                       \
                SHORT(twice = (CALL));                                                                                 \
                if (twice == -ENOMEM)                                                                                  \
                        twice = (CALL);                                                                                \
                assert_true(twice == 0 || (twice == -ECONNRESET && !reeve_is_connected(component)));                   \
        } while (0)

static void live(void)
{
        static const char *const members[] = {"PostConstruct", "Startup", "Bind", "Shutdown", "PreDestroy"};
        FakeDaemon *daemon = fake_daemon_new();
        reeve_component *component = NULL;
        reeve_resolution *resolution = NULL;
        Told told = {0};
        unsigned calls[G_N_ELEMENTS(members)], n_asked = 0;
        int r;

        fake_daemon_provide(daemon, "db", "db-1", "unix:/db");
        SHORT(r = reeve_component_new(&ops, &told, &component));
        if (r == -ENOMEM)
                r = reeve_component_new(&ops, &told, &component);
        assert_int_equal(r, 0);
        settle(daemon, component);
        for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
                calls[i] = reeve_is_connected(component) ? fake_daemon_call(daemon, members[i]) : UINT_MAX;
                for (int again = 0; again < 2 && reeve_is_connected(component); again++) {
                        SHORT(r = reeve_resolve(component, again ? "db" : "nothing", NULL, 0, on_answer, &told, NULL));
                        assert_true(r == 0 || r == -ENOMEM);
                        n_asked += r == 0;
                }
                settle(daemon, component);
                if (told.later)
                        SHORT(r = reeve_reply_done(told.later, 0, NULL));
                told.later = NULL;
                TWICE(reeve_status(component, "alive"));
                TWICE(reeve_publish(component, i % 2 ? "http" : "other", "127.0.0.1:80"));
                SHORT(r = reeve_resolve_cached(component, "db", NULL, &resolution));
                if (r == 0)
                        reeve_resolution_unref(resolution);
                if (reeve_is_connected(component))
                        fake_daemon_invalidate(daemon, i % 2 ? "db" : NULL);
                settle(daemon, component);
        }
        if (told.n_disconnected == 0) {
                for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
                        assert_string_not_equal(fake_daemon_answer(daemon, calls[i]), "");
                assert_int_equal(told.n_invalidated, G_N_ELEMENTS(members));
                assert_true(reeve_is_finished(component, NULL) || told.n_hooks < G_N_ELEMENTS(members));
        } else
                assert_true(reeve_is_finished(component, NULL));
        assert_int_equal(told.n_resolved, n_asked);
        SHORT(reeve_component_free(component));
        fake_daemon_free(daemon);
}

/* The forms that wait, with a daemon of its own. */
static void wait_for_answers(void)
{
        FakeDaemon *daemon = fake_daemon_new();
        reeve_component *component = NULL;
        int r;

        fake_daemon_provide(daemon, "db", "db-1", "unix:/db");
        fake_daemon_act(daemon, "db", FAKE_DAEMON_INVALIDATES_THEN);
        fake_daemon_serve_in_child(daemon);
        SHORT(r = reeve_component_new(NULL, NULL, &component));
        if (r == -ENOMEM)
                r = reeve_component_new(NULL, NULL, &component);
        assert_int_equal(r, 0);
        for (int i = 0; i < 3; i++) {
                reeve_resolution *resolution = NULL;

                SHORT(r = reeve_resolve_wait(component, i == 1 ? "nothing" : "db", NULL, 0, &resolution));
                assert_true(r == -ENOMEM || r == (i == 1 ? -ENOENT : 0));
                assert_true((r == 0) == (resolution != NULL));
                reeve_resolution_unref(resolution);
        }
        SHORT(reeve_component_free(component));
        fake_daemon_free(daemon);
}

static void outside(void)
{
        reeve_component *component = NULL;
        Told told = {0};
        int r;

        SHORT(r = reeve_component_new(&ops, &told, &component));
        if (r == -ENOMEM)
                r = reeve_component_new(&ops, &told, &component);
        assert_int_equal(r, 0);
        for (int i = 0; i < 100 && !reeve_is_finished(component, NULL); i++) {
                SHORT(r = reeve_process(component));
                assert_true(r == 0 || r == -ENOMEM);
                if (told.later)
                        SHORT(r = reeve_reply_done(told.later, 0, NULL));
                told.later = NULL;
                reeve_stop(component);
        }
        assert_true(reeve_is_finished(component, NULL));
        SHORT(reeve_component_free(component));
}

static void with_every_failure(void (*scene)(void))
{
        long n, before;

        failing_call = 0;
        /* What libraries keep for good is there from the second time on. */
        for (int i = 0; i < 3; i++)
                scene();
        n_calls = 0;
        scene();
        n = n_calls;
        assert_true(n > 0);
        print_message("%ld allocations\n", n);
        before = n_live;
        for (long i = 1; i <= n + 5; i++) {
                n_calls = 0;
                failing_call = i;
                scene();
                assert_int_equal(n_live, before);
        }
}

static void test_a_life(void **state)
{
        with_every_failure(live);
}

static void test_waiting(void **state)
{
        with_every_failure(wait_for_answers);
}

static void test_outside(void **state)
{
        with_every_failure(outside);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_life),
                cmocka_unit_test(test_waiting),
                cmocka_unit_test(test_outside),
        };

        /* GLib's slices would hide what is freed. */
        g_setenv("G_SLICE", "always-malloc", TRUE);
        return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
