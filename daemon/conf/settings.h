/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: reeved.conf [Container] as values with their defaults filled in.
 * Does not own: the command line; main lays it over these. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "definition.h"

typedef enum ContainerEnvironment {
        ENVIRONMENT_LOCAL,
        ENVIRONMENT_DEV,
        ENVIRONMENT_STAGE,
        ENVIRONMENT_PROD,
        ENVIRONMENT_N_
} ContainerEnvironment;
typedef enum BusChoice { BUS_AUTO, BUS_SYSTEM, BUS_USER, BUS_NONE, BUS_N_ } BusChoice;

extern const char *const container_environment_names[ENVIRONMENT_N_];
extern const char *const bus_choice_names[BUS_N_];

typedef struct Settings {
        char *name; /* default: reeve */
        ContainerEnvironment environment;
        StartupPolicy policy;
        uint32_t max_parallel_starts; /* 0: 32, or 8 × CPUs where those are more */
        uint64_t stop_budget;         /* µs */
        bool auto_scan;
        char **modules;         /* Modules=: files or directories for AutoScan=no, or NULL */
        char **exclude_modules; /* globs over module names, or NULL */
        bool hold_on_failure;
        int log_level; /* LOG_… */
        BusChoice bus;
        GPtrArray *files; /* of interned const char *: what was read, for status */
} Settings;

void settings_init(Settings *settings);
void settings_done(Settings *settings);

/* Reads reeved.conf and reeved.conf.d/ of each directory, rising priority (NULL-terminated). A directory or file that
 * is not there is not an error. 0, or -EBADMSG with the findings in DIAGS. */
int settings_load(Settings *settings, const char *const *directories, DiagList *diags);
