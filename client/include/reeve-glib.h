/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libreeve in a GMainContext: nothing but this header, so that the library does not need GLib.
 *
 *   GSource *source = reeve_source_new(component);
 *   g_source_attach(source, NULL);
 *   …
 *   g_source_destroy(source);          // before reeve_component_free()
 *   g_source_unref(source);
 *
 * The component may be freed inside one of its own callbacks, if the source is destroyed first there too. The source's
 * callback (a GSourceFunc) is called when reeve_is_finished(): the place for g_main_loop_quit(). */
#ifndef REEVE_GLIB_H
#define REEVE_GLIB_H

#include <glib.h>
#include <reeve.h>

G_BEGIN_DECLS

typedef struct reeve_source {
        GSource source;
        reeve_component *component;
        gpointer tag;
} reeve_source;

static inline gint64 reeve_source_time(reeve_source *self)
{
        uint64_t usec = reeve_get_timeout(self->component);

        /* Both clocks are CLOCK_MONOTONIC; -1 is never. */
        return usec >= (uint64_t) G_MAXINT64 ? -1 : (gint64) usec;
}

static inline gboolean reeve_source_prepare(GSource *source, gint *timeout_msec)
{
        gint64 next = reeve_source_time((reeve_source *) source);

        g_source_set_ready_time(source, next);
        *timeout_msec = -1;
        return next == 0;
}

static inline gboolean reeve_source_check(GSource *source)
{
        reeve_source *self = (reeve_source *) source;
        gint64 next = reeve_source_time(self);

        return g_source_query_unix_fd(source, self->tag) != 0 || (next >= 0 && next <= g_get_monotonic_time());
}

static inline gboolean reeve_source_dispatch(GSource *source, GSourceFunc callback, gpointer userdata)
{
        reeve_source *self = (reeve_source *) source;

        (void) reeve_process(self->component);
        /* Destroyed: the component may be gone. */
        if (!callback || g_source_is_destroyed(source) || !reeve_is_finished(self->component, NULL))
                return G_SOURCE_CONTINUE;
        return callback(userdata);
}

/* A source that serves COMPONENT, which is borrowed. The caller's to attach, to destroy and to unref; one for a
 * component. */
static inline GSource *reeve_source_new(reeve_component *component)
{
        static GSourceFuncs functions = {
                reeve_source_prepare, reeve_source_check, reeve_source_dispatch, NULL, NULL, NULL};
        GSource *source = g_source_new(&functions, sizeof(reeve_source));
        reeve_source *self = (reeve_source *) source;

        self->component = component;
        self->tag = g_source_add_unix_fd(source, reeve_get_fd(component), G_IO_IN);
        g_source_set_name(source, "reeve");
        return source;
}

G_END_DECLS

#endif
