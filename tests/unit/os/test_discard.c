/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <dirent.h>
#include <sys/stat.h>

#include "os/discard.h"
#include "os/ready.h"

#define N 400

typedef struct Heap {
        Loop *loop;
        char *path;
        int directory_fd;
        int fds[N]; /* as they were; and as they are handed over */
        int handed[N];
} Heap;

static void heap_init(Heap *heap)
{
        assert_int_equal(loop_new(&heap->loop), 0);
        heap->path = g_dir_make_tmp("reeve-test-XXXXXX", NULL);
        assert_non_null(heap->path);
        heap->directory_fd = open(heap->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        for (int i = 0; i < N; i++) {
                g_autofree char *name = g_strdup_printf("%d", i), *file = g_strdup_printf("%d/file", i);
                int fd;

                assert_int_equal(mkdirat(heap->directory_fd, name, 0700), 0);
                fd = openat(heap->directory_fd, file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                assert_true(fd >= 0);
                heap->fds[i] = heap->handed[i] = fd;
        }
}

static void heap_discard(Heap *heap, int first, int end)
{
        for (int i = first; i < end; i++) {
                g_autofree char *name = g_strdup_printf("%d", i), *file = g_strdup_printf("%d/file", i);

                discard_descriptor(heap->loop, NULL, &heap->handed[i]);
                discard_name(heap->loop, heap->directory_fd, file, 0);
                discard_name(heap->loop, heap->directory_fd, name, AT_REMOVEDIR);
                assert_int_equal(heap->handed[i], -1);
        }
}

static int count_left(const Heap *heap)
{
        int n = 0;

        for (int i = 0; i < N; i++) {
                g_autofree char *name = g_strdup_printf("%d", i);

                n += faccessat(heap->directory_fd, name, F_OK, 0) == 0 || fcntl(heap->fds[i], F_GETFD) >= 0;
        }
        return n;
}

static void heap_done(Heap *heap)
{
        loop_free(heap->loop);
        close(heap->directory_fd);
        assert_int_equal(rmdir(heap->path), 0);
        g_free(heap->path);
}

static bool has_thread(void)
{
        DIR *stream = opendir("/proc/self/task");
        bool is_found = false;

        for (struct dirent *entry; (entry = readdir(stream));) {
                g_autofree char *path = g_strdup_printf("/proc/self/task/%s/comm", entry->d_name), *name = NULL;

                if (g_file_get_contents(path, &name, NULL, NULL))
                        is_found |= g_str_has_prefix(name, DISCARD_NAME "\n");
        }
        closedir(stream);
        return is_found;
}

static void test_at_once(void **state)
{
        Heap heap;

        heap_init(&heap);
        heap_discard(&heap, 0, N);
        assert_int_equal(count_left(&heap), 0);
        heap_done(&heap);
}

/* Nothing is left behind once it has ended, and what comes after that is at once again. */
static void test_many(void **state)
{
        Heap heap;

        heap_init(&heap);
        discard_begin(heap.loop);
        discard_begin(heap.loop);
        heap_discard(&heap, 0, N - 1);
        discard_end(heap.loop);
        wait_for_end_of_thread(DISCARD_NAME);
        assert_int_equal(count_left(&heap), 1);
        heap_discard(&heap, N - 1, N);
        assert_int_equal(count_left(&heap), 0);
        discard_end(heap.loop);
        heap_done(&heap);
}

static void on_stop(Timer *timer, void *userdata)
{
        loop_exit(userdata, 0);
}

/* Those that are not worth a thread the loop does when it comes to rest. */
static void test_rest(void **state)
{
        Heap heap;
        Timer *stop;

        heap_init(&heap);
        discard_begin(heap.loop);
        heap_discard(&heap, 0, 16);
        assert_false(has_thread());
        assert_true(count_left(&heap) > N - 16);
        assert_int_equal(timer_new(heap.loop, 0, on_stop, heap.loop, &stop), 0);
        timer_set_priority(stop, LOOP_PRIORITY_IDLE + 1);
        assert_int_equal(loop_run(heap.loop), 0);
        assert_int_equal(count_left(&heap), N - 16);
        timer_free(stop);
        heap_discard(&heap, 16, N);
        heap_done(&heap); /* ends with its loop, too */
}

static void on_readable(void *item)
{
        fail();
}

/* One that is forgotten and not closed yet does not keep the loop from what is of a lower priority. */
static void test_forgotten(void **state)
{
        ReadySet *set;
        Loop *loop;
        Timer *stop;
        int fds[2];

        assert_int_equal(loop_new(&loop), 0);
        assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
        assert_int_equal(ready_set_new(loop, LOOP_PRIORITY_EXIT, 64, on_readable, &set), 0);
        assert_int_equal(ready_set_add(set, fds[0], set), 0);
        assert_int_equal(write(fds[1], "x", 1), 1);
        ready_set_forget(set, fds[0]);
        assert_int_equal(timer_new(loop, 0, on_stop, loop, &stop), 0);
        timer_set_priority(stop, LOOP_PRIORITY_IDLE);
        assert_int_equal(loop_run(loop), 0);
        timer_free(stop);
        ready_set_free(set);
        loop_free(loop);
        close(fds[0]);
        close(fds[1]);
}

/* What comes into the set within a turn is not taken for quiet because the others were. */
static void test_quiet(void **state)
{
        ReadySet *set;
        Loop *loop;
        int quiet[2], loud[2];

        assert_int_equal(loop_new(&loop), 0);
        assert_int_equal(pipe2(quiet, O_CLOEXEC) | pipe2(loud, O_CLOEXEC), 0);
        assert_int_equal(ready_set_new(loop, LOOP_PRIORITY_NOTIFY, 64, on_readable, &set), 0);
        assert_int_equal(ready_set_add(set, quiet[0], set), 0);
        assert_int_equal(sd_event_run(loop_event(loop), 0), 0);
        assert_true(ready_set_is_quiet(set, quiet[0]));
        assert_int_equal(write(loud[1], "x", 1), 1);
        assert_int_equal(ready_set_add(set, loud[0], set), 0);
        assert_true(ready_set_is_quiet(set, quiet[0]));
        assert_false(ready_set_is_quiet(set, loud[0]));
        ready_set_free(set);
        loop_free(loop);
        for (int i = 0; i < 2; i++)
                assert_int_equal(close(quiet[i]) | close(loud[i]), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_at_once),
                cmocka_unit_test(test_many),
                cmocka_unit_test(test_rest),
                cmocka_unit_test(test_forgotten),
                cmocka_unit_test(test_quiet),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
