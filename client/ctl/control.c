/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "call.h"
#include "change.h"
#include "dbus/names.h"
#include "verb.h"

typedef struct Request {
        Ctl *ctl;
        const char *verb;   /* as typed */
        const char *member; /* of the Container */
        Watch *watch;
        GPtrArray *names; /* not asked for yet; borrowed */
        size_t n_failed;
} Request;

/* A mistyped name is found before anything is changed. */
static int check_names(Ctl *ctl)
{
        int status = EXIT_OK;

        for (size_t i = 0; i < ctl->n_names; i++) {
                g_autoptr(JsonObject) component = NULL;
                int r = call_component(ctl, ctl->names[i], &component);

                if (r < 0)
                        status = EXIT_OTHER;
                if (r < 0 && r != -ENOENT)
                        break;
        }
        return status;
}

/* 1: asked; 0: refused with a message; -EAGAIN: refused because of one that we may be stopping just now */
static int ask(Request *request, const char *name, bool may_retry)
{
        g_auto(BusError) error = {0};
        g_autofree char *subject = g_strdup_printf("%s %s", request->verb, name);
        g_autoptr(JsonArray) reply = NULL;
        int r;

        if (ctl_has(request->ctl, OPTION_CASCADE))
                r = call_container_quietly(request->ctl, &error, &reply, request->member, "sa{sv}", name, 1, "cascade",
                                           "b", 1);
        else
                r = call_container_quietly(request->ctl, &error, &reply, request->member, "sa{sv}", name, 0);
        if (r < 0 && may_retry && bus_error_is(&error, REEVE_ERROR_PREFIX "InUse"))
                return -EAGAIN;
        if (r < 0) {
                call_fail(request->ctl, subject, &error, r);
                if (error.name)
                        watch_add_refused(request->watch, name, error.name, error.message ? error.message : "");
                request->n_failed++;
                return 0;
        }
        if (element_string(reply, 0))
                watch_add(request->watch, name, element_string(reply, 0));
        return 1;
}

/* Asks for all that are left; those that others still need stay for the next round. Returns how many were asked for. */
static size_t ask_round(Request *request, bool may_retry)
{
        g_autoptr(GPtrArray) names = g_steal_pointer(&request->names);
        size_t n = 0;

        request->names = g_ptr_array_new();
        for (guint i = 0; i < names->len; i++) {
                int r = ask(request, names->pdata[i], may_retry);

                if (r == -EAGAIN)
                        g_ptr_array_add(request->names, names->pdata[i]);
                n += r == 1;
        }
        return n;
}

/* "stop db shop" where shop needs db: db is in use until shop is gone, so it is asked for again then (§112). */
static int ask_and_wait(Request *request)
{
        while (request->names->len > 0) {
                size_t n_failed = 0, n_asked = ask_round(request, true);

                if (watch_wait(request->watch, &n_failed) < 0)
                        return EXIT_OTHER;
                request->n_failed += n_failed;
                if (n_asked == 0)
                        (void) ask_round(request, false);
        }
        return request->n_failed > 0 ? EXIT_OTHER : EXIT_OK;
}

static int print_results(const Ctl *ctl, Watch *watch, int status)
{
        g_autoptr(GString) out = g_string_new(NULL);
        int r;

        if (!ctl_has(ctl, OPTION_JSON))
                return status;
        json_append_array(out, watch_results(watch), false);
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}

static int change(Ctl *ctl, const char *verb, const char *member)
{
        g_autoptr(Watch) watch = NULL;
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        Request request = {.ctl = ctl, .verb = verb, .member = member};
        int status;

        if (check_names(ctl) != EXIT_OK)
                return EXIT_OTHER;
        watch = watch_new(ctl, verb);
        if (!watch)
                return EXIT_OTHER;
        request.watch = watch;
        for (size_t i = 0; i < ctl->n_names; i++)
                if (!g_ptr_array_find_with_equal_func(names, ctl->names[i], g_str_equal, NULL))
                        g_ptr_array_add(names, (char *) ctl->names[i]);
        request.names = g_steal_pointer(&names);
        if (ctl_has(ctl, OPTION_NO_BLOCK)) {
                (void) ask_round(&request, false);
                watch_add_begun(watch);
                status = request.n_failed > 0 ? EXIT_OTHER : EXIT_OK;
        } else {
                status = ask_and_wait(&request);
        }
        g_ptr_array_unref(request.names);
        return print_results(ctl, watch, status);
}

int verb_start(Ctl *ctl)
{
        return change(ctl, "start", "Start");
}

int verb_stop(Ctl *ctl)
{
        return change(ctl, "stop", "Stop");
}

int verb_restart(Ctl *ctl)
{
        return change(ctl, "restart", "Restart");
}

int verb_reset(Ctl *ctl)
{
        return change(ctl, "reset", "Reset");
}
