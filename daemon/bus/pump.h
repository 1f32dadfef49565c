/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: turning one sd_bus in the loop, with the fairness that sd_bus_attach_event() lacks: a bounded number of
 * messages and time a turn, then everybody else first; a call that arrived together with BEGIN is not left lying; the
 * end is told from the loop, never from inside a dispatch (reliability, traps 3 to 5). Does not own: what the messages
 * say. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

#define PUMP_MESSAGES_A_TURN 64
#define PUMP_USEC_A_TURN (10 * 1000)
#define PUMP_PAUSE_USEC 1000

typedef struct PumpHandlers {
        void (*on_ready)(void *userdata); /* once: authenticated, and greeted where that is due */
        void (*on_turn)(void *userdata);  /* something may have been read or written */
        void (*on_end)(void *userdata);   /* once; the pump may be done with here */
} PumpHandlers;

typedef struct Pump {
        sd_bus *connection;           /* owned */
        const PumpHandlers *handlers; /* borrowed, static */
        void *userdata;
        sd_event_source *io, *timeout;
        sd_event_source *soon, *again; /* a turn at once, which needs no timer; and after a pause */
        uint64_t pause_usec;           /* after a turn that used its budget up; PUMP_PAUSE_USEC unless set */
        bool is_ready, is_ended;
        int error; /* negative: what ended it; 0: nothing, or us */
} Pump;

/* Takes CONNECTION, started and not attached, over in any case. */
int pump_init(Pump *pump, sd_event *event, sd_bus *connection, const PumpHandlers *handlers, void *userdata) MUST_CHECK;
void pump_done(Pump *pump);

/* Outside of a turn: up to N_MAX messages of those that have come, at once. */
void pump_read(Pump *pump, unsigned n_max);
/* Ends the connection soon: on_end follows from the loop. */
void pump_end(Pump *pump);
/* Writes what is queued, for at most until DEADLINE (monotonic µs). Blocks up to then. */
void pump_drain(Pump *pump, uint64_t deadline);
uint64_t pump_queued(const Pump *pump);
