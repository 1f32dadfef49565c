/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "timeline.h"

#include <inttypes.h>

/* A gap is broken when it is so many times as long as all that would be left. */
#define BREAK_RATIO 6
#define BROKEN_WIDTH 64.0
/* Room that a tick with its label takes. */
#define TICK_WIDTH 84.0
/* A tick nearer than this to a break or the end has its label in the way of something. */
#define TICK_MARGIN 24.0

typedef struct Gap {
        uint64_t from, length;
} Gap;

static gint compare_moments(gconstpointer a, gconstpointer b)
{
        uint64_t left = *(const uint64_t *) a, right = *(const uint64_t *) b;

        return left < right ? -1 : left > right;
}

static gint compare_from(gconstpointer a, gconstpointer b)
{
        return compare_moments(&((const Gap *) a)->from, &((const Gap *) b)->from);
}

/* Keeps the longest ones, longest first. */
static void note_gap(Gap gaps[TIMELINE_BREAKS_MAX], Gap gap)
{
        for (size_t i = 0; i < TIMELINE_BREAKS_MAX; i++)
                if (gap.length > gaps[i].length) {
                        Gap before = gaps[i];

                        gaps[i] = gap;
                        gap = before;
                }
}

/* How many of the longest GAPS are broken; *RET_REST is what is left of TOTAL. */
static size_t count_breaks(const Gap gaps[TIMELINE_BREAKS_MAX], uint64_t total, uint64_t *ret_rest)
{
        uint64_t rest = total;

        for (size_t n = 1; n <= TIMELINE_BREAKS_MAX && gaps[n - 1].length > 0; n++) {
                rest -= gaps[n - 1].length;
                if (gaps[n - 1].length / BREAK_RATIO <= rest || rest == 0)
                        continue;
                *ret_rest = rest;
                return n;
        }
        *ret_rest = total;
        return 0;
}

static void add_piece(Timeline *timeline, uint64_t from, uint64_t to, double *x, double width, bool is_broken)
{
        if (to == from)
                return;
        timeline->pieces[timeline->n_pieces++] =
                (TimelinePiece){.from = from, .to = to, .x = *x, .width = width, .is_broken = is_broken};
        *x += width;
}

/* 1, 2 or 5 times a power of ten. */
static uint64_t round_up(double least)
{
        uint64_t step = 1;

        while ((double) step < least && step < UINT64_MAX / 10) {
                if ((double) step * 2 >= least)
                        return step * 2;
                if ((double) step * 5 >= least)
                        return step * 5;
                step *= 10;
        }
        return step;
}

void timeline_init(Timeline *timeline, GArray *moments, double x, double width)
{
        Gap gaps[TIMELINE_BREAKS_MAX] = {0};
        uint64_t at, first, last, rest;
        double scale;
        size_t n;

        *timeline = (Timeline){0};
        g_array_sort(moments, compare_moments);
        at = first = g_array_index(moments, uint64_t, 0);
        last = g_array_index(moments, uint64_t, moments->len - 1);
        for (guint i = 1; i < moments->len; i++) {
                uint64_t from = g_array_index(moments, uint64_t, i - 1);

                note_gap(gaps, (Gap){.from = from, .length = g_array_index(moments, uint64_t, i) - from});
        }
        n = count_breaks(gaps, last - first, &rest);
        qsort(gaps, n, sizeof(Gap), compare_from);
        scale = rest > 0 ? (width - BROKEN_WIDTH * (double) n) / (double) rest : 0;
        for (size_t i = 0; i < n; i++) {
                uint64_t end = gaps[i].from + gaps[i].length;

                add_piece(timeline, at, gaps[i].from, &x, (double) (gaps[i].from - at) * scale, false);
                add_piece(timeline, gaps[i].from, end, &x, BROKEN_WIDTH, true);
                at = end;
        }
        add_piece(timeline, at, last, &x, (double) (last - at) * scale, false);
        if (timeline->n_pieces == 0)
                timeline->pieces[timeline->n_pieces++] =
                        (TimelinePiece){.from = first, .to = last, .x = x, .width = width};
        timeline->step = scale > 0 ? round_up(TICK_WIDTH / scale) : 1;
}

double timeline_x(const Timeline *timeline, uint64_t moment)
{
        for (size_t i = 0; i < timeline->n_pieces; i++) {
                const TimelinePiece *piece = &timeline->pieces[i];

                if (moment <= piece->from)
                        return piece->x;
                if (moment <= piece->to)
                        return piece->x +
                               piece->width * (double) (moment - piece->from) / (double) (piece->to - piece->from);
        }
        return timeline->pieces[timeline->n_pieces - 1].x + timeline->pieces[timeline->n_pieces - 1].width;
}

void timeline_each_tick(const Timeline *timeline, uint64_t zero,
                        void (*on_tick)(uint64_t usec, double x, void *userdata), void *userdata)
{
        for (size_t i = 0; i < timeline->n_pieces; i++) {
                const TimelinePiece *piece = &timeline->pieces[i];
                uint64_t from = piece->from - zero, step = timeline->step;
                bool is_first = i == 0, is_last = i + 1 == timeline->n_pieces;

                for (uint64_t at = (from + step - 1) / step * step; !piece->is_broken && at + zero <= piece->to;
                     at += step) {
                        double x = timeline_x(timeline, at + zero);
                        bool is_near = (!is_first && x - piece->x < TICK_MARGIN) ||
                                       (!is_last && piece->x + piece->width - x < TICK_MARGIN);

                        if (!is_near)
                                on_tick(at, x, userdata);
                }
        }
}

void timeline_append_label(GString *out, uint64_t usec, uint64_t step)
{
        static const struct {
                uint64_t usec;
                const char *name;
        } units[] = {{1000 * 1000, "s"}, {1000, "ms"}, {1, "us"}};
        size_t unit = 0;
        uint64_t rest, digit;

        if (usec == 0) {
                g_string_append_c(out, '0');
                return;
        }
        while (units[unit].usec > usec)
                unit++;
        g_string_append_printf(out, "%" PRIu64, usec / units[unit].usec);
        rest = usec % units[unit].usec;
        digit = units[unit].usec;
        /* down to the digit in which neighbours differ */
        if (digit > step && rest > 0)
                g_string_append_c(out, '.');
        while (digit > step && rest > 0) {
                digit /= 10;
                g_string_append_printf(out, "%" PRIu64, rest / digit);
                rest %= digit;
        }
        g_string_append(out, units[unit].name);
}
