/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a process is told of what its component refers to: REEVE_REF_… and REEVE_ABSENT.
 * Does not own: templates (expand), secrets (secret). */
#pragma once

#include "engine.h"

/* All of them together, so that no provider can make its dependents too large to be executed. */
#define REFERENCES_MAX 1000
#define REFERENCES_MAX_BYTES (256 * 1024)

/* §23: the keys of Wants= that are not there, separated by blanks; newly allocated. */
char *reference_absent(const Engine *engine, const Instance *instance);
/* Adds REEVE_REF_KEY_ENDPOINT=TEXT for all that is there of Requires= and Wants=, and REEVE_REF_KEY_COUNT,
 * REEVE_REF_KEY_I_NAME and REEVE_REF_KEY_I_ENDPOINT for references to several. Returns how many have no room. */
uint32_t reference_put(const Engine *engine, const Instance *instance, GPtrArray *environment);
