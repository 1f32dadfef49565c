/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "last_end.h"

const char *const result_names[RESULT_N_] = {
        [RESULT_SUCCESS] = "success",
        [RESULT_EXEC_FAILED] = "exec-failed",
        [RESULT_EXITED_EARLY] = "exited-early",
        [RESULT_START_TIMEOUT] = "start-timeout",
        [RESULT_EXIT_CODE] = "exit-code",
        [RESULT_SIGNAL] = "signal",
        [RESULT_CORE_DUMP] = "core-dump",
        [RESULT_STOP_TIMEOUT] = "stop-timeout",
        [RESULT_WATCHDOG] = "watchdog",
        [RESULT_START_LIMIT] = "start-limit",
        [RESULT_DEPENDENCY_FAILED] = "dependency-failed",
        [RESULT_CONDITION] = "condition",
        [RESULT_PROBE] = "probe",
        [RESULT_HOOK_FAILED] = "hook-failed",
        [RESULT_HOOK_TIMEOUT] = "hook-timeout",
};
