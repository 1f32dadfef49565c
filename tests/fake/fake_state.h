/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the files of the twin share: the queue of what is to come, and the one state.
 * Does not own: anything a test may see (fake_os.h). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "fake/fake_os.h"

/* Something to come: at AT, of those due at once the lowest PRIORITY first, then the oldest. */
typedef struct FakeEvent FakeEvent;
typedef void (*FakeEventHandler)(FakeEvent *event, void *userdata);

struct FakeEvent {
        uint64_t at, sequence;
        int priority;
        FakeEventHandler handler;
        void *userdata;
        GSequenceIter *place; /* NULL: not queued */
};

void fake_event_queue(FakeEvent *event, uint64_t at);
void fake_event_cancel(FakeEvent *event);

typedef struct FakeOs {
        GHashTable *processes;  /* name → Process, the latest, borrowed until freed */
        GHashTable *records;    /* name → Record, owned */
        GHashTable *behaviours; /* name or "" → FakeBehaviour, owned */
        GHashTable *probes;     /* address → errno */
        GHashTable *arrivals;   /* descriptor → Arrival, borrowed */
        GHashTable *callers;    /* descriptors on which somebody waits to be served */
        GHashTable *sockets;    /* component → NotifySocket, borrowed */
        GHashTable *outputs;    /* number of its descriptor → Output, borrowed */
        GHashTable *written;    /* name → text */
        GPtrArray *log;
        GString *log_text;
        uint32_t n_running;
        uint32_t n_ports; /* handed out */
        int next_descriptor;
        pid_t next_pid;
} FakeOs;

extern FakeOs fake_os;

/* What is known of a component beyond its processes. */
typedef struct Record {
        uint32_t n_spawned;
        SpawnSpec spec; /* strings owned */
        int error;      /* of every spawn */
        const char *step;
} Record;

Record *fake_record(const char *name);
/* Of the process, newly allocated: NAME, or NAME:PART. */
char *fake_name(const SpawnSpec *spec);
/* Copies SPEC and counts. */
void fake_record_spawn(const SpawnSpec *spec);
/* -errno when this call is to fail, else 0. */
int fake_failure(const char *call);
/* The same for a spawn. */
int fake_spawn_failure(const char *name, SpawnError *ret_error);
const FakeBehaviour *fake_behaviour(const char *name);
Process *fake_process(const char *name);
void fake_log(const char *format, ...) G_GNUC_PRINTF(1, 2);
void fake_clock_reset(void);
/* loop.c */
uint64_t fake_now(void);
