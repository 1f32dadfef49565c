/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the wheel: takes what happened in order, dispatches it, lets the neighbours know, looks again at whom it
 * concerns, and starts who may start, until nothing is left to do now. Start and stop are the same walk.
 * Does not own: any of these steps; and nobody below calls it but through Engine.turn. */
#pragma once

#include "engine.h"

/* Called whenever a turn has come to rest: no occurrence is left. May post and wish, and then gets another turn. */
typedef void (*SettleRest)(Engine *engine, void *userdata);

typedef struct Settle {
        Engine engine;      /* first: a Settle is its engine */
        SettleRest on_rest;
        void *userdata;
        Timer *later;       /* goes on in the next turn of the loop, after a full budget of spawns */
        bool is_turning;
} Settle;

int settle_init(Settle *settle, const EngineHost *host, Plan *plan, SettleRest on_rest, void *userdata) MUST_CHECK;
void settle_done(Settle *settle);

void settle_turn(Engine *engine);
