/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <sys/stat.h>
#include <time.h>

#include "os/output.h"

typedef struct Heard {
        Fixture fixture;
        Output *output;
        int fd;
        GPtrArray *lines;
        uint64_t n_lines, n_lost, n_bytes, n_longest;
        bool is_end_seen;
} Heard;

static void on_line(const char *line, size_t n_line, uint32_t n_lost, void *userdata)
{
        Heard *heard = userdata;

        heard->n_lost += n_lost;
        heard->is_end_seen |= line && n_line == 3 && memcmp(line, "end", 3) == 0;
        if (!line)
                return;
        heard->n_lines++;
        heard->n_bytes += n_line;
        heard->n_longest = MAX(heard->n_longest, n_line);
        if (heard->lines->len < 100)
                g_ptr_array_add(heard->lines, g_strndup(line, n_line));
}

static void heard_init(Heard *heard)
{
        *heard = (Heard) { .lines = g_ptr_array_new_with_free_func(g_free) };
        fixture_init(&heard->fixture, false);
        assert_int_equal(output_new_lines(heard->fixture.loop, on_line, heard, &heard->output, &heard->fd), 0);
}

static void heard_done(Heard *heard)
{
        g_ptr_array_unref(heard->lines);
        if (heard->fd >= 0)
                close(heard->fd);
        fixture_done(&heard->fixture);
}

static void put(Heard *heard, const char *bytes, size_t n_bytes)
{
        assert_int_equal(write(heard->fd, bytes, n_bytes), n_bytes);
}

static void test_lines(void **state)
{
        Heard heard;

        heard_init(&heard);
        put(&heard, "one\n\ntw", 7);
        assert_true(sd_event_run(loop_event(heard.fixture.loop), UINT64_MAX) >= 0);
        put(&heard, "o\nend\nrest", 10);
        fixture_wait(&heard.fixture, &heard.is_end_seen);
        assert_int_equal(heard.lines->len, 4);
        assert_string_equal(heard.lines->pdata[1], "");
        assert_string_equal(heard.lines->pdata[2], "two");
        output_free(heard.output);
        assert_int_equal(heard.lines->len, 5);
        assert_string_equal(heard.lines->pdata[4], "rest");
        assert_int_equal(heard.n_lost, 0);
        heard_done(&heard);
}

/* P16: a line without an end costs bounded memory. */
static void test_endless_line(void **state)
{
        g_autofree char *chunk = g_strnfill(40000, 'x');
        Heard heard;

        heard_init(&heard);
        for (int i = 0; i < 5; i++) {
                put(&heard, chunk, 40000);
                assert_true(sd_event_run(loop_event(heard.fixture.loop), UINT64_MAX) >= 0);
        }
        put(&heard, "\nend\n", 5);
        fixture_wait(&heard.fixture, &heard.is_end_seen);
        assert_int_equal(heard.n_lines, 5);
        assert_int_equal(heard.n_longest, OUTPUT_LINE_MAX + strlen("…"));
        assert_int_equal(heard.n_bytes, 200000 + 3 * strlen("…") + 3);
        output_free(heard.output);
        heard_done(&heard);
}

static uint64_t cpu_usec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (uint64_t) now.tv_sec * G_USEC_PER_SEC + (uint64_t) now.tv_nsec / 1000;
}

/* P16: a flood is read to its end, and what was lost is told. */
static void test_flood(void **state)
{
        static const uint64_t n_wanted = 2000000;
        SpawnSpec spec = spec_make(
                SHELL("yes 'a line of forty-nine bytes, more or less, I say' | head -n 2000000; echo; echo end"));
        Watched watched;
        Heard heard;
        uint64_t begin = clock_monotonic(), cpu = cpu_usec();

        heard_init(&heard);
        spec.output = heard.fd;
        watched_spawn(&watched, &heard.fixture, &spec);
        close(heard.fd);
        heard.fd = -1;
        fixture_wait(&heard.fixture, &watched.is_gone);
        output_free(heard.output);
        assert_int_equal(heard.n_lines + heard.n_lost, n_wanted + 2);
        assert_true(heard.n_lost > n_wanted / 2);
        print_message("100 MB in %.2f s, %.0f ms of our own CPU, %lu lines shown\n",
                      (double) (clock_monotonic() - begin) / 1e6, (double) (cpu_usec() - cpu) / 1e3,
                      (unsigned long) heard.n_lines);
        watched_done(&watched);
        heard_done(&heard);
}

/* After a flood what is said slowly is heard again, and that something was lost also when no line follows. */
static void test_after_flood(void **state)
{
        g_autofree char *chunk = g_strnfill(60000, '\n');
        Heard heard;
        uint64_t n = 0;

        heard_init(&heard);
        while (heard.n_lost == 0) {
                if (n < 4000000 && write(heard.fd, chunk, 60000) == 60000)
                        n += 60000;
                assert_true(sd_event_run(loop_event(heard.fixture.loop), UINT64_MAX) >= 0);
        }
        while (heard.n_lines + heard.n_lost < n)
                assert_true(sd_event_run(loop_event(heard.fixture.loop), UINT64_MAX) >= 0);
        put(&heard, "end\n", 4);
        fixture_wait(&heard.fixture, &heard.is_end_seen);
        assert_int_equal(heard.n_lines + heard.n_lost, n + 1);
        output_free(heard.output);
        heard_done(&heard);
}

/* A link in the place of the file is not followed, a FIFO without a reader does not stop the daemon (P17). */
static void test_files(void **state)
{
        g_autofree char *directory = g_strdup("/tmp/reeve-test-XXXXXX"), *file = NULL, *link = NULL, *fifo = NULL,
                        *text = NULL;
        int fd;

        file = g_build_filename(g_mkdtemp(directory), "file", NULL);
        link = g_build_filename(directory, "link", NULL);
        fifo = g_build_filename(directory, "fifo", NULL);
        assert_int_equal(symlink(file, link) | mkfifo(fifo, 0600), 0);

        fd = output_open(OUTPUT_TO_FILE, file, "sample");
        assert_true(fd >= 0 && write(fd, "first\n", 6) == 6);
        close(fd);
        fd = output_open(OUTPUT_TO_FILE_APPEND, file, "sample");
        assert_true(fd >= 0 && write(fd, "second\n", 7) == 7);
        assert_int_equal(fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK), O_APPEND);
        close(fd);
        assert_true(g_file_get_contents(file, &text, NULL, NULL));
        assert_string_equal(text, "first\nsecond\n");
        fd = output_open(OUTPUT_TO_FILE, file, "sample");
        close(fd);
        g_free(g_steal_pointer(&text));
        assert_true(g_file_get_contents(file, &text, NULL, NULL));
        assert_string_equal(text, "");

        assert_int_equal(output_open(OUTPUT_TO_FILE, link, "sample"), -ELOOP);
        assert_int_equal(output_open(OUTPUT_TO_FILE, fifo, "sample"), -ENXIO);
        assert_int_equal(output_open(OUTPUT_TO_FILE, "/nonexistent/file", "sample"), -ENOENT);
        assert_int_equal(output_open(OUTPUT_TO_LINES, NULL, "sample"), -EINVAL);
        fd = output_open(OUTPUT_TO_NULL, NULL, "sample");
        assert_true(fd >= 0);
        close(fd);
        assert_int_equal(unlink(file) | unlink(link) | unlink(fifo) | rmdir(directory), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines), cmocka_unit_test(test_endless_line), cmocka_unit_test(test_flood),
                cmocka_unit_test(test_after_flood), cmocka_unit_test(test_files),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
