/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "progress.h"

#include <stdio.h>

#include "clock.h"

#define USEC_PER_SEC UINT64_C(1000000)
#define TERMINAL_INTERVAL UINT64_C(250000)
#define PLAIN_INTERVAL UINT64_C(1000000)
/* what takes less needs no explanation */
#define TERMINAL_QUIET UINT64_C(200000)
#define PLAIN_QUIET UINT64_C(2000000)

void progress_init(Progress *progress, const Ctl *ctl)
{
        *progress = (Progress){.ctl = ctl, .begun_usec = clock_monotonic()};
}

uint64_t progress_interval(const Progress *progress)
{
        return progress->ctl->err.is_terminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL;
}

static void draw(Progress *progress, const char *text, uint64_t passed)
{
        g_autoptr(GString) line = g_string_new(NULL);
        g_autofree char *cut = NULL;

        text_append(line, text);
        if (passed < 60 * USEC_PER_SEC)
                g_string_append_printf(line, " … %.1fs", (double) passed / 1e6);
        else {
                g_string_append(line, " … ");
                text_append_span(line, passed);
        }
        /* the last column stays free: a full line would wrap, and could not be taken away */
        cut = text_cut(line->str, progress->ctl->err.width > 1 ? progress->ctl->err.width - 1 : 1);
        (void) fprintf(stderr, "\r\033[K%s", cut);
        (void) fflush(stderr);
        progress->is_drawn = true;
}

void progress_update(Progress *progress, const char *text)
{
        uint64_t passed = clock_monotonic() - progress->begun_usec;

        if (ctl_has(progress->ctl, OPTION_QUIET))
                return;
        if (progress->ctl->err.is_terminal) {
                if (passed >= TERMINAL_QUIET)
                        draw(progress, text, passed);
                return;
        }
        if (passed < PLAIN_QUIET || g_strcmp0(progress->last, text) == 0)
                return;
        g_free(progress->last);
        progress->last = g_strdup(text);
        ctl_note(progress->ctl, "%s", text);
}

void progress_clear(Progress *progress)
{
        if (!progress->is_drawn)
                return;
        (void) fputs("\r\033[K", stderr);
        (void) fflush(stderr);
        progress->is_drawn = false;
}

void progress_done(Progress *progress)
{
        progress_clear(progress);
        g_clear_pointer(&progress->last, g_free);
}
