/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot_row.h"

/* What takes next to no time is there all the same. */
#define WIDTH_MIN 2.0
#define BAR_SHARE 0.66
#define QUEUE_SHARE 0.33
#define LINE_HEIGHT 1.6

/* A bar from one moment to another, SHARE of the row high. */
static void append_bar(GString *out, const PlotRow *row, uint64_t from, uint64_t to, double share, const char *class)
{
        double x = timeline_x(row->timeline, from), end = timeline_x(row->timeline, to), height = row->height * share;

        svg_rect(out, x, row->y + (row->height - height) / 2, MAX(end - x, WIDTH_MIN), height, class);
}

static uint64_t end_of(const PlotRow *row, const StartPart *part)
{
        return part->settled != 0 ? part->settled : MAX(row->ended, part->slot);
}

static void append_span_words(GString *out, const char *what, uint64_t from, uint64_t to)
{
        if (from == 0 || to < from)
                return;
        g_string_append_printf(out, "\n%s ", what);
        text_append_span(out, to - from);
}

static void append_title(GString *out, const PlotRow *row, const StartPart *part)
{
        uint64_t last = part->again != 0 ? part->again : part->slot;
        g_autoptr(GString) spans = g_string_new(NULL);

        append_span_words(spans, "waited for dependencies", part->requested, part->deps_ready);
        append_span_words(spans, "waited for a slot", part->deps_ready, part->slot);
        if (part->again != 0)
                append_span_words(spans, "earlier attempts", part->slot, part->again);
        append_span_words(spans, "spawn", last, part->spawned);
        if (start_part_has_construct(part))
                append_span_words(spans, "construct", part->spawned, part->constructed);
        append_span_words(spans, "startup", part->constructed != 0 ? part->constructed : part->spawned,
                          end_of(row, part));
        append_span_words(spans, "in all", part->slot, end_of(row, part));
        g_string_append(out, "<title>");
        svg_append_text(out, part->name);
        g_string_append(out, " (module ");
        svg_append_text(out, part->module);
        g_string_append(out, ")\n");
        svg_append_text(out, part->state);
        g_string_append(out, part->text ? ": " : "");
        svg_append_text(out, part->text ? part->text : "");
        g_string_append(out, spans->str);
        g_string_append(out, "</title>\n");
}

/* Where it works: from the slot on. */
static void append_work(GString *out, const PlotRow *row, const StartPart *part)
{
        uint64_t end = end_of(row, part), last = part->again != 0 ? part->again : part->slot;
        uint64_t spawned = CLAMP(part->spawned, last, end), constructed = CLAMP(part->constructed, spawned, end);

        if (part->again != 0)
                append_bar(out, row, part->slot, part->again, BAR_SHARE, "again");
        append_bar(out, row, last, spawned, BAR_SHARE, "spawn");
        if (start_part_has_construct(part))
                append_bar(out, row, spawned, constructed, BAR_SHARE, "construct");
        append_bar(out, row, constructed, end, BAR_SHARE,
                   start_part_is_bad(part)     ? "failed"
                   : start_part_is_ready(part) ? "startup"
                                               : "startup open");
}

void plot_row_bars(GString *out, const PlotRow *row, const StartPart *part)
{
        uint64_t ready = part->deps_ready != 0 ? part->deps_ready : end_of(row, part);
        uint64_t slot = part->slot != 0 ? part->slot : end_of(row, part);
        double x = timeline_x(row->timeline, end_of(row, part)), middle = row->y + row->height / 2;

        g_string_append(out, "<g>");
        append_title(out, row, part);
        svg_rect(out, PLOT_LEFT, row->y, PLOT_RIGHT - PLOT_LEFT, row->height, "row");
        if (ready > part->requested)
                append_bar(out, row, part->requested, ready, LINE_HEIGHT / row->height, "deps");
        if (part->deps_ready != 0 && slot > part->deps_ready)
                append_bar(out, row, part->deps_ready, slot, QUEUE_SHARE, "queue");
        if (part->slot != 0)
                append_work(out, row, part);
        else if (start_part_is_bad(part))
                svg_rect(out, x - row->height / 5, middle - row->height / 5, row->height * 0.4, row->height * 0.4,
                         "blocked");
        g_string_append(out, "</g>\n");
}

void plot_row_label(GString *out, const PlotRow *row, const StartPart *part)
{
        g_autofree char *class = g_strdup_printf("label%s%s", part->is_critical ? " critical" : "",
                                                 start_part_is_bad(part) ? " bad" : "");
        uint64_t begin = part->deps_ready != 0 ? part->deps_ready : end_of(row, part);
        g_autoptr(GString) text = g_string_new(part->name);
        SvgSpan span = {.begin = timeline_x(row->timeline, begin), .end = timeline_x(row->timeline, end_of(row, part))};
        uint64_t last = part->again != 0 ? part->again : part->slot;

        span.is_dark = part->slot != 0 && part->settled != 0;
        span.inner = timeline_x(row->timeline, part->settled != 0 ? last : MAX(last, part->spawned));
        if (part->slot != 0) {
                g_string_append_c(text, ' ');
                text_append_span(text, end_of(row, part) - part->slot);
        }
        if (!start_part_is_ready(part))
                g_string_append_printf(text, " %s%s%s", part->state, part->text ? ": " : "",
                                       part->text ? part->text : "");
        if (start_part_is_bad(part) && part->slot == 0) {
                span.begin -= row->height / 5;
                span.end += row->height / 5;
        }
        span.end = MAX(span.end, span.begin + WIDTH_MIN);
        svg_label(out, &span, row->y + row->height / 2 + row->font * 0.36, row->font, class, text->str);
}
