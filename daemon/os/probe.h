/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one attempt to connect to an address, without blocking.
 * Does not own: when to try again (run). */
#pragma once

#include "base/cleanup.h"
#include "loop.h"

typedef struct Probe Probe;

/* ERROR 0: it accepted a connection, which was closed again; else a positive errno. Free the probe inside or later. */
typedef void (*ProbeHandler)(Probe *probe, int error, void *userdata);

/* "unix:/PATH" or "tcp:ADDRESS:PORT" with a numeric address ([v6] in brackets): no look-up, since those block. */
int probe_new(Loop *loop, const char *address, uint64_t timeout_usec, ProbeHandler handler, void *userdata,
              Probe **ret) MUST_CHECK;
void probe_free(Probe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Probe, probe_free)
