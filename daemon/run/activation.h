/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: lazy components that are started by who connects to them: while one is inactive its Listen= sockets are open
 * and watched here. Does not own: the sockets (sockets), nor the start (pull). Nobody outside the room includes this.
 */
#pragma once

#include "container.h"

/* Of one component. */
typedef struct Door Door;

/* By node + 1: of all lazy ones with Listen=. NULL: there are none, or the plan does not start yet. */
typedef struct Activation {
        GHashTable *doors;
        GArray *changed; /* of node */
} Activation;

void activation_init(Activation *activation);
void activation_done(Activation *activation);

/* The container starts: opens what is to be open. */
void activation_begin(Container *container);
/* Of a transition, from within it. */
void activation_note(Container *container, const RunEvent *event);
void activation_rest(Container *container);
/* The wish of a user has changed what is to be open: stop, or reset, which forgives. */
void activation_look_again(Container *container, uint32_t node, bool is_forgiven);
/* Nobody is started any more. */
void activation_end(Container *container);
