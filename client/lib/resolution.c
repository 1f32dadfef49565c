/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolution.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dbus/names.h"
#include "endpoints.h"
#include "export.h"

struct reeve_resolution {
        unsigned n_refs; /* 0: static */
        int error;
        bool is_found;
        char *error_name, *message, *instance, *component; /* NULL: none */
        reeve_endpoints *endpoints;
};

/* Never written to: its count stays 0. */
static const reeve_resolution no_memory = {.error = -ENOMEM};

static const struct ErrorRow {
        const char *name;
        int error;
} errors[] = {
        {REEVE_ERROR_PREFIX "NotFound", -ENOENT},
        {REEVE_ERROR_PREFIX "NotVisible", -ENOENT},
        {REEVE_ERROR_PREFIX "ConditionNotMet", -ENODATA},
        {REEVE_ERROR_PREFIX "RuntimeCycle", -EDEADLK},
        {REEVE_ERROR_PREFIX "Draining", -ESHUTDOWN},
        {REEVE_ERROR_PREFIX "Closed", -ESHUTDOWN},
        {REEVE_ERROR_PREFIX "ScopeClosed", -ESHUTDOWN},
        {REEVE_ERROR_PREFIX "Limit", -ENOSPC},
        {REEVE_ERROR_PREFIX "PermissionDenied", -EACCES},
        {REEVE_ERROR_PREFIX "Ambiguous", -EINVAL},
        {REEVE_ERROR_PREFIX "RouteRequired", -EINVAL},
        {REEVE_ERROR_PREFIX "NotRouted", -EINVAL},
        {REEVE_ERROR_PREFIX "ScopeRequired", -EINVAL},
        {REEVE_ERROR_PREFIX "ScopeKindMismatch", -EINVAL},
        {REEVE_ERROR_PREFIX "InvalidValue", -EINVAL},
        {SD_BUS_ERROR_INVALID_ARGS, -EINVAL},
        {SD_BUS_ERROR_ACCESS_DENIED, -EACCES},
        {SD_BUS_ERROR_NO_MEMORY, -ENOMEM},
        {SD_BUS_ERROR_LIMITS_EXCEEDED, -ENOBUFS},
        {SD_BUS_ERROR_TIMEOUT, -ETIMEDOUT},
        {SD_BUS_ERROR_NO_REPLY, -ETIMEDOUT},
        {SD_BUS_ERROR_DISCONNECTED, -ECONNRESET},
};

int resolution_errno(const char *name, int otherwise)
{
        if (!name)
                return otherwise;
        for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
                if (strcmp(name, errors[i].name) == 0)
                        return errors[i].error;
        /* The rest of ours is how a component ends: dependency-failed, exec-failed, start-timeout. */
        if (strncmp(name, REEVE_ERROR_PREFIX, strlen(REEVE_ERROR_PREFIX)) == 0)
                return -EREMOTEIO;
        return otherwise;
}

static reeve_resolution *resolution_new(int error)
{
        reeve_resolution *resolution = calloc(1, sizeof(reeve_resolution));

        if (!resolution)
                return NULL;
        resolution->n_refs = 1;
        resolution->error = error;
        return resolution;
}

reeve_resolution *resolution_failed(int error)
{
        reeve_resolution *resolution = resolution_new(error);

        return resolution ? resolution : (reeve_resolution *) &no_memory;
}

static int take_text(char **place, const char *text)
{
        *place = text ? strdup(text) : NULL;
        return text && !*place ? -ENOMEM : 0;
}

static int read_error(reeve_resolution *resolution, sd_bus_message *reply)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        int code = sd_bus_message_get_errno(reply);
        int r;

        resolution->error = resolution_errno(error->name, code > 0 ? -code : -EREMOTEIO);
        r = take_text(&resolution->error_name, error->name);
        return r < 0 ? r : take_text(&resolution->message, error->message);
}

static int read_answer(reeve_resolution *resolution, sd_bus_message *reply, bool is_try)
{
        const char *instance;
        int is_found = 1;
        int r = 1;

        if (is_try)
                r = sd_bus_message_read(reply, "b", &is_found);
        if (r > 0)
                r = sd_bus_message_read(reply, "o", &instance);
        if (r <= 0)
                return r == -ENOMEM ? r : -EBADMSG;
        r = endpoints_read(reply, &resolution->endpoints);
        if (r >= 0 && is_found)
                r = take_text(&resolution->instance, instance);
        if (r >= 0 && is_found)
                r = sd_bus_path_decode(instance, REEVE_COMPONENT_PATH, &resolution->component);
        resolution->is_found = is_found;
        return r < 0 ? r : 0;
}

reeve_resolution *resolution_read(sd_bus_message *reply, bool is_try)
{
        reeve_resolution *resolution = resolution_new(0);
        int r;

        if (!resolution)
                return (reeve_resolution *) &no_memory;
        if (sd_bus_message_is_method_error(reply, NULL) > 0)
                r = read_error(resolution, reply);
        else
                r = read_answer(resolution, reply, is_try);
        if (r >= 0)
                return resolution;
        reeve_resolution_unref(resolution);
        return resolution_failed(r);
}

REEVE_EXPORT reeve_resolution *reeve_resolution_ref(const reeve_resolution *resolution)
{
        reeve_resolution *counted = (reeve_resolution *) resolution;

        if (counted->n_refs > 0)
                counted->n_refs++;
        return counted;
}

REEVE_EXPORT void reeve_resolution_unref(reeve_resolution *resolution)
{
        if (!resolution || resolution->n_refs == 0 || --resolution->n_refs > 0)
                return;
        free(resolution->error_name);
        free(resolution->message);
        free(resolution->instance);
        free(resolution->component);
        free(resolution->endpoints);
        free(resolution);
}

REEVE_EXPORT int reeve_resolution_error(const reeve_resolution *resolution)
{
        return resolution->error;
}

REEVE_EXPORT const char *reeve_resolution_error_name(const reeve_resolution *resolution)
{
        return resolution->error_name ? resolution->error_name : "";
}

REEVE_EXPORT const char *reeve_resolution_message(const reeve_resolution *resolution)
{
        return resolution->message ? resolution->message : "";
}

REEVE_EXPORT bool reeve_resolution_is_found(const reeve_resolution *resolution)
{
        return resolution->is_found;
}

REEVE_EXPORT const char *reeve_resolution_instance(const reeve_resolution *resolution)
{
        return resolution->instance ? resolution->instance : "/";
}

REEVE_EXPORT const char *reeve_resolution_component(const reeve_resolution *resolution)
{
        return resolution->component ? resolution->component : "";
}

REEVE_EXPORT const reeve_endpoints *reeve_resolution_endpoints(const reeve_resolution *resolution)
{
        return resolution->endpoints ? resolution->endpoints : &endpoints_none;
}

REEVE_EXPORT const char *reeve_resolution_endpoint(const reeve_resolution *resolution, const char *name)
{
        return reeve_endpoints_get(reeve_resolution_endpoints(resolution), name);
}
