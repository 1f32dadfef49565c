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
        [RESULT_ENDPOINT_FAILED] = "endpoint-failed",
        [RESULT_CONNECTION_LOST] = "connection-lost",
};

const DiagCode result_codes[RESULT_N_] = {
        [RESULT_SUCCESS] = DIAG_EXITED_EARLY, /* it went although it was to stay */
        [RESULT_EXEC_FAILED] = DIAG_EXEC_FAILED,
        [RESULT_EXITED_EARLY] = DIAG_EXITED_EARLY,
        [RESULT_START_TIMEOUT] = DIAG_START_TIMEOUT,
        [RESULT_EXIT_CODE] = DIAG_EXITED_EARLY,
        [RESULT_SIGNAL] = DIAG_EXITED_EARLY,
        [RESULT_CORE_DUMP] = DIAG_EXITED_EARLY,
        [RESULT_STOP_TIMEOUT] = DIAG_STOP_TIMEOUT,
        [RESULT_WATCHDOG] = DIAG_WATCHDOG,
        [RESULT_START_LIMIT] = DIAG_START_LIMIT,
        [RESULT_DEPENDENCY_FAILED] = DIAG_DEPENDENCY_FAILED,
        [RESULT_CONDITION] = DIAG_CONDITION_NOT_MET,
        [RESULT_PROBE] = DIAG_EXITED_EARLY,
        [RESULT_HOOK_FAILED] = DIAG_HOOK_FAILED,
        [RESULT_HOOK_TIMEOUT] = DIAG_HOOK_TIMEOUT,
        [RESULT_ENDPOINT_FAILED] = DIAG_EXEC_FAILED,
        [RESULT_CONNECTION_LOST] = DIAG_CONNECTION_LOST,
};

bool last_end_is_before_spawn(const LastEnd *end)
{
        return end->step && !end->hook.is_set;
}
