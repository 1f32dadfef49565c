/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the listening socket: its file, mode 0600 from the first moment and removed at the end, and accepting also when
 * descriptors have run out (P27).
 * Does not own: connections once they are accepted. */
#pragma once

#include <systemd/sd-event.h>

#include "base/cleanup.h"

typedef struct Listener Listener;

/* FD becomes the callee's. */
typedef void (*ListenerHandler)(int fd, void *userdata);

/* What stands at PATH is replaced. -ENAMETOOLONG: a socket's path has at most 107 bytes. */
int listener_new(sd_event *event, const char *path, ListenerHandler handler, void *userdata, Listener **ret) MUST_CHECK;
/* Removes the file if it is still the one that was made. */
void listener_free(Listener *listener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listener, listener_free)
