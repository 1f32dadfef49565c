/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the container's methods that tell of its start: GetStartup, GetCriticalPath (§144). For everybody; computed
 * when asked for.
 * Does not own: the figures (observe). Handlers of sd-bus; USERDATA is the Link. */
#pragma once

#include <systemd/sd-bus.h>

int container_on_startup(sd_bus_message *message, void *userdata, sd_bus_error *error);
int container_on_critical_path(sd_bus_message *message, void *userdata, sd_bus_error *error);
