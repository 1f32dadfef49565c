/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint_spec.h"

#include <glib.h>

const DeclaredEndpoint *endpoint_spec_find(const EndpointSpec *spec, const char *name)
{
        for (uint32_t i = 0; spec && i < spec->n; i++)
                if (g_str_equal(spec->list[i].name, name))
                        return &spec->list[i];
        return NULL;
}
