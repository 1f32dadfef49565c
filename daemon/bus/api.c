/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api.h"

#include <string.h>

#include "dbus/names.h"

/* Longer than any name, however it is encoded: nothing of that size is worth decoding. */
#define PATH_BYTES_MAX 1024

int api_register(Link *link)
{
        int r = sd_bus_add_object_manager(link->pump.connection, NULL, REEVE_PATH);

        if (r >= 0)
                r = api_container_register(link);
        if (r >= 0)
                r = api_component_register(link);
        if (r >= 0)
                r = api_module_register(link);
        if (r >= 0)
                r = api_change_register(link);
        return r < 0 ? r : 0;
}

char *api_path(const char *prefix, const char *name)
{
        char *path = NULL;

        return sd_bus_path_encode(prefix, name, &path) < 0 ? NULL : path;
}

char *api_name(const char *prefix, const char *path)
{
        char *name = NULL;

        if (strnlen(path, PATH_BYTES_MAX + 1) > PATH_BYTES_MAX)
                return NULL;
        return sd_bus_path_decode(path, prefix, &name) <= 0 ? NULL : name;
}
