/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api.h"

#include "dbus/names.h"

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
