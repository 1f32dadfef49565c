/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot.h"

#include <inttypes.h>

#include "plot_row.h"
#include "plot_svg.h"
#include "state_look.h"
#include "timeline.h"

#define HEADER_HEIGHT 84.0
#define AXIS_HEIGHT 26.0
#define GROUP_GAP 10.0
#define FOOTER_HEIGHT 30.0
#define LEGEND_SWATCH 18.0
#define LEGEND_FONT 12.0

enum { N_PHASES = 6 };

typedef struct Phase {
        const char *name;
        uint64_t from, to;
} Phase;

typedef struct Plot {
        const Startup *startup;
        JsonObject *metrics;
        GString *out;
        Timeline timeline;
        Phase phases[N_PHASES];
        size_t n_phases;
        uint64_t entry, ended;
        double row_height, font, top, height; /* top: of the first row */
} Plot;

static void add_phase(Plot *plot, const char *name, uint64_t from, uint64_t length)
{
        if (length > 0 && from != 0)
                plot->phases[plot->n_phases++] = (Phase){.name = name, .from = from, .to = from + length};
}

/* All but components follow one upon the other. */
static void find_phases(Plot *plot)
{
        static const char *const names[] = {"load", "register", "validate", "gates", "resources"};
        uint64_t at = field_uint(plot->metrics, "load_begun");

        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
                uint64_t length = field_uint(plot->metrics, names[i]);

                add_phase(plot, names[i], at, length);
                at += at != 0 ? length : 0;
        }
        add_phase(plot, "components", field_uint(plot->metrics, "components_begun"),
                  field_uint(plot->metrics, "components"));
}

static const StartPart *nth(const Plot *plot, guint i)
{
        return &g_array_index(plot->startup->parts, StartPart, i);
}

static void add_moments(GArray *moments, uint64_t least, const uint64_t *list, size_t n_list)
{
        for (size_t i = 0; i < n_list; i++)
                if (list[i] >= least)
                        g_array_append_val(moments, list[i]);
}

static void find_timeline(Plot *plot)
{
        g_autoptr(GArray) moments = g_array_new(FALSE, FALSE, sizeof(uint64_t));

        g_array_append_val(moments, plot->entry);
        add_moments(moments, plot->entry, &plot->ended, 1);
        for (size_t i = 0; i < plot->n_phases; i++)
                add_moments(moments, plot->entry, (const uint64_t[]){plot->phases[i].from, plot->phases[i].to}, 2);
        for (guint i = 0; i < plot->startup->parts->len; i++) {
                const StartPart *part = nth(plot, i);

                add_moments(moments, plot->entry,
                            (const uint64_t[]){part->requested, part->deps_ready, part->slot, part->again,
                                               part->spawned, part->constructed, part->settled},
                            7);
        }
        timeline_init(&plot->timeline, moments, PLOT_LEFT, PLOT_RIGHT - PLOT_LEFT);
}

static double component_y(const Plot *plot, guint i)
{
        return plot->top + plot->row_height * (double) (plot->n_phases + i) + (plot->n_phases > 0 ? GROUP_GAP : 0);
}

static void plot_init(Plot *plot, const Startup *startup, GString *out)
{
        guint n = startup->parts->len;

        *plot = (Plot){.startup = startup, .metrics = field_object(startup->container, "StartupMetrics"), .out = out};
        plot->entry = field_uint(plot->metrics, "entry");
        plot->ended = MAX(field_uint(plot->metrics, "ended"), plot->entry);
        plot->row_height = n <= 25 ? 24 : n <= 80 ? 19 : 15;
        plot->font = n <= 25 ? 12 : n <= 80 ? 11 : 10;
        plot->top = HEADER_HEIGHT + AXIS_HEIGHT;
        find_phases(plot);
        find_timeline(plot);
        plot->height = component_y(plot, n) + FOOTER_HEIGHT;
}

/* "12 components: 10 ready, 1 failed" */
static void append_counts(GString *out, const Plot *plot)
{
        g_autoptr(GArray) states = g_array_new(FALSE, FALSE, sizeof(StateCount));
        guint n = plot->startup->parts->len;

        for (guint i = 0; i < n; i++)
                state_counts_add(states, nth(plot, i)->state, 1);
        g_string_append_printf(out, "%u component%s", n, n == 1 ? "" : "s");
        state_counts_append(out, states);
}

static char *make_title(const Plot *plot)
{
        const char *name = field_string(plot->startup->container, "Name");
        GString *title = g_string_new(name ? name : "reeve");

        g_string_append(title, !field_bool(plot->metrics, "finished") ? ": the start has not finished, until now "
                               : field_bool(plot->metrics, "success") ? ": started in "
                                                                      : ": the start failed after ");
        text_append_span(title, field_uint(plot->metrics, "total"));
        return g_string_free(title, FALSE);
}

