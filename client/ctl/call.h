/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: calls to the container and the messages for what can go wrong with one.
 * Does not own: the connection (connect.h). Calls block, at most CALL_TIMEOUT_USEC. */
#pragma once

#include "reply.h"

/* Calls MEMBER of the container with arguments as of sd_bus_message_append(). SUBJECT is what it is about ("start db"),
 * for the message. 0, or a negative errno after the message. */
int call_container(Ctl *ctl, const char *subject, JsonArray **ret, const char *member, const char *types,
                   ...) MUST_CHECK;

/* The same, but what the daemon answers is told to the caller alone, in ERROR. */
int call_container_quietly(Ctl *ctl, sd_bus_error *error, JsonArray **ret, const char *member, const char *types,
                           ...) MUST_CHECK;

/* All properties of an object; -ENOENT without a message when it is not there. */
int call_properties(Ctl *ctl, const char *path, const char *interface, JsonObject **ret) MUST_CHECK;

/* Every component by its properties, sorted by name, and the container's properties (RET_CONTAINER may be NULL). */
int call_snapshot(Ctl *ctl, JsonArray **ret_components, JsonObject **ret_container) MUST_CHECK;

/* The component called NAME. -ENOENT after the message with names that are near. */
int call_component(Ctl *ctl, const char *name, JsonObject **ret) MUST_CHECK;

/* The message for a name that none of COMPONENTS has, with those that are near. */
void call_unknown(const Ctl *ctl, const char *name, JsonArray *components);

/* The message for a failed call; returns ERROR or what it stands for. */
int call_fail(const Ctl *ctl, const char *subject, const sd_bus_error *details, int error);
