/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "object_path.h"

#include <string.h>

#include <systemd/sd-bus.h>

/* Longer than any name, however it is encoded: nothing of that size is worth decoding. */
#define PATH_BYTES_MAX 1024

char *object_path_make(const char *prefix, const char *name)
{
        char *path = NULL;

        return sd_bus_path_encode(prefix, name, &path) < 0 ? NULL : path;
}

char *object_path_find_name(const char *prefix, const char *path)
{
        char *name = NULL;

        if (strnlen(path, PATH_BYTES_MAX + 1) > PATH_BYTES_MAX)
                return NULL;
        return sd_bus_path_decode(path, prefix, &name) <= 0 ? NULL : name;
}
