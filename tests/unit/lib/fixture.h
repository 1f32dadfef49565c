/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a component with a fake daemon, whose hooks write down that they were called and return what a test set.
 * Does not own: what a test looks for. */
#pragma once

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above before it. */
#include <cmocka.h>

#include "fake/daemon.h"
#include "reeve.h"

typedef struct Fixture {
        FakeDaemon *daemon; /* NULL: outside reeve */
        reeve_component *component;
        GString *log;                 /* what was called: a word each, then a space */
        GHashTable *plans;            /* word → what the hook returns, as int */
        reeve_reply *reply;           /* of the last hook that returned REEVE_LATER */
        const char *frees_in;         /* the hook of this word frees the component */
        reeve_resolution *resolution; /* what on_resolved() was called with last */
        unsigned n_resolved;
} Fixture;

/* Every hook is there. */
extern const reeve_ops all_hooks;

/* IS_INSIDE: with a daemon. OPS NULL: no hooks. */
void fixture_init(Fixture *fixture, const reeve_ops *ops, gboolean is_inside);
/* The same without the component: it is made by fixture_join(), when the test has prepared the daemon. */
void fixture_prepare(Fixture *fixture);
void fixture_join(Fixture *fixture, const reeve_ops *ops);
void fixture_done(Fixture *fixture);

/* Both ends, until neither has anything to do. */
void fixture_settle(Fixture *fixture);
/* The hook of WORD ("startup") returns R. */
void fixture_plan(Fixture *fixture, const char *word, int r);
/* Calls the hook and settles; what the daemon was answered. */
const char *fixture_call(Fixture *fixture, const char *member);
/* A reeve_resolved_fn; its userdata is the Fixture. */
void on_resolved(reeve_component *component, const reeve_resolution *resolution, void *userdata);
/* A datagram socket, which is $NOTIFY_SOCKET from now on. */
int notify_open(void);
/* The next datagram, or "". To be freed. */
char *notify_read(int fd);
