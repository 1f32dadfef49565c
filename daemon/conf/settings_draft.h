/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: [Container] while it is read; the schema's rows point into it.
 * Does not own: the settings themselves (settings.h). */
#pragma once

#include "draft.h"
#include "settings.h"

typedef struct SettingsDraft {
        const char *name;
        ContainerEnvironment environment;
        StartupPolicy policy;
        uint32_t max_parallel_starts;
        uint64_t stop_budget;
        bool auto_scan, hold_on_failure;
        int log_level;
        BusChoice bus;
        Chain modules, exclude_modules; /* of char * */
        Origin modules_origin;
} SettingsDraft;
