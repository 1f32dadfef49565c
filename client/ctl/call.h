/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: calls to the container and the messages for what can go wrong with one.
 * Does not own: the connection (connect.h). Calls block. */
#pragma once

#include "bus.h"
#include "reply.h"

/* Calls MEMBER of the container with arguments as of wire_append_call(). SUBJECT is what it is about ("start db"),
 * for the message. 0, or a negative errno after the message. */
int call_container(Ctl *ctl, const char *subject, JsonArray **ret, const char *member, const char *types,
                   ...) MUST_CHECK;

/* The same, but what the daemon answers is told to the caller alone, in ERROR. */
int call_container_quietly(Ctl *ctl, BusError *error, JsonArray **ret, const char *member, const char *types,
                           ...) MUST_CHECK;

/* The same in two halves: several calls that are begun before the first is ended cost one journey; see
 * BUS_CALLS_MAX. */
int call_begin(Ctl *ctl, uint32_t *ret_serial, const char *member, const char *types, ...) MUST_CHECK;
int call_end(Ctl *ctl, const char *subject, uint32_t serial, JsonArray **ret) MUST_CHECK;
int call_begin_properties(Ctl *ctl, const char *path, const char *interface, uint32_t *ret_serial) MUST_CHECK;
int call_end_properties(Ctl *ctl, uint32_t serial, JsonObject **ret) MUST_CHECK;

/* Sets the value of each key of STATES, names of components, borrowed, to its state where there is one: a table that
 * frees values and not keys. */
int call_states(Ctl *ctl, GHashTable *states) MUST_CHECK;

/* Of the object of component NAME, as sd_bus_path_encode(3). Newly allocated. */
char *call_component_path(const char *name);

/* All properties of an object; -ENOENT without a message when it is not there. */
int call_properties(Ctl *ctl, const char *path, const char *interface, JsonObject **ret) MUST_CHECK;

/* Every component by its properties, sorted by name, and the container's properties (RET_CONTAINER may be NULL). */
int call_snapshot(Ctl *ctl, JsonArray **ret_components, JsonObject **ret_container) MUST_CHECK;

/* The component called NAME. -ENOENT after the message with names that are near. */
int call_component(Ctl *ctl, const char *name, JsonObject **ret) MUST_CHECK;

/* The message for a name that no component has, with those that are near. -ENOENT, or what went wrong on the way. */
int call_unknown(Ctl *ctl, const char *name);

/* The message for a failed call; returns ERROR or what it stands for. */
int call_fail(const Ctl *ctl, const char *subject, const BusError *details, int error);
