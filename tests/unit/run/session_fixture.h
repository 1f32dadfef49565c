/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the other ends of private connections, played by a test: what is asked of them is written down, what they say
 * is said here.
 * Does not own: any expectation. */
#pragma once

#include "fixture.h"
#include "run/session_hear.h"

struct Peer {
        const char *name;  /* of its component */
        Session *session;  /* NULL: closed */
        unsigned called;   /* 1 << Hook */
        bool is_asked;
        Hook hook;
        uint64_t timeout_usec;
};

typedef struct FakePeers {
        GHashTable *latest; /* name → Peer */
        GPtrArray *all;     /* of Peer, owned */
        GString *log;       /* "call NAME HOOK", "forget NAME", "close NAME", newline after each */
        int call_error;     /* of every call from now on */
} FakePeers;

extern FakePeers fake_peers;

/* One module of this text. */
void begin_unstarted(Fixture *fixture, const char *text);
/* The same, started; nobody has connected. */
void begin(Fixture *fixture, const char *text);
/* Every connection is closed by the one who opened it, once. */
void end(Fixture *fixture);

/* The latest of component NAME. */
Peer *peer_of(const char *name);
void say_connected(const char *name);
/* To what it is asked. */
void say(const char *name, SessionAnswer answer);
void lose(const char *name);
/* Connected, and all start hooks answered. */
void bring_up(const char *name);
