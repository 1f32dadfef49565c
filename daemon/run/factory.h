/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how an instance comes to life and ends, by kind of definition: a process of ours, or something foreign that is
 * waited for and bound. What happens is posted as an event, never returned.
 * Does not own: when (settle), and what state follows (state). */
#pragma once

#include "engine.h"

typedef struct Factory {
        /* In `starting`: posts READY, or EXIT_RETRY / EXIT_GIVE_UP, now or later; FAIL at the start time-out. */
        void (*start)(Engine *engine, Instance *instance);
        /* In `ready`: what goes on while it serves. May be NULL. */
        void (*serve)(Engine *engine, Instance *instance);
        /* In `stopping`: posts GONE_…, now or later. */
        void (*stop)(Engine *engine, Instance *instance);
        /* In `stopping`: the budget of the stop has become shorter. May be NULL. */
        void (*hurry)(Engine *engine, Instance *instance);
} Factory;

extern const Factory factory_exec;
extern const Factory factory_external;

const Factory *factory_of(const Definition *definition);

/* A warning with where the component is declared; or, of a hook, with the line. */
void factory_tell(Engine *engine, const Instance *instance, const char *reason, const char *text);
void factory_tell_at(Engine *engine, const Instance *instance, Origin origin, const char *reason, const char *text);
/* Once it was decided that a failure was one too many (§104): says so, and what to do. Else nothing. */
void factory_tell_limit(Engine *engine, const Instance *instance);

/* Opens what INSTANCE listens on and publishes what it declares, before anything of it runs. False: the start has
 * failed, and that is told. */
bool factory_open_endpoints(Engine *engine, Instance *instance);
/* An attempt to start came to nothing: records RESULT, tells why in TEXT, posts what follows. */
void factory_start_failed(Engine *engine, Instance *instance, Result result, const char *text);
/* What is left of it is stopped first, and then it goes on as VERDICT says: EVENT_EXIT_…. */
void factory_fail(Engine *engine, Instance *instance, StateEvent verdict, const char *reason);
/* A start that has failed, of which something is left. The result is recorded and told. */
void factory_fail_start(Engine *engine, Instance *instance);
