/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the modes that print and exit: no process, no socket, nothing written (§36).
 * Does not own: reading and planning, which are the same calls as in a start. */
#pragma once

#include "conf/registry.h"
#include "options.h"

typedef enum ExitStatus {
        EXIT_STATUS_OK = 0,
        EXIT_STATUS_OTHER = 1,
        EXIT_STATUS_USAGE = 2,
        EXIT_STATUS_CONFIGURATION = 3,
        /* 4 and 6 are kept for gates and resources (§154), which are not available yet. */
        EXIT_STATUS_START_FAILED = 5,
} ExitStatus;

/* --check and --plan. SETTINGS and DIAGS as far as they could be read; the findings are printed here. */
ExitStatus offline_check(const Options *options, const LoadRequest *request, DiagList *diags);
/* --states, --schema, --introspect, --version, --help */
ExitStatus offline_print(const Options *options);
/* On standard error, coloured on a terminal. */
void offline_print_diags(const DiagList *diags);
