/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plot_svg.h"

#include <inttypes.h>
#include <math.h>

/* Advance of a character of any monospace font in use, over its height; rather too wide than too narrow. */
#define ADVANCE 0.625
#define LABEL_GAP 6.0

/* Colours after Okabe and Ito, which all eyes tell apart; heights and marks say the same without colour. */
static const char style[] =
        "text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#1f2328}\n"
        ".page{fill:#fff}.title{font-size:17px;font-weight:bold}.sub,.key{font-size:12px}.sub,.tick{fill:#59636e}\n"
        ".tick{font-size:11px}.grid{stroke:#e3e6ea}.end{stroke:#59636e;stroke-dasharray:2 3}\n"
        ".label{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}\n"
        ".critical{font-weight:bold}.bad{fill:#b34000}\n"
        ".phase{fill:#7d8590}.deps{fill:#aab1ba}.queue{fill:#e69f00}.again{fill:#cc79a7}.spawn{fill:#009e73}\n"
        ".construct{fill:#56b4e9}.startup{fill:#0072b2}.open{fill-opacity:.45}.failed{fill:#d55e00}\n"
        ".blocked{fill:none;stroke:#d55e00;stroke-width:1.5}.row{fill:none;pointer-events:all}\n"
        ".label.on{fill:#fff;stroke:none}.path{stroke:#1f2328;stroke-width:1.6;fill:none}.slot{stroke-dasharray:5 "
        "3}.head{fill:#1f2328}\n"
        ".gap{fill:#fff;fill-opacity:.7}.edge{stroke:#59636e;stroke-dasharray:1 4}\n"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page,.gap{fill:#12161c}.label{stroke:#12161c}\n"
        ".sub,.tick{fill:#9aa4af}.grid{stroke:#272d36}.deps{fill:#5b6470}.startup{fill:#3a95d6}.bad{fill:#ff9a62}\n"
        ".path{stroke:#f0f3f6}.head{fill:#f0f3f6}}\n";

/* Tenths are enough, and no locale puts its comma there. */
static void append_number(GString *out, double value)
{
        long long tenths = llround(value * 10);

        g_string_append_printf(out, "%s%lld", tenths < 0 ? "-" : "", llabs(tenths) / 10);
        if (tenths % 10 != 0)
                g_string_append_printf(out, ".%lld", llabs(tenths) % 10);
}

static void append_attribute(GString *out, const char *name, double value)
{
        g_string_append_printf(out, " %s=\"", name);
        append_number(out, value);
        g_string_append_c(out, '"');
}

void svg_append_text(GString *out, const char *text)
{
        g_autoptr(GString) plain = g_string_new(NULL);
        g_autofree char *escaped = NULL;

        text_append(plain, text);
        /* two characters that Unicode has and XML has not */
        g_string_replace(plain, "\xef\xbf\xbe", "\xef\xbf\xbd", 0);
        g_string_replace(plain, "\xef\xbf\xbf", "\xef\xbf\xbd", 0);
        escaped = g_markup_escape_text(plain->str, -1);
        g_string_append(out, escaped);
}

void svg_begin(GString *out, double height, double font, const char *title)
{
        g_string_append(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"");
        append_attribute(out, "width", PLOT_WIDTH);
        append_attribute(out, "height", height);
        g_string_append_printf(out, " viewBox=\"0 0 %.0f %.0f\">\n<title>", PLOT_WIDTH, height);
        svg_append_text(out, title);
        g_string_append_printf(out, "</title>\n<style>\n%s.label{font-size:%.0fpx}\n</style>\n", style, font);
        svg_rect(out, 0, 0, PLOT_WIDTH, height, "page");
}

void svg_end(GString *out)
{
        g_string_append(out, "</svg>\n");
}

void svg_rect(GString *out, double x, double y, double width, double height, const char *class)
{
        g_string_append_printf(out, "<rect class=\"%s\"", class);
        append_attribute(out, "x", x);
        append_attribute(out, "y", y);
        append_attribute(out, "width", width);
        append_attribute(out, "height", height);
        g_string_append(out, "/>\n");
}

void svg_line(GString *out, double x, double y, double to_x, double to_y, const char *class)
{
        g_string_append_printf(out, "<line class=\"%s\"", class);
        append_attribute(out, "x1", x);
        append_attribute(out, "y1", y);
        append_attribute(out, "x2", to_x);
        append_attribute(out, "y2", to_y);
        g_string_append(out, "/>\n");
}

void svg_text(GString *out, double x, double y, const char *anchor, const char *class, const char *text)
{
        g_string_append_printf(out, "<text class=\"%s\"", class);
        append_attribute(out, "x", x);
        append_attribute(out, "y", y);
        if (!g_str_equal(anchor, "start"))
                g_string_append_printf(out, " text-anchor=\"%s\"", anchor);
        g_string_append_c(out, '>');
        svg_append_text(out, text);
        g_string_append(out, "</text>\n");
}

void svg_arrow(GString *out, double x, double y, bool is_up, const char *class)
{
        g_string_append_printf(out, "<path class=\"%s\" d=\"M", class);
        append_number(out, x);
        g_string_append_c(out, ' ');
        append_number(out, y);
        g_string_append_printf(out, "l-3.5 %d h7z\"/>\n", is_up ? 6 : -6);
}

double svg_text_width(const char *text, double font)
{
        g_autoptr(GString) plain = g_string_new(NULL);

        text_append(plain, text);
        return (double) text_width(plain->str) * font * ADVANCE;
}

void svg_label(GString *out, const SvgSpan *span, double y, double font, const char *class, const char *text)
{
        /* Of before, on and behind one is at least a third of the picture, and holds this. */
        size_t columns = (size_t) (((PLOT_RIGHT - PLOT_LEFT) / 3 - 2 * LABEL_GAP) / (font * ADVANCE));
        g_autoptr(GString) plain = g_string_new(NULL);
        g_autofree char *cut = NULL, *on = g_strdup_printf("%s on", class);
        double width;

        text_append(plain, text);
        cut = text_cut(plain->str, columns);
        width = svg_text_width(cut, font);
        if (span->end + LABEL_GAP + width <= PLOT_RIGHT) {
                svg_text(out, span->end + LABEL_GAP, y, "start", class, cut);
        } else if (span->begin - LABEL_GAP - width >= PLOT_LEFT) {
                /* There is a line under it, of which nothing is to be seen between the letters. */
                svg_rect(out, span->begin - 2 * LABEL_GAP - width, y - font, width + LABEL_GAP, font * 1.3, "page");
                svg_text(out, span->begin - LABEL_GAP, y, "end", class, cut);
        } else {
                bool has_room = span->end - span->inner >= width + 2 * LABEL_GAP;

                svg_text(out, (has_room ? span->inner : span->begin) + LABEL_GAP, y, "start",
                         has_room && span->is_dark ? on : class, cut);
        }
}
