/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the instances of one plan, the queue of what happened to them, and the way to tell observers.
 * Does not own: deciding (decide), doing (instance, factory), counting (neighbours), turning the wheel (settle). */
#pragma once

#include "event.h"
#include "instance.h"
#include "os/directory.h"
#include "os/notify.h"
#include "os/process.h"
#include "plan/plan.h"
#include "session_seam.h"

/* What a node waits for, in both directions; plain counters, kept up by neighbours.c. */
typedef struct NodeCount {
        uint32_t pending; /* preconditions of a start that do not hold (§50) */
        uint32_t down;    /* mandatory providers that are down */
        uint32_t bound;   /* live dependents with a static reference to it */
        uint32_t ordered; /* live dependents that are being stopped and go before it (§95) */
        unsigned standing; /* of a component: what its dependents were told last */
} NodeCount;

/* One thing that happened, waiting for its turn. */
typedef struct Occurrence {
        uint32_t node;
        StateEvent event;
        uint32_t stamp;     /* n_transitions when it was true, or ANY_TIME for a wish that is judged at its turn */
        const char *reason; /* static */
} Occurrence;

#define ANY_TIME UINT32_MAX

typedef void (*EngineWheel)(Engine *engine);
typedef void (*EngineLine)(const char *component, const char *line, size_t n_line, uint32_t n_lost, void *userdata);

/* How the world is reached; all borrowed. */
typedef struct EngineHost {
        Loop *loop;
        ProcessHost *processes;
        RuntimeDirectory *directory;
        const Settings *settings;
        Observers *observers;
        bool is_foreground;
        NotifyHandler on_notification; /* with the Live of whose socket it came by */
        EngineLine on_line;
        void *userdata;
        const SessionSeam *sessions; /* how components are spoken with; NULL: not at all */
} EngineHost;

struct Engine {
        EngineHost host;
        Plan *plan;
        Instance *instances;  /* plan->n_components */
        NodeCount *counts;    /* plan->graph.n_nodes */
        uint8_t *held;        /* by edge: the dependent lives and has been given, or been ordered after, the provider */
        GQueue queue;         /* of Occurrence */
        GArray *dirty;        /* of node: to be looked at once the queue is empty */
        GTree *runnable;      /* rank → node */
        uint32_t n_starting;  /* taken slots */
        uint32_t max_starting;
        uint32_t n_unsettled; /* components that the start of the container is about (§89) */
        uint32_t n_holding;   /* components with something alive: none left ends a shutdown */
        uint64_t n_spawned, n_readied; /* §58 */
        bool is_closing;      /* no new start */
        bool is_start_judged; /* the container starts: a strict component that fails is not tried again (§90) */
        uint64_t stop_deadline; /* §99: monotonic; UINT64_MAX: no shared budget */
        uint64_t patience;    /* monotonic: how far a start was extended (§66), the farthest of all */
        uint8_t *taken_ports; /* by port: kept for a component (sockets); NULL: none yet */
        EngineWheel turn;     /* set by settle: called after something was posted from a handler of os */
};

void engine_init(Engine *engine, const EngineHost *host, Plan *plan);
/* What the instances own is settle's to free, before. */
void engine_done(Engine *engine);

/* True only as long as INSTANCE stays in its present state: dropped when it has left it by the time of its turn. */
void engine_post(Engine *engine, Instance *instance, StateEvent event, const char *reason);
/* A wish: start, stop, reset, block, unblock. Becomes an event, or nothing, at its turn. */
void engine_wish(Engine *engine, Instance *instance, StateEvent event, const char *reason);
/* To be looked at once the queue is empty. */
void engine_mark(Engine *engine, uint32_t node);

const Definition *engine_definition(const Engine *engine, const Instance *instance);
/* Starting, ready or stopping, or a process of it is left. */
bool engine_is_active(const Instance *instance);

/* Returns the event's moment. */
uint64_t engine_tell(Engine *engine, const Instance *instance, RunEventKind kind, State from, const char *reason,
                     const char *text);
