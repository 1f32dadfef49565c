/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the insides of Session, for session and session_hear alone. */
#pragma once

#include "live.h"
#include "session.h"

struct Session {
        struct Live *live;     /* borrowed */
        const SessionOps *ops; /* borrowed */
        Peer *peer;            /* borrowed; NULL: lost */
        Timer *grace;          /* lost, and not told yet: */
        char *loss;
        bool is_connected;
};
