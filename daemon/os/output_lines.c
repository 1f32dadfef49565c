/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>

#include "ready.h"

#define READ_SIZE (64 * 1024)
#define READS_A_TURN 4
#define PIPES_A_TURN 4

/* Lines are handed over as long as there is credit: RATE a second, BURST at most. Those beyond are counted only. */
#define RATE_BYTES (1024 * 1024)
#define BURST_BYTES (1024 * 1024)
#define COST_OF_A_LINE 64

/* While it floods, the pipe is emptied by the clock instead of being polled: a hundred wake-ups a second instead of
 * one a write. The larger pipe keeps the component from waiting below 100 MB/s. */
#define FLOOD_TICK_USEC (10 * 1000)
#define FLOOD_PIPE_SIZE (1024 * 1024)
#define FLOOD_READS (FLOOD_PIPE_SIZE / READ_SIZE)

#define BROKEN_MARK "\xe2\x80\xa6"

struct Output {
        int fd;
        Loop *loop;           /* borrowed */
        ReadySet *set;        /* borrowed: of all such pipes */
        Timer *tick;          /* of the first flood on: armed while it floods, when the pipe is not polled */
        bool is_flooding, is_pipe_large;
        bool is_nonblocking;  /* the kernel knows no other way (before 6.4) */
        bool is_dispatching, is_freed;
        GString *partial;     /* the beginning of a line; NULL: there was none yet */
        LineHandler handler;
        void *userdata;
        uint64_t credit, credit_usec; /* bytes, and when they were counted */
        uint32_t n_lost;
};

static void output_dispatch(Output *output);

static void output_earn(Output *output)
{
        uint64_t now = clock_monotonic(), passed = MIN(now - output->credit_usec, G_USEC_PER_SEC);

        output->credit = MIN(output->credit + passed * RATE_BYTES / G_USEC_PER_SEC, BURST_BYTES);
        output->credit_usec = now;
}

static void output_tell(Output *output, const char *line, size_t n_line)
{
        uint64_t cost = n_line + COST_OF_A_LINE;
        uint32_t n_lost = output->n_lost;

        if (output->is_freed)
                return;
        if (output->credit < cost) {
                output->n_lost += output->n_lost < UINT32_MAX;
                output->credit = 0;
                return;
        }
        output->credit -= cost;
        output->n_lost = 0;
        output->handler(line, n_line, n_lost, output->userdata);
}

/* That there were lines is to be known even when no other comes after them. */
static void output_tell_lost(Output *output)
{
        uint32_t n_lost = output->n_lost;

        output->n_lost = 0;
        if (n_lost > 0 && !output->is_freed)
                output->handler(NULL, 0, n_lost, output->userdata);
}

static void output_break(Output *output)
{
        g_string_append(output->partial, BROKEN_MARK);
        output_tell(output, output->partial->str, output->partial->len);
        g_string_truncate(output->partial, 0);
}

/* A piece of a line, with its end when IS_END. */
static void output_add(Output *output, const char *bytes, size_t n_bytes, bool is_end)
{
        if (!output->partial)
                output->partial = g_string_new(NULL);
        while (output->partial->len + n_bytes > OUTPUT_LINE_MAX) {
                size_t n = OUTPUT_LINE_MAX - output->partial->len;

                g_string_append_len(output->partial, bytes, (gssize) n);
                output_break(output);
                bytes += n;
                n_bytes -= n;
        }
        if (is_end && output->partial->len == 0) {
                output_tell(output, bytes, n_bytes);
                return;
        }
        g_string_append_len(output->partial, bytes, (gssize) n_bytes);
        if (is_end) {
                output_tell(output, output->partial->str, output->partial->len);
                g_string_truncate(output->partial, 0);
        }
}

static void output_take(Output *output, const char *bytes, size_t n_bytes)
{
        while (n_bytes > 0 && !output->is_freed) {
                const char *end = memchr(bytes, '\n', n_bytes);
                size_t n = end ? (size_t) (end - bytes) : n_bytes;

                output_add(output, bytes, n, end != NULL);
                n += end != NULL;
                bytes += n;
                n_bytes -= n;
        }
}

/* Never waits. That our end is told so costs a call, which most components never give a reason for. */
static ssize_t output_read_some(Output *output, char *buffer, size_t n_buffer)
{
        struct iovec vector = { .iov_base = buffer, .iov_len = n_buffer };

        if (!output->is_nonblocking) {
                ssize_t n = preadv2(output->fd, &vector, 1, -1, RWF_NOWAIT);

                if (n >= 0 || errno == EAGAIN || errno == EINTR)
                        return n;
                if (fcntl(output->fd, F_SETFL, O_NONBLOCK) < 0)
                        return -1;
                output->is_nonblocking = true;
        }
        return read(output->fd, buffer, n_buffer);
}

