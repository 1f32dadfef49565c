/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "change.h"

#include <errno.h>

#include "call.h"
#include "clock.h"
#include "component.h"
#include "connect.h"
#include "dbus/names.h"
#include "finding.h"
#include "outcome.h"

#define SHOWN_MAX 4 /* components named in the progress line */

typedef struct Watched {
        char *name, *path;
        JsonObject *last; /* its properties as last read, or NULL */
        bool is_ended;
} Watched;

struct Watch {
        Ctl *ctl;
        const char *verb;
        GPtrArray *items; /* of Watched */
        JsonArray *results;
        bool is_news; /* a Change has changed since it was read */
        size_t n_failed;
};

static void watched_free(gpointer data)
{
        Watched *watched = data;

        g_clear_pointer(&watched->last, json_object_unref);
        g_free(watched->name);
        g_free(watched->path);
        g_free(watched);
}

static bool is_of_change(const WireMessage *signal)
{
        return signal->path && g_str_has_prefix(signal->path, REEVE_CHANGE_PATH);
}

Watch *watch_new(Ctl *ctl, const char *verb)
{
        g_autoptr(Watch) watch = NULL;
        int r;

        if (ctl_connect(ctl) < 0)
                return NULL;
        watch = g_new0(Watch, 1);
        watch->ctl = ctl;
        watch->verb = verb;
        watch->items = g_ptr_array_new_with_free_func(watched_free);
        watch->results = json_array_new();
        r = bus_subscribe(ctl->bus, "type='signal',sender='" REEVE_BUS_NAME "',path_namespace='" REEVE_CHANGE_PATH
                                    "',member='PropertiesChanged'");
        if (r < 0) {
                ctl_error(ctl, "%s: cannot subscribe: %s", verb, strerror(-r));
                return NULL;
        }
        return g_steal_pointer(&watch);
}

void watch_free(Watch *watch)
{
        if (!watch)
                return;
        g_ptr_array_unref(watch->items);
        json_array_unref(watch->results);
        g_free(watch);
}

void watch_add(Watch *watch, const char *name, const char *path)
{
        Watched *watched = g_new0(Watched, 1);

        watched->name = g_strdup(name);
        watched->path = g_strdup(path);
        g_ptr_array_add(watch->items, watched);
        watch->is_news = true;
}

JsonArray *watch_results(Watch *watch)
{
        return watch->results;
}

void watch_add_refused(Watch *watch, const char *component, const char *name, const char *message)
{
        outcome_add_refused(watch->results, watch->verb, component, name, message);
}

void watch_add_begun(Watch *watch)
{
        for (guint i = 0; i < watch->items->len; i++) {
                const Watched *watched = watch->items->pdata[i];

                outcome_add_begun(watch->results, watch->verb, watched->name, watched->path);
        }
}

static void report(Watch *watch, const Watched *watched)
{
        JsonObject *finding = field_object(watched->last, "Error");
        g_autoptr(GString) text = g_string_new(NULL);

        if (finding && field_string(finding, "text"))
                finding_append(text, finding, "", false);
        else
                g_string_append(text, "failed\n");
        if (!finding || !field_string(finding, "hint"))
                g_string_append_printf(text, "  hint: “reevectl status %s” shows what happened", watched->name);
        g_strchomp(text->str);
        ctl_error(watch->ctl, "%s %s: %s", watch->verb, watched->name, text->str);
}

static int read_one(Watch *watch, Watched *watched, Progress *progress)
{
        g_autoptr(JsonObject) properties = NULL;
        const char *state;
        int r = call_properties(watch->ctl, watched->path, REEVE_CHANGE_INTERFACE, &properties);

        if (r == -ENOENT) {
                /* a minute has passed since its end: we were stopped, or the machine slept */
                progress_clear(progress);
                ctl_error(watch->ctl, "%s %s: it ended, but how is forgotten; “reevectl status %s” shows how it is now",
                          watch->verb, watched->name, watched->name);
                watched->is_ended = true;
                watch->n_failed++;
                g_clear_pointer(&watched->last, json_object_unref);
                outcome_add_ended(watch->results, watch->verb, watched->name, watched->path, NULL);
                return 0;
        }
        if (r < 0)
                return r;
        g_clear_pointer(&watched->last, json_object_unref);
        watched->last = g_steal_pointer(&properties);
        state = field_string(watched->last, "State");
        if (g_strcmp0(state, "doing") == 0)
                return 0;
        watched->is_ended = true;
        outcome_add_ended(watch->results, watch->verb, watched->name, watched->path, watched->last);
        if (g_strcmp0(state, "done") != 0) {
                progress_clear(progress);
                report(watch, watched);
                watch->n_failed++;
        }
        return 0;
}

