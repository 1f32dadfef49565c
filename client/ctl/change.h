/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: waiting for Changes (dbus/org.reeve.Reeve1.Change.xml) to end, and what is said when one failed.
 * Does not own: asking for them (control.c). */
#pragma once

#include "ctl.h"
#include "progress.h"
#include "reply.h"

typedef struct Watch Watch;

/* Subscribes; do this before the first Change is asked for, or its end may be missed. NULL after the message. */
Watch *watch_new(Ctl *ctl, const char *verb);
void watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)

/* The Change at object PATH, asked for because of component NAME. */
void watch_add(Watch *watch, const char *name, const char *path);
/* For --json: one object for each that was asked for, in the order of their ends. Borrowed. */
JsonArray *watch_results(Watch *watch);
/* COMPONENT's Change was refused with the D-Bus error NAME. */
void watch_add_refused(Watch *watch, const char *component, const char *name, const char *message);
/* What was asked for is not waited for: it is shown as it begins. */
void watch_add_begun(Watch *watch);
/* Until all that were added have ended; they are forgotten then. *RET_FAILED counts those that failed, each after its
 * message. 0, or a negative errno after the message when the daemon is lost. */
int watch_wait(Watch *watch, size_t *ret_failed) MUST_CHECK;
