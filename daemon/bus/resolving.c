/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolving.h"

#include <errno.h>
#include <string.h>

#include "container_reads.h"
#include "dbus/names.h"
#include "error.h"
#include "marshal.h"
#include "resolution.h"

/* A call whose answer is still due. */
typedef struct Pending {
        GQueue *calls;
        const BusContext *context;
        sd_bus_message *call; /* what an answer has to say of it, and no more */
        bool is_try;
        Waiter *waiter;
        GList node;
} Pending;

static void pending_free(Pending *pending)
{
        g_queue_unlink(pending->calls, &pending->node);
        sd_bus_message_unref(pending->call);
        g_free(pending);
}

void resolving_forget(GQueue *calls)
{
        while (calls->head) {
                Pending *pending = calls->head->data;

                resolve_cancel(pending->waiter);
                pending_free(pending);
        }
}

static bool is_try(sd_bus_message *message)
{
        return strcmp(sd_bus_message_get_member(message), "TryResolve") == 0;
}

/* MESSAGE may be as large as a message can be, in fields that nobody reads, too; and of those a connection has many. */
static int stand_in(sd_bus_message *message, sd_bus_message **ret)
{
        const char *sender = sd_bus_message_get_sender(message);
        sd_bus_message *call = NULL;
        uint64_t cookie = 0;
        int r = sd_bus_message_get_cookie(message, &cookie);

        if (r >= 0)
                r = sd_bus_message_new_method_call(sd_bus_message_get_bus(message), &call, NULL, REEVE_PATH, NULL,
                                                   sd_bus_message_get_member(message));
        if (r >= 0 && sender)
                r = sd_bus_message_set_sender(call, sender);
        if (r >= 0)
                r = sd_bus_message_set_expect_reply(call, sd_bus_message_get_expect_reply(message));
        if (r >= 0)
                r = sd_bus_message_seal(call, cookie, 0);
        if (r < 0) {
                sd_bus_message_unref(call);
                return r;
        }
        *ret = call;
        return 0;
}

static int reply(sd_bus_message *call, bool is_try, const BusContext *context, const Resolution *resolution)
{
        sd_bus_message *answer = NULL;
        int r = sd_bus_message_new_method_return(call, &answer);

        if (r >= 0 && is_try)
                r = sd_bus_message_append(answer, "b", (int) (resolution->kind != RESOLVED_NOTHING));
        if (r >= 0)
                r = resolution_append(answer, context, resolution);
        if (r >= 0)
                r = sd_bus_send(NULL, answer, NULL);
        sd_bus_message_unref(answer);
        return r < 0 ? r : 1;
}

static void on_resolved(int r, const Resolution *resolution, const DiagList *diags, void *userdata)
{
        Pending *pending = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (r == 0)
                r = reply(pending->call, pending->is_try, pending->context, resolution);
        else
                r = error_set(&error, r, diags);
        if (r < 0)
                (void) sd_bus_reply_method_errno(pending->call, r, &error);
        sd_bus_error_free(&error);
        pending_free(pending);
}

static int read_request(sd_bus_message *message, ResolveRequest *ret, sd_bus_error *error)
{
        const Option options[] = {{"timeout-usec", 't', &ret->timeout_usec}};
        int r = container_read_name(message, &ret->key, error);

        if (r >= 0)
                r = container_read_name(message, &ret->route, error);
        if (r >= 0)
                r = options_read(message, options, G_N_ELEMENTS(options), error);
        return r;
}

int resolving_begin(GQueue *calls, const BusContext *context, sd_bus_message *message, ResolveRequest *request,
                    sd_bus_error *error)
{
        g_auto(DiagList) diags = {0};
        sd_bus_message *call = NULL;
        Resolution resolution;
        Pending *pending;
        Waiter *waiter;
        int r = read_request(message, request, error);

        if (r < 0)
                return r;
        if (calls->length >= RESOLVING_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls of this connection wait for components already");
        diag_list_init(&diags);
        pending = g_new0(Pending, 1);
        request->is_try = is_try(message);
        request->handler = on_resolved;
        request->userdata = pending;
        r = container_resolve(context->container, request, &resolution, &waiter, &diags);
        if (r != 0) {
                g_free(pending);
                return r < 0 ? error_set(error, r, &diags) : reply(message, request->is_try, context, &resolution);
        }
        r = stand_in(message, &call);
        if (r < 0) {
                resolve_cancel(waiter);
                g_free(pending);
                return r;
        }
        *pending = (Pending){
                .calls = calls, .context = context, .call = call, .is_try = request->is_try, .waiter = waiter,
        };
        pending->node.data = pending;
        g_queue_push_tail_link(calls, &pending->node);
        return 1;
}
