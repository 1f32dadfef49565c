/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(Colour colour, bool has_colour, const char *format, va_list list)
{
        g_autofree char *text = g_strdup_vprintf(format, list);
        g_autoptr(GString) out = g_string_new(NULL);

        text_append_coloured(out, colour, has_colour, "reevectl:");
        g_string_append_c(out, ' ');
        text_append_lines(out, text);
        g_string_append_c(out, '\n');
        (void) fputs(out->str, stderr);
}

void ctl_error(const Ctl *ctl, const char *format, ...)
{
        va_list list;

        va_start(list, format);
        say(COLOUR_BAD, ctl->err.has_colour, format, list);
        va_end(list);
}

void ctl_note(const Ctl *ctl, const char *format, ...)
{
        va_list list;

        if (ctl_has(ctl, OPTION_QUIET))
                return;
        va_start(list, format);
        say(COLOUR_NONE, false, format, list);
        va_end(list);
}

int ctl_print(const Ctl *ctl, const GString *text)
{
        if (fwrite(text->str, 1, text->len, stdout) == text->len && fflush(stdout) == 0)
                return EXIT_OK;
        /* the reader has seen enough, as `head` has */
        if (errno != EPIPE)
                ctl_error(ctl, "cannot write to standard output: %s", strerror(errno));
        return EXIT_OTHER;
}