/* How many of N_READS were full; -1 when there will never be more. */
static int output_read(Output *output, int n_reads)
{
        char buffer[READ_SIZE];

        output_earn(output);
        for (int i = 0; i < n_reads; i++) {
                ssize_t n = output_read_some(output, buffer, sizeof(buffer));

                if (n < 0)
                        return errno == EAGAIN || errno == EINTR ? i : -1;
                if (n == 0)
                        return -1;
                output_take(output, buffer, (size_t) n);
                if (output->is_freed)
                        return -1;
        }
        return n_reads;
}

static void on_tick(Timer *timer, void *userdata)
{
        output_dispatch(userdata);
}

static int output_set_tick(Output *output, uint64_t at)
{
        int r;

        if (output->tick)
                return timer_set(output->tick, at);
        r = timer_new(output->loop, at, on_tick, output, &output->tick);
        if (r >= 0)
                timer_set_priority(output->tick, LOOP_PRIORITY_OUTPUT);
        return r;
}

/* From polling to the clock and back. Where one of them cannot be had it stays with the other. */
static void output_set_flooding(Output *output, bool is_flooding)
{
        if (is_flooding && !output->is_pipe_large)
                output->is_pipe_large = fcntl(output->fd, F_SETPIPE_SZ, FLOOD_PIPE_SIZE) >= 0;
        if (!is_flooding && ready_set_add(output->set, output->fd, output) >= 0) {
                output->is_flooding = false;
                (void) timer_set(output->tick, UINT64_MAX);
        } else if (output_set_tick(output, clock_monotonic() + FLOOD_TICK_USEC) >= 0 && !output->is_flooding) {
                output->is_flooding = true;
                ready_set_remove(output->set, output->fd);
        }
}

static void output_close(Output *output)
{
        ready_set_forget(output->set, output->fd);
        g_clear_pointer(&output->tick, timer_free);
        close_descriptor(&output->fd);
}

static void output_end(Output *output)
{
        if (output->partial && output->partial->len > 0) {
                output_tell(output, output->partial->str, output->partial->len);
                g_string_truncate(output->partial, 0);
        }
        output_tell_lost(output);
        output_close(output);
}

static void output_destroy(Output *output)
{
        output_close(output);
        if (output->partial)
                (void) g_string_free(output->partial, TRUE);
        g_free(output);
}

/* A flood has begun when a line was lost, and ended when there is nothing to read and credit again. */
static void output_dispatch(Output *output)
{
        int n;

        output->is_dispatching = true;
        n = output_read(output, output->is_flooding ? FLOOD_READS : READS_A_TURN);
        if (n < 0)
                output_end(output);
        else if (output->is_flooding && n == 0 && output->credit > BURST_BYTES / 2) {
                output_tell_lost(output);
                output_set_flooding(output, false);
        } else if (output->is_flooding || output->n_lost > 0)
                output_set_flooding(output, true);
        output->is_dispatching = false;
        if (output->is_freed)
                output_destroy(output);
}

static void on_readable(void *item)
{
        output_dispatch(item);
}

int output_new_lines(Loop *loop, LineHandler handler, void *userdata, Output **ret, int *ret_fd)
{
        g_autoptr(Output) output = g_new0(Output, 1);
        autofd child_fd = -1;
        int fds[2], r;

        output->fd = -1;
        output->loop = loop;
        r = ready_set_of(loop, LOOP_PRIORITY_OUTPUT, PIPES_A_TURN, on_readable, &output->set);
        if (r < 0)
                return r;
        output->handler = handler;
        output->userdata = userdata;
        output->credit = BURST_BYTES;
        output->credit_usec = clock_monotonic();
        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        output->fd = fds[0];
        child_fd = fds[1];
        r = ready_set_add(output->set, output->fd, output);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&output);
        *ret_fd = g_steal_fd(&child_fd);
        return 0;
}

void output_free(Output *output)
{
        if (!output)
                return;

        if (output->is_dispatching) {
                output->is_freed = true;
                return;
        }
        if (output->fd >= 0) {
                (void) output_read(output, FLOOD_READS);
                output_end(output);
        }
        output->is_freed = true;
        output_destroy(output);
}
