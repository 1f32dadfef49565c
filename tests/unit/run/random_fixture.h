/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: random containers for the random test: what is written down, and how its processes behave.
 * Does not own: what happens to them, nor what is to hold (test_random). */
#pragma once

#include "fixture.h"
#include "resolve_fixture.h"
#include "run/container_data.h"
#include "run/live.h"

enum { MOST = 12, N_MODULES = 3, N_ASKERS = 16 };

typedef struct World {
        Fixture fixture;
        GRand *chance;
        uint32_t n;                /* components that were written down; modules' hooks come beside them */
        uint32_t stopped_at[MOST + N_MODULES]; /* incarnation, plus one, of what was stopped by hand; 0: it was not */
        bool has_ended_well[MOST + N_MODULES]; /* by itself */
        Asker askers[N_ASKERS];
        uint32_t requester[N_ASKERS], incarnation[N_ASKERS]; /* of the askers that are components */
        bool is_recovering;        /* who is watched asks for patience as soon as it is ready */
        char *wrong;               /* seen from within an observer */
} World;

Engine *engine_of(World *world);
uint32_t n_nodes(World *world);
Instance *nth(World *world, uint32_t node);
bool has_process(const Instance *instance);

/* Components in the order of their numbers fill the modules, so that references go to earlier ones alone. */
void make_modules(World *world, char *texts[N_MODULES]);
uint64_t random_usec(World *world, gint32 below_msec);
/* Of NODE and of its hooks, from now on. */
void random_behaviours(World *world, uint32_t node);
