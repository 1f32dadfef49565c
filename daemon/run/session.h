/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the private connection of one incarnation (Type=reeve) as the core has it: whether it stands, and asking for
 * hooks over it.
 * Does not own: bytes and messages (bus/peer), what the component says and what follows from that (session_hear). */
#pragma once

#include <stdbool.h>

#include "session_seam.h"

struct Live;

/* *RET_FD is what the component is to inherit: the caller's to close once it is spawned. */
int session_new(struct Live *live, Session **ret, int *ret_fd) MUST_CHECK;
void session_free(Session *session);

/* It is there to be asked; SESSION may be NULL. */
bool session_is_open(const Session *session);
/* And has answered the greeting, so that hooks can be asked for. */
bool session_is_connected(const Session *session);
int session_call(Session *session, Hook hook, uint64_t timeout_usec) MUST_CHECK;
void session_forget_call(Session *session);
void session_drain(Session *session);

/* How a hook that was asked for went. NONE: the component has no such hook. */
typedef enum SessionAnswer { ANSWER_DONE, ANSWER_NONE, ANSWER_ERROR } SessionAnswer;

/* Who is at the other end. */
uint32_t session_node(const Session *session);
const char *session_component(const Session *session);
const char *session_container(const Session *session);
uint32_t session_incarnation(const Session *session);
uint64_t session_generation(const Session *session);
