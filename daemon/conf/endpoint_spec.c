/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint_spec.h"

#include <glib.h>

const char *const endpoint_kind_names[ENDPOINT_KIND_N_] = {
        [ENDPOINT_TCP] = "tcp",
        [ENDPOINT_UNIX] = "unix",
        [ENDPOINT_PORT] = "port",
        [ENDPOINT_TEXT] = "text",
};

const DeclaredEndpoint *endpoint_spec_find(const EndpointSpec *spec, const char *name)
{
        for (uint32_t i = 0; spec && i < spec->n; i++)
                if (g_str_equal(spec->list[i].name, name))
                        return &spec->list[i];
        return NULL;
}
