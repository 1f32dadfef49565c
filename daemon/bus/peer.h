/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the private connections of components (Type=reeve), one for each incarnation: the D-Bus behind the seam of
 * run/session_seam.h. Who is at the other end is known from the connection itself: it was inherited. All that is asked
 * on it comes from that component, whatever uid the kernel tells, which is the daemon's own for all of them.
 * Does not own: what a component is told and what it says (run/session), the objects it sees (api_session). */
#pragma once

#include "link.h"
#include "run/session_hear.h"

/* A component that lets more than this many answers pile up is treated as lost (P30). */
#define PEER_QUEUED_MAX 256

typedef struct PeerSet PeerSet;

struct Peer {
        PeerSet *set;              /* borrowed */
        const BusContext *context; /* borrowed */
        Session *session;          /* borrowed; NULL: nobody is interested in what it says any more */
        uint32_t node;             /* of the component */
        int fd;                    /* until there is something to read */
        sd_event_source *first;
        Pump pump;
        sd_bus_slot *call;         /* NULL: no answer is waited for */
        GQueue resolving;          /* of what resolving.c holds */
        const char *fault;         /* static: why it is cut off, or NULL */
};

/* CONTEXT and EVENT are borrowed; the container's components are spoken with through it from now on. */
int peer_set_new(const BusContext *context, sd_event *event, PeerSet **ret) MUST_CHECK;
/* Ends all connections without a word. */
void peer_set_free(PeerSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeerSet, peer_set_free)

/* USEC, or a little less, without the end of a line among its bytes: a client of libsystemd 252 that reads one behind
 * the answer to its greeting, in the message that follows, takes it for one of the greeting's and aborts. */
uint64_t peer_tellable(uint64_t usec);

/* api_session.c: the object that a component sees. */
int api_session_register(Peer *peer, sd_bus *connection) MUST_CHECK;
