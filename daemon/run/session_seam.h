/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the seam between a component's private connection as the core sees it and the D-Bus that is spoken on it: what
 * the layer above fills in.
 * Does not own: either side (session; bus/peer). */
#pragma once

#include <stdint.h>

#include "base/cleanup.h"
#include "conf/definition_word.h"

typedef struct Session Session;
/* Of whoever fills the seam in. */
typedef struct Peer Peer;

/* Called from the core. None of them calls back into it from inside: what follows is told from the loop
 * (session_hear.h). */
typedef struct SessionOps {
        /* FD, the daemon's end, is taken over in any case. SESSION is borrowed until close(). */
        int (*open)(Session *session, int fd, void *userdata, Peer **ret);
        /* Asks the component for HOOK; session_answer() follows, unless it is forgotten or lost before. TIMEOUT_USEC is
         * for its information; UINT64_MAX: none. One at a time. */
        int (*call)(Peer *peer, Hook hook, uint64_t timeout_usec);
        /* The answer is no longer waited for; one that comes all the same is ignored. */
        void (*forget)(Peer *peer);
        /* The component has ended: hears what it said before, from inside this one call. */
        void (*drain)(Peer *peer);
        /* SESSION is not called again. */
        void (*close)(Peer *peer);
} SessionOps;

typedef struct SessionSeam {
        const SessionOps *ops;
        void *userdata;
} SessionSeam;

typedef struct Container Container;

/* A verb of the container: how its components are spoken with from now on. Borrowed; NULL: not at all, and those with
 * Type=reeve fail to start. */
void container_set_sessions(Container *container, const SessionSeam *seam);