static void draw_header(const Plot *plot, const char *title)
{
        g_autoptr(GString) sub = g_string_new(NULL);
        JsonNode *parallelism = json_object_get_member(plot->metrics, "parallelism");
        guint n_steps = element_count(plot->startup->path);
        uint64_t own = 0, waits = 0;

        for (guint i = 0; i < n_steps; i++) {
                JsonObject *step = element_object(plot->startup->path, i);

                own += field_uint(step, "own");
                waits += field_uint(step, "wait_slot");
        }
        append_counts(sub, plot);
        if (json_node_type(parallelism) == JSON_DOUBLE) {
                uint64_t tenths = (uint64_t) (json_node_get_double(parallelism) * 10 + 0.5);

                g_string_append_printf(sub, " · %" PRIu64 ".%" PRIu64 " at a time", tenths / 10, tenths % 10);
        }
        if (n_steps > 0) {
                g_string_append_printf(sub, " · critical path: %u step%s, ", n_steps, n_steps == 1 ? "" : "s");
                text_append_span(sub, own);
                g_string_append(sub, " + ");
                text_append_span(sub, waits);
                g_string_append(sub, " in the queue");
        }
        svg_text(plot->out, PLOT_LEFT, 28, "start", "title", title);
        svg_text(plot->out, PLOT_LEFT, 48, "start", "sub", sub->str);
}

static void draw_key(const Plot *plot, double *x, const char *class, double height, const char *text)
{
        double y = 68;

        if (g_str_has_prefix(class, "path"))
                svg_line(plot->out, *x, y, *x + LEGEND_SWATCH, y, class);
        else
                svg_rect(plot->out, *x, y - height / 2, LEGEND_SWATCH, height, class);
        *x += LEGEND_SWATCH + 5;
        svg_text(plot->out, *x, y + 4, "start", "key", text);
        *x += svg_text_width(text, LEGEND_FONT) + 14;
}

/* Of what is not in the picture nobody needs the key. */
static void draw_legend(const Plot *plot)
{
        bool has_again = false, has_construct = false, has_failed = false, has_blocked = false, has_open = false;
        double x = PLOT_LEFT;

        for (guint i = 0; i < plot->startup->parts->len; i++) {
                const StartPart *part = nth(plot, i);

                has_again |= part->again != 0;
                has_construct |= start_part_has_construct(part);
                has_open |= part->slot != 0 && part->settled == 0;
                has_failed |= start_part_is_bad(part) && part->slot != 0;
                has_blocked |= start_part_is_bad(part) && part->slot == 0;
        }
        draw_key(plot, &x, "deps", 2, "waits for others");
        draw_key(plot, &x, "queue", 6, "waits for a slot");
        if (has_again)
                draw_key(plot, &x, "again", 12, "earlier attempts");
        draw_key(plot, &x, "spawn", 12, "spawn");
        if (has_construct)
                draw_key(plot, &x, "construct", 12, "construct");
        draw_key(plot, &x, "startup", 12, "startup");
        if (has_open)
                draw_key(plot, &x, "startup open", 12, "not ready yet");
        if (has_failed)
                draw_key(plot, &x, "failed", 12, "failed");
        if (has_blocked)
                draw_key(plot, &x, "blocked", 8, "blocked");
        draw_key(plot, &x, "path", 0, "critical path");
        if (plot->timeline.n_pieces > 1)
                svg_text(plot->out, x, 72, "start", "key", "≈ left out");
}

static void on_tick(uint64_t usec, double x, void *userdata)
{
        const Plot *plot = userdata;
        g_autoptr(GString) label = g_string_new(NULL);
        double bottom = plot->height - FOOTER_HEIGHT;

        timeline_append_label(label, usec, plot->timeline.step);
        svg_line(plot->out, x, plot->top - 6, x, bottom, "grid");
        svg_text(plot->out, x, plot->top - 10,
                 x < PLOT_LEFT + 20    ? "start"
                 : x > PLOT_RIGHT - 20 ? "end"
                                       : "middle",
                 "tick", label->str);
        svg_text(plot->out, x, bottom + 16,
                 x < PLOT_LEFT + 20    ? "start"
                 : x > PLOT_RIGHT - 20 ? "end"
                                       : "middle",
                 "tick", label->str);
}

/* Over the bars: what lies under it is not to scale, and says how long it is. */
static void draw_breaks(const Plot *plot)
{
        double bottom = plot->height - FOOTER_HEIGHT;

        for (size_t i = 0; i < plot->timeline.n_pieces; i++) {
                const TimelinePiece *piece = &plot->timeline.pieces[i];
                g_autoptr(GString) label = g_string_new("≈ ");

                if (!piece->is_broken)
                        continue;
                text_append_span(label, piece->to - piece->from);
                svg_rect(plot->out, piece->x + 8, plot->top - 6, piece->width - 16, bottom - plot->top + 6, "gap");
                svg_line(plot->out, piece->x + 8, plot->top - 6, piece->x + 8, bottom, "edge");
                svg_line(plot->out, piece->x + piece->width - 8, plot->top - 6, piece->x + piece->width - 8, bottom,
                         "edge");
                svg_text(plot->out, piece->x + piece->width / 2, plot->top - 10, "middle", "tick", label->str);
        }
}

