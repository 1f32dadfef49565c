/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: askers of the container under test, and what each was answered.
 * Does not own: the container (fixture). */
#pragma once

#include <errno.h>

#include "fixture.h"
#include "run/resolve.h"

typedef struct Asker {
        Fixture *fixture;
        Waiter *waiter;        /* while it waits */
        uint32_t n_answers;    /* at once or later */
        int error;             /* of the last answer, or 0 */
        Resolution resolution; /* likewise */
        DiagCode code;
        char *text, *hint, *path; /* of the finding; of the path "a>b>a" */
} Asker;

/* As REQUEST says, with the handler set. Returns what container_resolve() did. */
int ask_for(Asker *asker, Fixture *fixture, ResolveRequest request);
/* From outside. */
int ask(Asker *asker, Fixture *fixture, const char *key);
/* NAME asks. */
int ask_as(Asker *asker, Fixture *fixture, const char *name, const char *key);
void asker_done(Asker *asker);
/* It was answered once, with what KEY is: NAME, ready. */
void assert_given(const Asker *asker, const char *name);
/* It was answered once, with an error. */
void assert_refused(const Asker *asker, int error, DiagCode code);
void assert_waits(const Asker *asker);
