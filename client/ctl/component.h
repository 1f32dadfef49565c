/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what several verbs say of a component, made from its properties (dbus/org.reeve.Reeve1.Component.xml).
 * Does not own: layout of whole pages (status.c and the other verbs). All getters borrow. */
#pragma once

#include "reply.h"

/* Never NULL. */
const char *component_name(JsonObject *component);
const char *component_state(JsonObject *component);
bool component_is_ready(JsonObject *component);
/* "ready (running)". Newly allocated. */
char *component_state_text(JsonObject *component);
/* When it entered its state, CLOCK_MONOTONIC µs; 0: not known. */
uint64_t component_since(JsonObject *component);
/* "exit-code (status 3)", "signal (Killed)", or NULL when there is nothing to say. Newly allocated. */
char *component_result_text(JsonObject *component);
/* "file:line". Newly allocated. */
char *source_text(JsonArray *source);
