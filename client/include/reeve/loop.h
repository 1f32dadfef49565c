/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: when a component is served: from any loop, from sd-event, or by itself. reeve-glib.h does it for GLib.
 * Does not own: any loop, thread or signal. */
#ifndef REEVE_LOOP_H
#define REEVE_LOOP_H

#include <stdint.h>

#include <reeve/ops.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sd_event;

/* For a loop of your own: wait until the descriptor has one of the events, or until the time has come; call
 * reeve_process(); leave when reeve_is_finished(). Inside and outside reeve alike. */

/* The descriptor to watch. It stays the same as long as the component lives; it is not yours to read or close. */
int reeve_get_fd(const reeve_component *component);
/* What to watch it for, as for poll(2): always POLLIN. */
int reeve_get_events(const reeve_component *component);
/* When reeve_process() is to be called if nothing happens before: CLOCK_MONOTONIC, µs. 0: now; UINT64_MAX: never.
 * Ask before each wait. */
uint64_t reeve_get_timeout(const reeve_component *component);
/* The same as milliseconds from now for poll(2), rounded up; -1: never. */
int reeve_get_timeout_msec(const reeve_component *component);

/* Does what is due: reads and writes without blocking, and calls your callbacks. It takes no more than 64 messages;
 * if there are more, reeve_get_timeout() is 0. Once the connection is lost it has nothing to do and returns 0.
 * -ENOMEM: call it again, nothing is lost. -EBUSY: called by a callback. */
int reeve_process(reeve_component *component);

/* Blocks until reeve_process() is due, at most TIMEOUT_USEC. 0: time is over; 1: it is due; -EINTR: a signal handler
 * ran. */
int reeve_wait(reeve_component *component, uint64_t timeout_usec);

/* Blocks, and serves the component until it is finished: 0, or why (see reeve_is_finished()); -EBUSY: called by a
 * callback. It goes on after signals; a handler that calls reeve_stop() ends it. */
int reeve_run(reeve_component *component);

/* Has EVENT (an sd_event, which is referenced) serve the component, with PRIORITY as sd_event_source_set_priority()
 * has it. Its exit is yours: call sd_event_exit() when reeve_is_finished(), say in on_disconnected.
 * -EBUSY: attached already. -ENOMEM. */
int reeve_attach_event(reeve_component *component, struct sd_event *event, int64_t priority);
/* Undoes it; nothing happens if it was not. reeve_component_free() does it too. */
void reeve_detach_event(reeve_component *component);

#ifdef __cplusplus
}
#endif
#endif
