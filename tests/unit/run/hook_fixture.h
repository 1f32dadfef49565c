/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the tests of hooks have in common: how their commands behave, and one module with a line for each hook.
 * Does not own: any expectation. */
#pragma once

#include "fixture.h"

#define ALL "ExecPostConstruct=/1\nExecStartup=/2\nExecShutdown=/3\nExecPreDestroy=/4\n"

static const FakeBehaviour slow = {.ready_usec = FAKE_NEVER, .exit_usec = SECOND, .code = CLD_EXITED};
static const FakeBehaviour failing = {.ready_usec = FAKE_NEVER, .code = CLD_EXITED, .status = 3};
static const FakeBehaviour endless = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER};
static const FakeBehaviour deaf = {.ready_usec = FAKE_NEVER, .exit_usec = FAKE_NEVER, .is_deaf = true};

/* One module of this text, not started. */
static inline void load(Fixture *fixture, const char *text)
{
        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
}
