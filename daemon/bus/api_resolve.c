/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolve and TryResolve of the container: who may have something started by them. */
#include "api_resolve.h"

#include "access.h"
#include "resolving.h"

static int do_resolve(sd_bus_message *message, Link *link, sd_bus_error *error)
{
        ResolveRequest request = {.requester = NODE_NONE};

        return resolving_begin(&link->resolving, link->context, message, &request, error);
}

/* What is there is for everybody to know; to have something started is a change. */
int api_on_resolve(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        ResolveRequest request = {.requester = NODE_NONE, .is_reading = true};
        int r;

        if (link->kind != LINK_PUBLIC)
                return access_run(message, link, do_resolve, error);
        r = resolving_begin(&link->resolving, link->context, message, &request, error);
        if (r >= 0 || !sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
                return r;
        sd_bus_error_free(error);
        r = sd_bus_message_rewind(message, 1);
        return r < 0 ? r : access_run(message, link, do_resolve, error);
}
