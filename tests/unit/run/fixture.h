/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a container over the twin of os, made from module texts, and short questions to it.
 * Does not own: what a test expects. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "fake/fake_os.h"
#include "run/container.h"

#define MS 1000ull
#define SECOND (1000 * MS)

typedef struct Fixture {
        Settings settings;
        Loop *loop;
        ProcessHost *host;
        RuntimeDirectory *directory;
        Container *container;
        char *folder;
        GString *trail; /* "name from>to reason\n" of every transition */
        uint64_t last_sequence;
        bool has_lent_slots; /* and may have got them back while others were in them */
        uint32_t seed, step; /* of the random test: told on failure */
} Fixture;

void fixture_prepare(Fixture *fixture);
/* MODULES: pairs of file name and text, NULL at the end. Does not start it. */
void fixture_load(Fixture *fixture, const char *const *modules);
void fixture_init(Fixture *fixture, const char *const *modules);
void fixture_start(Fixture *fixture);
void fixture_done(Fixture *fixture);
const Instance *instance_of(const Fixture *fixture, const char *name);
const char *state_of(const Fixture *fixture, const char *name);
const char *sub_state_of(const Fixture *fixture, const char *name);
const char *result_of(const Fixture *fixture, const char *name);
const char *container_word(const Fixture *fixture);
/* One module of this text, started. */
void fixture_run(Fixture *fixture, const char *text);
/* TEXT occurs in the trail, and A before B where both are given. */
void assert_order(const char *log, const char *a, const char *b);
/* At rest: all that the engine keeps count of, counted anew from the states and the held edges; nobody is forgotten. */
void fixture_check(Fixture *fixture);
/* Fails with the trail, the states and the counters of NODE. */
void fixture_complain(Fixture *fixture, const char *what, uint32_t node, int line);
