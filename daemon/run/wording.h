/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the sentences in which the core tells why a component failed. Who it is and where it is declared stands beside
 * them, in the Diag or the event.
 * Does not own: where they go. All newly allocated, without control characters. */
#pragma once

#include "engine.h"

/* "exited with status 3", "was killed by signal SIGKILL (9)", "lost its connection (REEVE_BUS_FD) and then …", … */
char *wording_end(const LastEnd *end);
/* "cannot execute /x/y: No such file or directory" and the like, by step; "cannot listen on tcp:127.0.0.1:80
 * (Listen=http): Address already in use". */
char *wording_exec_failed(const Engine *engine, const Instance *instance);
/* "ExecStartup=/usr/bin/warm exited with status 3", "… did not end in time", "… cannot be executed: …". END is that of
 * INSTANCE, or will be. */
char *wording_hook(const Engine *engine, const Instance *instance, const LastEnd *end);
/* "ExecStartup=/usr/bin/warm"; or, of a call over the connection, "hook startup" */
char *wording_hook_line(const Engine *engine, const Instance *instance, Hook hook, uint32_t line);
/* Where that stands which END tells of: the line of a hook, an endpoint, else the component. */
Origin wording_origin(const Definition *definition, const LastEnd *end);
/* "failed more than 5 times in 1 min 0 s (…) and is not started again by itself" */
char *wording_start_limit(const Definition *definition);
/* What to do about it, static; NULL: nothing that is not in the sentence. */
const char *wording_advice(const Definition *definition, const LastEnd *end);
/* What INSTANCE has not done yet. */
char *wording_start_timeout(const Definition *definition, const Instance *instance, uint64_t waited_usec);
/* "12 ms", "1.3 s", "2 min 5 s" */
char *wording_span(uint64_t usec);
