/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the temporary directory of a private container, and the socket on which its daemon says that it is ready.
 * Does not own: what the daemon keeps in there. */
#pragma once

#include "ctl.h"

typedef struct Place {
        char *base;      /* in $XDG_RUNTIME_DIR or /tmp */
        char *directory; /* base/run, for the daemon */
        char *notify;    /* path of the socket */
        int notify_fd;
} Place;

/* 0, or a negative errno after the message. */
int place_init(Place *place, const Ctl *ctl) MUST_CHECK;
/* Removes it with everything in it; follows no link. */
void place_done(Place *place, const Ctl *ctl);

/* Reads one datagram. True when it came from process DAEMON and says READY=1. */
bool place_is_ready(const Place *place, pid_t daemon);
