/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a container over the twin of os, made from one module's text, with metrics on it; and what was written into a
 * descriptor.
 * Does not own: the observer that a test is about. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "fake/fake_os.h"
#include "observe/metrics.h"
#include "run/container.h"

#define SECOND (1000ull * 1000)

typedef struct Fixture {
        Settings settings;
        Loop *loop;
        ProcessHost *host;
        RuntimeDirectory *directory;
        Container *container;
        Metrics *metrics;
        char *folder;
} Fixture;

/* Loads TEXT, the module m, and starts nothing. */
void fixture_init(Fixture *fixture, const char *text);
/* The same with up to three modules, m, n and o, NULL at the end, and so many slots. */
void fixture_init_modules(Fixture *fixture, const char *const *texts, uint32_t n_slots);
/* Metrics and container; observers are to be freed before. */
void fixture_done(Fixture *fixture);
void fixture_start(Fixture *fixture);
/* Of component NAME, or of none in particular (NULL). */
void fixture_warn(Fixture *fixture, const char *name, const char *reason, const char *text);

/* All that can be read from FD, which must not block. */
char *read_all(int fd);
unsigned count_of(const char *text, const char *part);
/* TEXT has no control character but the end of a line and the tab. */
void assert_harmless(const char *text);
void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);
