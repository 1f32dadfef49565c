/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what an instance is given at its spawn: argv and environment with every ${…} filled in, its account, its
 * run-time directory, its
 * secrets. Does not own: descriptors (launch), nor the texts behind templates (expand). */
#pragma once

#include "engine.h"
#include "os/account.h"

typedef struct Injection {
        GPtrArray *argv;        /* of char *, NULL-terminated */
        GPtrArray *environment; /* likewise */
        char *directory;        /* REEVE_RUNTIME_DIR */
        char *notify_path;      /* NOTIFY_SOCKET */
        char *credentials;      /* CREDENTIALS_DIRECTORY, or NULL */
        Account account;
        uint32_t n_left_out;    /* of REEVE_REF_…, for want of room */
        const char *step;       /* static: what failed, when inject_build() did */
} Injection;

/* A line of a hook in place of the main process. */
typedef struct Errand {
        Hook hook;
        const HookLine *line;
        pid_t main_pid; /* 0: none */
} Errand;

/* ERRAND NULL: the main process. 0 or a negative errno with STEP set; done() is due either way. Makes the run-time
 * directory, and, for the main process, writes the credentials. */
int inject_build(const Engine *engine, Instance *instance, const Errand *errand, Injection *ret) MUST_CHECK;
void injection_done(Injection *injection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Injection, injection_done)
