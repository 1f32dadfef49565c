/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component's notification (sd_notify(3)) does to its instance: readiness, main process, status, more time
 * (§64-66), a sign of life (§113). What a process that is not its own says is ignored, and told once an incarnation.
 * Does not own: socket and parsing (os/notify). */
#pragma once

#include "os/notify.h"

struct Live;

/* A NotifyHandler; USERDATA is the instance's Live. */
void hear_notification(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata);
/* STATUS=, or the same over the connection: printable text. */
void hear_status(struct Live *live, const char *status);
