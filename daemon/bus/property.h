/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the shape of a property getter of sd-bus, written once, and the names of what a vtable says of a property.
 * Does not own: any property. */
#pragma once

#include <systemd/sd-bus.h>

#define PROPERTY_GETTER(name)                                                                                          \
        int name(sd_bus *connection, const char *path, const char *interface, const char *property,                    \
                 sd_bus_message *reply, void *userdata, sd_bus_error *error)

#define PROPERTY_CONST SD_BUS_VTABLE_PROPERTY_CONST
#define PROPERTY_CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#define PROPERTY_INVALIDATES SD_BUS_VTABLE_PROPERTY_EMITS_INVALIDATION

/* As the names of a PropertiesChanged: sd-bus takes those that the vtable says are told or invalidated. A list beside
 * the vtable would leave out, in silence, the one that somebody forgot. */
#define ALL_THAT_CHANGES NULL
