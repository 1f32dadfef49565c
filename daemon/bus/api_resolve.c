/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolve and TryResolve of the container: calls that may be answered later, each exactly once. */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "api_resolve.h"
#include "container_reads.h"
#include "error.h"
#include "marshal.h"
#include "resolution.h"

/* A call whose answer is still due. */
typedef struct Pending {
        Link *link;
        sd_bus_message *message;
        Waiter *waiter;
        GList node;
} Pending;

static void pending_free(Pending *pending)
{
        g_queue_unlink(&pending->link->resolving, &pending->node);
        sd_bus_message_unref(pending->message);
        g_free(pending);
}

void api_resolve_forget(Link *link)
{
        while (link->resolving.head) {
                Pending *pending = link->resolving.head->data;

                resolve_cancel(pending->waiter);
                pending_free(pending);
        }
}

static bool is_try(sd_bus_message *message)
{
        return strcmp(sd_bus_message_get_member(message), "TryResolve") == 0;
}

static int reply(sd_bus_message *message, const Link *link, const Resolution *resolution)
{
        sd_bus_message *answer = NULL;
        int r = sd_bus_message_new_method_return(message, &answer);

        if (r >= 0 && is_try(message))
                r = sd_bus_message_append(answer, "b", (int) (resolution->kind != RESOLVED_NOTHING));
        if (r >= 0)
                r = resolution_append(answer, link->context, resolution);
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
                r = reply(pending->message, pending->link, resolution);
        else
                r = error_set(&error, r, diags);
        if (r < 0)
                (void) sd_bus_reply_method_errno(pending->message, r, &error);
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

static int resolve(sd_bus_message *message, Link *link, ResolveRequest *request, sd_bus_error *error)
{
        g_auto(DiagList) diags = {0};
        Resolution resolution;
        Pending *pending;
        Waiter *waiter;
        int r;

        if (link->resolving.length >= LINK_RESOLVES_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls of this connection wait for components already");
        diag_list_init(&diags);
        pending = g_new0(Pending, 1);
        request->requester = NODE_NONE;
        request->is_try = is_try(message);
        request->handler = on_resolved;
        request->userdata = pending;
        r = container_resolve(link->context->container, request, &resolution, &waiter, &diags);
        if (r != 0) {
                g_free(pending);
                return r < 0 ? error_set(error, r, &diags) : reply(message, link, &resolution);
        }
        *pending = (Pending){.link = link, .message = sd_bus_message_ref(message), .waiter = waiter};
        pending->node.data = pending;
        g_queue_push_tail_link(&link->resolving, &pending->node);
        return 1;
}

static int do_resolve(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        ResolveRequest request = {0};
        int r = read_request(message, &request, error);

        return r < 0 ? r : resolve(message, link, &request, error);
}

/* What is there is for everybody to know; to have something started is a change. */
int api_on_resolve(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        ResolveRequest request = {.is_reading = true};
        int r;

        if (link->kind != LINK_PUBLIC)
                return access_run(message, link, do_resolve, error);
        r = read_request(message, &request, error);
        if (r >= 0)
                r = resolve(message, link, &request, error);
        if (r >= 0 || !sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
                return r;
        sd_bus_error_free(error);
        r = sd_bus_message_rewind(message, 1);
        return r < 0 ? r : access_run(message, link, do_resolve, error);
}
