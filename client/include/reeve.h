/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libreeve: what a component says to the Reeve daemon that started it, and is told by it. A program that uses it
 * also runs outside reeve: the same hooks in the same order, and nobody to resolve from.
 *
 *         static int on_startup(reeve_component *component, reeve_reply *reply, void *userdata)
 *         {
 *                 return serve(reeve_listen_fd("http")); // 0, a negative errno, or REEVE_LATER
 *         }
 *
 *         const reeve_ops ops = {.size = sizeof(ops), .on_startup = on_startup};
 *         reeve_component *component;
 *         int r = reeve_component_new(&ops, NULL, &component);
 *
 *         if (r >= 0)
 *                 r = reeve_run(component); // or your own loop: reeve/loop.h
 *
 * The manual has all of it, beginning with libreeve(3).
 *
 * What holds everywhere:
 * - Errors are negative errnos, 0 is success. Nothing aborts, logs or installs a signal handler. -ENOMEM is
 *   returned.
 * - Nothing blocks but what says so: reeve_wait(), reeve_run(), and the calls that end in _wait.
 * - One component belongs to one thread: two calls on it never run at once. reeve_stop() alone may be called from
 *   anywhere, a signal handler too. The functions of reeve/given.h only read the environment.
 * - After fork(2) a child may free its copy of the component and nothing else; the parent's goes on.
 * - Your callbacks run inside reeve_process() (and so reeve_run()) and nowhere else, one after the other. They may
 *   call everything, reeve_component_free() too, but reeve_process(), reeve_wait() and reeve_run().
 * - Durations and times are uint64_t in microseconds; times are those of CLOCK_MONOTONIC. UINT64_MAX is never.
 * - Texts are UTF-8, end in NUL, and are copied. What is returned as const is borrowed: it says for how long. */
#ifndef REEVE_H
#define REEVE_H

#include <reeve/component.h>
#include <reeve/given.h>
#include <reeve/loop.h>
#include <reeve/ops.h>
#include <reeve/resolve.h>

#endif