static PlotRow row_of(const Plot *plot, double y)
{
        return (PlotRow){
                .timeline = &plot->timeline,
                .y = y,
                .height = plot->row_height,
                .font = plot->font,
                .ended = plot->ended,
        };
}

/* Bars and labels apart, as with components: all labels lie above all bars. */
static void draw_phases(const Plot *plot, bool is_label)
{
        for (size_t i = 0; i < plot->n_phases; i++) {
                const Phase *phase = &plot->phases[i];
                double x = timeline_x(&plot->timeline, phase->from), end = timeline_x(&plot->timeline, phase->to);
                double y = plot->top + plot->row_height * (double) i;
                g_autoptr(GString) text = g_string_new(phase->name);

                g_string_append_c(text, ' ');
                text_append_span(text, phase->to - phase->from);
                if (!is_label) {
                        svg_rect(plot->out, x, y + plot->row_height * 0.17, MAX(end - x, 2), plot->row_height * 0.66,
                                 "phase");
                        continue;
                }
                svg_label(plot->out, &(SvgSpan){.begin = x, .inner = x, .end = MAX(end, x + 2), .is_dark = true},
                          y + plot->row_height / 2 + plot->font * 0.36, plot->font, "label", text->str);
        }
}

/* From each step of the path to the one that waited for it: at one moment, so straight up or down. */
static void draw_path(const Plot *plot)
{
        g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal); /* name → row + 1 */
        JsonArray *path = plot->startup->path;

        for (guint i = 0; i < plot->startup->parts->len; i++)
                g_hash_table_insert(rows, (void *) nth(plot, i)->name, GUINT_TO_POINTER(i + 1));
        for (guint i = 0; i + 1 < element_count(path); i++) {
                JsonObject *step = element_object(path, i), *next = element_object(path, i + 1);
                const char *name = field_string(step, "name"), *other = field_string(next, "name");
                guint to = name ? GPOINTER_TO_UINT(g_hash_table_lookup(rows, name)) : 0;
                guint from = other ? GPOINTER_TO_UINT(g_hash_table_lookup(rows, other)) : 0;
                bool is_up = to < from;
                double x = timeline_x(&plot->timeline, field_uint(step, "begin")), y, end;

                if (to == 0 || from == 0)
                        continue;
                y = component_y(plot, from - 1) + plot->row_height / 2;
                end = component_y(plot, to - 1) + plot->row_height * (is_up ? 0.8 : 0.2);
                svg_line(plot->out, x, y, x, end,
                         g_strcmp0(field_string(step, "reason"), "slot") == 0 ? "path slot" : "path");
                svg_arrow(plot->out, x, end, is_up, "head");
        }
}

void plot_format(const Startup *startup, GString *out)
{
        g_autofree char *title = NULL;
        Plot plot;
        double x;

        plot_init(&plot, startup, out);
        title = make_title(&plot);
        svg_begin(out, plot.height, plot.font, title);
        draw_header(&plot, title);
        draw_legend(&plot);
        timeline_each_tick(&plot.timeline, plot.entry, on_tick, &plot);
        x = timeline_x(&plot.timeline, plot.ended);
        svg_line(out, x, plot.top - 6, x, plot.height - FOOTER_HEIGHT, "end");
        for (guint i = 0; i < startup->parts->len; i++) {
                PlotRow row = row_of(&plot, component_y(&plot, i));

                plot_row_bars(out, &row, nth(&plot, i));
        }
        draw_phases(&plot, false);
        draw_path(&plot);
        draw_breaks(&plot);
        draw_phases(&plot, true);
        for (guint i = 0; i < startup->parts->len; i++) {
                PlotRow row = row_of(&plot, component_y(&plot, i));

                plot_row_label(out, &row, nth(&plot, i));
        }
        svg_end(out);
}

/* --json: all that the picture shows. */
static JsonObject *plot_object(const Startup *startup)
{
        JsonObject *object = json_object_new();

        json_object_set_object_member(object, "metrics",
                                      json_object_ref(field_object(startup->container, "StartupMetrics")));
        json_object_set_array_member(object, "components", json_array_ref(startup->components));
        json_object_set_array_member(object, "critical_path", json_array_ref(startup->path));
        return object;
}

int analyze_plot(Ctl *ctl)
{
        g_auto(Startup) startup = {0};
        g_autoptr(GString) out = g_string_new(NULL);

        if (startup_read(ctl, &startup) < 0)
                return EXIT_OTHER;
        if (ctl_has(ctl, OPTION_JSON)) {
                g_autoptr(JsonObject) object = plot_object(&startup);

                json_append_object(out, object, false);
        } else {
                plot_format(&startup, out);
        }
        return ctl_print(ctl, out);
}