static int read_all(Watch *watch, Progress *progress, bool *ret_is_over)
{
        bool is_over = true;

        watch->is_news = false;
        for (guint i = 0; i < watch->items->len; i++) {
                Watched *watched = watch->items->pdata[i];
                int r = watched->is_ended ? 0 : read_one(watch, watched, progress);

                if (r < 0)
                        return r;
                is_over = is_over && watched->is_ended;
        }
        *ret_is_over = is_over;
        return 0;
}

/* "db (starting, spawned)"; a name that is gone stands alone */
static void append_awaited(Watch *watch, GString *out, const char *name)
{
        g_autofree char *path = call_component_path(name);
        g_autoptr(JsonObject) component = NULL;
        const char *sub_state;

        g_string_append(out, name);
        if (call_properties(watch->ctl, path, REEVE_COMPONENT_INTERFACE, &component) < 0)
                return;
        sub_state = field_string(component, "SubState");
        g_string_append_printf(out, " (%s", component_state(component));
        if (sub_state && *sub_state)
                g_string_append_printf(out, ", %s", sub_state);
        g_string_append_c(out, ')');
}

static void show_progress(Watch *watch, Progress *progress)
{
        g_autoptr(GString) text = g_string_new(watch->verb);
        guint n = 0;

        g_string_append(text, ": waiting for ");
        for (guint i = 0; i < watch->items->len; i++) {
                const Watched *watched = watch->items->pdata[i];
                JsonArray *tasks = watched->is_ended ? NULL : field_array(watched->last, "Tasks");

                for (guint t = 0; t < element_count(tasks); t++) {
                        JsonArray *task = element_array(tasks, t);

                        if (g_strcmp0(element_string(task, 2), "doing") != 0)
                                continue;
                        if (n < SHOWN_MAX) {
                                g_string_append(text, n > 0 ? ", " : "");
                                append_awaited(watch, text, element_string(task, 0));
                        }
                        n++;
                }
        }
        if (n > SHOWN_MAX)
                g_string_append_printf(text, " and %u more", n - SHOWN_MAX);
        progress_update(progress, n > 0 ? text->str : watch->verb);
}

/* Until a Change has news, an interval at most; other signals that arrive do not prolong it. */
static int wait_news(Watch *watch, uint64_t interval_usec)
{
        uint64_t end = clock_monotonic() + interval_usec;

        while (!watch->is_news) {
                g_autoptr(WireMessage) signal = NULL;
                int r = bus_take_signal(watch->ctl->bus, end, &signal);

                if (r < 0)
                        return call_fail(watch->ctl, watch->verb, NULL, r);
                if (r == 0)
                        break;
                watch->is_news = is_of_change(signal);
        }
        return 0;
}

/* Signals make it quick; reading once an interval makes it certain, and shows what is waited for. */
int watch_wait(Watch *watch, size_t *ret_failed)
{
        Progress progress;
        bool is_over = watch->items->len == 0;
        int r = 0;

        progress_init(&progress, watch->ctl);
        while (!is_over && r >= 0) {
                r = read_all(watch, &progress, &is_over);
                if (r < 0 || is_over)
                        break;
                show_progress(watch, &progress);
                r = wait_news(watch, progress_interval(&progress));
        }
        progress_done(&progress);
        *ret_failed = watch->n_failed;
        watch->n_failed = 0;
        g_ptr_array_set_size(watch->items, 0);
        return r;
}
