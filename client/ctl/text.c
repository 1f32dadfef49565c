/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC UINT64_C(1000000)

static const char *const colour_codes[COLOUR_N_] = {
        [COLOUR_NONE] = "",         [COLOUR_BOLD] = "\033[1m",  [COLOUR_DIM] = "\033[2m",
        [COLOUR_GOOD] = "\033[32m", [COLOUR_BUSY] = "\033[33m", [COLOUR_BAD] = "\033[1;31m",
};

static size_t terminal_width(int fd)
{
        struct winsize size = {0};
        const char *columns;
        guint64 n;

        if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                return size.ws_col;
        columns = getenv("COLUMNS");
        if (columns && g_ascii_string_to_unsigned(columns, 10, 1, 10000, &n, NULL))
                return (size_t) n;
        return 80;
}

Screen screen_of(int fd, bool allow_colour)
{
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
        Screen screen = {.is_terminal = isatty(fd) == 1, .width = SIZE_MAX};

        if (!screen.is_terminal)
                return screen;
        screen.width = terminal_width(fd);
        screen.has_colour = allow_colour && (!no_color || !*no_color) && term && !g_str_equal(term, "dumb");
        return screen;
}

/* Characters that move the cursor, hide text or turn its direction must not come from a component's strings. */
static bool is_harmful(gunichar c)
{
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e ||
               c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void text_append(GString *out, const char *text)
{
        const char *at = text;

        while (*at) {
                gunichar c = g_utf8_get_char_validated(at, -1);
                size_t n = 1;

                if (c != (gunichar) -1 && c != (gunichar) -2) {
                        n = (size_t) (g_utf8_next_char(at) - at);
                        if (!is_harmful(c)) {
                                g_string_append_len(out, at, (gssize) n);
                                at += n;
                                continue;
                        }
                }
                for (; n > 0; n--)
                        g_string_append_printf(out, "\\x%02x", (unsigned char) *at++);
        }
}

void text_append_lines(GString *out, const char *text)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; *line; line++) {
                if (line != lines)
                        g_string_append_c(out, '\n');
                text_append(out, *line);
        }
}

void text_append_coloured(GString *out, Colour colour, bool has_colour, const char *text)
{
        bool is_coloured = has_colour && colour != COLOUR_NONE && *text;

        if (is_coloured)
                g_string_append(out, colour_codes[colour]);
        text_append(out, text);
        if (is_coloured)
                g_string_append(out, "\033[0m");
}

static size_t char_width(gunichar c)
{
        if (g_unichar_iszerowidth(c))
                return 0;
        return g_unichar_iswide(c) ? 2 : 1;
}

size_t text_width(const char *text)
{
        size_t width = 0;

        for (const char *at = text; *at; at = g_utf8_next_char(at))
                width += char_width(g_utf8_get_char(at));
        return width;
}

char *text_cut(const char *text, size_t width)
{
        const char *at = text, *end = text;
        size_t used = 0;

        if (width == 0)
                return g_strdup("");
        for (; *at; at = g_utf8_next_char(at)) {
                used += char_width(g_utf8_get_char(at));
                if (used > width)
                        return g_strdup_printf("%.*s…", (int) (end - text), text);
                if (used < width)
                        end = g_utf8_next_char(at);
        }
        return g_strdup(text);
}

void text_append_span(GString *out, uint64_t usec)
{
        static const struct {
                uint64_t usec;
                const char *name;
        } units[] = {
                {86400 * USEC_PER_SEC, "d"},
                {3600 * USEC_PER_SEC, "h"},
                {60 * USEC_PER_SEC, "min"},
                {USEC_PER_SEC, "s"},
        };

        if (usec == UINT64_MAX) {
                g_string_append(out, "infinity");
                return;
        }
        for (size_t i = 0; i + 1 < G_N_ELEMENTS(units); i++) {
                uint64_t rest = usec % units[i].usec / units[i + 1].usec;

                if (usec < units[i].usec)
                        continue;
                g_string_append_printf(out, "%" PRIu64 "%s", usec / units[i].usec, units[i].name);
                if (rest > 0)
                        g_string_append_printf(out, " %" PRIu64 "%s", rest, units[i + 1].name);
                return;
        }
        if (usec >= USEC_PER_SEC)
                g_string_append_printf(out, "%" PRIu64 ".%03" PRIu64 "s", usec / USEC_PER_SEC,
                                       usec % USEC_PER_SEC / USEC_PER_MSEC);
        else if (usec >= USEC_PER_MSEC)
                g_string_append_printf(out, "%" PRIu64 "ms", usec / USEC_PER_MSEC);
        else
                g_string_append_printf(out, "%" PRIu64 "us", usec);
}

static bool local_time(uint64_t realtime_usec, struct tm *ret_time)
{
        time_t seconds = (time_t) (realtime_usec / USEC_PER_SEC);

        return localtime_r(&seconds, ret_time) != NULL;
}

void text_append_since(GString *out, uint64_t realtime_usec, uint64_t now_usec)
{
        char buffer[64];
        struct tm tm;

        if (!local_time(realtime_usec, &tm) || strftime(buffer, sizeof(buffer), "%a %F %T %Z", &tm) == 0) {
                g_string_append(out, "an unknown time");
                return;
        }
        g_string_append_printf(out, "%s; ", buffer);
        if (now_usec < realtime_usec) {
                text_append_span(out, realtime_usec - now_usec);
                g_string_append(out, " from now");
        } else {
                /* whole seconds are what a reader wants to know of the past */
                uint64_t ago = now_usec - realtime_usec;

                if (ago >= 10 * USEC_PER_SEC && ago < 60 * USEC_PER_SEC)
                        g_string_append_printf(out, "%" PRIu64 "s", ago / USEC_PER_SEC);
                else
                        text_append_span(out, ago);
                g_string_append(out, " ago");
        }
}

void text_append_clock(GString *out, uint64_t realtime_usec)
{
        char buffer[32];
        struct tm tm;

        if (!local_time(realtime_usec, &tm) || strftime(buffer, sizeof(buffer), "%T", &tm) == 0)
                g_string_append(out, "--:--:--.------");
        else
                g_string_append_printf(out, "%s.%06" PRIu64, buffer, realtime_usec % USEC_PER_SEC);
}
