/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "schema_rows.h"
#include "settings_draft.h"

#define SETTING(name_, kind_, field_, fallback_, doc_, ...)                                                            \
        ROW(name_, kind_, SELF, SettingsDraft, field_, fallback_, doc_, __VA_ARGS__)

const SchemaKey schema_container_keys[] = {
        SETTING("Name", NAME, name, "reeve", "What this container is called."),
        SETTING("Environment", WORD, environment, "prod", "What it is for: local, dev, stage, prod; components see it.",
                WORDS(container_environment_names, 0)),
        SETTING("StartupErrorPolicy", WORD, policy, "strict",
                "strict, warn or ignore, for modules and components that say nothing.", WORDS(startup_policy_names, 0)),
        SETTING("MaxParallelStarts", COUNT, max_parallel_starts, NULL,
                "How many may be starting at once; 32, or 8 for each CPU where those are more, when not given.",
                RANGE(1, 100000)),
        SETTING("StopBudgetSec", DURATION, stop_budget, "80s", "How long the whole shutdown may take.",
                RANGE(1000, INT64_C(86400000000))),
        SETTING("AutoScan", BOOL, auto_scan, "yes",
                "Whether module directories are scanned; no: Modules= says what there is."),
        SETTING("Modules", PATHS, modules, NULL, "Module files and directories for AutoScan=no.",
                MARK(SettingsDraft, modules_origin)),
        SETTING("ExcludeModules", GLOBS, exclude_modules, NULL,
                "Patterns over the names of modules that are left out."),
        LATER("AutoShutdown", "Whether the end of significant components ends the container."),
        SETTING("HoldOnFailure", BOOL, hold_on_failure, "no",
                "Whether the daemon stays up after a failed start, to be looked at."),
        SETTING("LogLevel", LOG_LEVEL, log_level, "info", "err, warning, notice, info or debug."),
        SETTING("Bus", WORD, bus, "auto", "The public bus: auto, system, user, none.", WORDS(bus_choice_names, 0)),
        {0},
};
