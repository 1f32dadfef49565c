/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the objects on a connection: container, components, modules, changes, and the signals that speak of them. A
 * handler reads arguments, asks access, calls one verb, maps the error, replies; nothing else. Does not own: the verbs
 * (run/container), when signals are due (news). */
#pragma once

#include "base/cleanup.h"
#include "link.h"

/* All objects, the ObjectManager included. No object has a slot of its own: fallbacks find it when it is asked for. */
int api_register(Link *link) MUST_CHECK;

int api_container_register(Link *link) MUST_CHECK;
int api_component_register(Link *link) MUST_CHECK;
int api_module_register(Link *link) MUST_CHECK;
int api_change_register(Link *link) MUST_CHECK;

/* PropertiesChanged of what may have changed; nothing when the object is gone. */
void api_container_emit(Link *link);
void api_component_emit(Link *link, uint32_t node);
/* InterfacesAdded, or PropertiesChanged when it is not new. */
void api_change_emit(Link *link, uint64_t id, bool is_new);
/* InterfacesRemoved */
void api_change_emit_gone(Link *link, uint64_t id);
/* StartupFinished */
void api_container_emit_started(Link *link);

/* The container stands still: answers the Shutdown calls that wait for it (§111). */
void api_container_answer(Link *link);

#define API_CHANGE_PATH_MAX 64
void api_change_path(uint64_t id, char ret[static API_CHANGE_PATH_MAX]);
