/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one connection of the daemon: a client on the private socket, or the public bus; who is at the other end, what
 * it was told so far, and the calls whose answer is still due. Does not own: the objects on it (api) nor when
 * connections are made (listener, public_bus). */
#pragma once

#include <sys/types.h>

#include "news.h"
#include "observe/history.h"
#include "observe/metrics.h"
#include "pump.h"
#include "run/container.h"

/* A client that lets more than this many answers pile up is cut off (P30). */
#define LINK_QUEUED_MAX 256
/* The broker has limits of its own for each of its clients; this is for when it does not read at all. */
#define LINK_QUEUED_MAX_PUBLIC 8192
/* Big answers (GetManagedObjects and the like) that may be asked for before one is read. */
#define LINK_HEAVY_MAX 8
#define LINK_AUTHENTICATION_USEC (5 * G_USEC_PER_SEC)
/* Calls that wait for an authorisation or for the end of a shutdown. */
#define LINK_HELD_MAX 64

typedef enum LinkKind { LINK_PEER, LINK_PUBLIC, LINK_OFFLINE, LINK_N_ } LinkKind;

/* What the objects show; borrowed. container NULL: offline. */
typedef struct BusContext {
        Container *container;
        const History *history;
        const Metrics *metrics;
        const char *address; /* of the private socket, as D-Bus has it */
} BusContext;

typedef struct Link Link;

/* The object a fallback vtable has just been asked for. sd-bus asks anew before each use, so one of a kind will do. */
typedef struct ApiSpot {
        Link *link;
        uint32_t index; /* node or module */
        Change *change;
} ApiSpot;

typedef struct LinkHandlers {
        void (*on_ready)(Link *link, void *userdata);
        void (*on_turn)(Link *link, void *userdata);
        void (*on_end)(Link *link, void *userdata); /* to be freed here */
} LinkHandlers;

struct Link {
        LinkKind kind;
        const BusContext *context; /* borrowed */
        const LinkHandlers *handlers;
        void *userdata;
        Pump pump;
        sd_event_source *deadline; /* of authentication */
        uid_t uid;                 /* SO_PEERCRED; peers only */
        pid_t pid;
        uint64_t id; /* peers are called ":1.<id>" */
        bool has_spoken;
        uint32_t n_heavy; /* big answers since the queue was last empty */
        News news;
        GPtrArray *waiting; /* of sd_bus_message: Shutdown calls that are answered at the end */
        GQueue held;        /* of what access holds */
        GQueue resolving;   /* of what resolving.c holds */
        ApiSpot component, module, change;
};

/* CONNECTION is configured and started; taken over in any case, as is everything on it. */
int link_new(LinkKind kind, const BusContext *context, sd_event *event, sd_bus *connection,
             const LinkHandlers *handlers, void *userdata, Link **ret) MUST_CHECK;
void link_free(Link *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Link, link_free)

/* The client at the other end of FD, taken over in any case. */
int link_new_peer(const BusContext *context, sd_event *event, int fd, const sd_id128_t *server, uint64_t id,
                  const LinkHandlers *handlers, void *userdata, Link **ret) MUST_CHECK;
