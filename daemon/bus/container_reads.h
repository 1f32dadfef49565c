/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the container's methods that only read and are for everybody: Plan, GetGraph, Explain, GetEvents,
 * GetEventsOf.
 * Does not own: those that change something (api_container). Handlers of sd-bus; USERDATA is the Link. */
#pragma once

#include <systemd/sd-bus.h>

#include "link.h"

/* Room for any name; what is longer cannot be one. */
#define CONTAINER_NAME_BYTES_MAX 255
#define CONTAINER_EVENTS_A_CALL 512
#define CONTAINER_EVENTS_OF_MAX 64 /* few enough for a call that may be queued many times, see link.c */

int container_on_plan(sd_bus_message *message, void *userdata, sd_bus_error *error);
int container_on_graph(sd_bus_message *message, void *userdata, sd_bus_error *error);
int container_on_explain(sd_bus_message *message, void *userdata, sd_bus_error *error);
int container_on_events(sd_bus_message *message, void *userdata, sd_bus_error *error);
int container_on_events_of(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* The plan that is in force, or Closed. */
int container_need_plan(const Link *link, const Plan **ret, sd_bus_error *error);
/* Or NotFound. */
int container_find_node(const Link *link, const char *name, uint32_t *ret, sd_bus_error *error);
/* A component's name as the next argument, borrowed; InvalidArgs when it is too long to be one. */
int container_read_name(sd_bus_message *message, const char **ret, sd_bus_error *error);
