/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component says over its private connection, or the loss of that, and what follows from it (§64, §66).
 * Does not own: the connection (session), which hook is due (stage) and how it went (hook). */
#pragma once

#include "session.h"

/* What the other side of the seam tells. Any of them may lead to close(). */
void session_connected(Session *session);
void session_answer(Session *session, SessionAnswer answer, const char *text);
/* Session.Ready, .Status, .ExtendTimeout of the D-Bus interface (§64, §66). */
void session_ready(Session *session);
void session_status(Session *session, const char *text);
void session_extend(Session *session, uint64_t usec);
/* As endpoint_publish(). */
int session_publish(Session *session, const char *name, const char *value) MUST_CHECK;
/* The connection is of no use any more; TEXT, a sentence without its subject, says what happened: "closed its
 * connection". The other side forgets SESSION, without close(). */
void session_lost(Session *session, const char *text);
