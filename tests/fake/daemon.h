/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a daemon as a component sees it: the other end of its connection, with a table of what it answers. It does
 * nothing by itself: a test turns it, or has a child process serve. Does not own: the component. */
#pragma once

#include <glib.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

typedef struct FakeDaemon FakeDaemon;

/* Sets $REEVE_BUS_FD to the component's end. */
FakeDaemon *fake_daemon_new(void);
void fake_daemon_free(FakeDaemon *daemon);

/* Reads and writes what there is; false: there was nothing. */
gboolean fake_daemon_turn(FakeDaemon *daemon);
/* Forks a process that serves until its connection ends, with the table as it is; before there is a component. */
void fake_daemon_serve_in_child(FakeDaemon *daemon);
/* What the component said, a line each: "Ready", "Status text", "Resolve key:route". */
const char *fake_daemon_heard(FakeDaemon *daemon);

/* Calls a hook; dynamic ones for "db" of "db-1" with {"url": "unix:/db"}. Returns a number to ask for the answer with.
 */
unsigned fake_daemon_call(FakeDaemon *daemon, const char *member);
/* "": none yet; "ok"; "NAME: text" */
const char *fake_daemon_answer(FakeDaemon *daemon, unsigned number);

typedef enum FakeDaemonAct {
        FAKE_DAEMON_ANSWERS,
        FAKE_DAEMON_HOLDS, /* until fake_daemon_let_go() */
        FAKE_DAEMON_CLOSES,
        FAKE_DAEMON_INVALIDATES_FIRST, /* everything, then answers */
        FAKE_DAEMON_INVALIDATES_THEN,  /* answers, then everything */
        FAKE_DAEMON_CALLS_FIRST,       /* PostConstruct, then answers */
        FAKE_DAEMON_BABBLES,           /* answers with something else */
} FakeDaemonAct;

/* KEY (key or key:route) is COMPONENT's with endpoint "url" of VALUE; or the error COMPONENT, if that has a dot. */
void fake_daemon_provide(FakeDaemon *daemon, const char *key, const char *component, const char *value);
void fake_daemon_act(FakeDaemon *daemon, const char *key, FakeDaemonAct act);
void fake_daemon_let_go(FakeDaemon *daemon);

/* KEY NULL: everything. */
void fake_daemon_invalidate(FakeDaemon *daemon, const char *key);
void fake_daemon_close(FakeDaemon *daemon);
/* Bytes past D-Bus; what fits. */
void fake_daemon_send_raw(FakeDaemon *daemon, const void *bytes, size_t size);
