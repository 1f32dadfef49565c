/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which container reevectl talks to, and the connection.
 * Does not own: what is said there (call.h).
 *
 * --address ADDRESS, else --user: $XDG_RUNTIME_DIR/reeve/bus, else $REEVE_ADDRESS, else /run/reeve/bus when it can be
 * opened, else the system bus. */
#pragma once

#include "ctl.h"

/* 0, or -ENOTCONN after the message. Blocks five seconds at most. Whether somebody answers is known with the
 * first call. */
int ctl_connect(Ctl *ctl) MUST_CHECK;
/* The same without the message. */
int ctl_connect_quietly(Ctl *ctl) MUST_CHECK;

/* What to do when there is no container to talk to; borrowed. */
const char *connect_advice(const Ctl *ctl);
/* Behind a message: where its log is, if that is known; or empty. */
const char *connect_log_advice(const Ctl *ctl);
