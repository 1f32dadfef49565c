/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a daemon stands on before there is a container: loop, locked runtime directory, the means to spawn.
 * Does not own: anything that knows components. */
#pragma once

#include "os/directory.h"
#include "os/loop.h"
#include "os/process.h"

typedef struct Ground {
        Loop *loop;
        RuntimeDirectory *directory;
        ProcessHost *processes;
} Ground;

/* What went wrong has been logged. -EBUSY: another daemon has the directory. */
int ground_init(Ground *ground, const char *runtime_directory) MUST_CHECK;
void ground_done(Ground *ground);
