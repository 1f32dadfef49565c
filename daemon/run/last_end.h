/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how an incarnation, or an attempt to start one, ended: plain data.
 * Does not own: the sentence about it (notice), nor what follows (decide). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag_code.h"
#include "conf/definition_word.h"

/* Words as systemd's Result= where the meaning is systemd's. */
typedef enum Result {
        RESULT_SUCCESS,
        RESULT_EXEC_FAILED,
        RESULT_EXITED_EARLY,
        RESULT_START_TIMEOUT,
        RESULT_EXIT_CODE,
        RESULT_SIGNAL,
        RESULT_CORE_DUMP,
        RESULT_STOP_TIMEOUT,
        RESULT_WATCHDOG,
        RESULT_START_LIMIT,
        RESULT_DEPENDENCY_FAILED,
        RESULT_CONDITION,
        RESULT_PROBE,
        RESULT_HOOK_FAILED,
        RESULT_HOOK_TIMEOUT,
        RESULT_ENDPOINT_FAILED,
        RESULT_CONNECTION_LOST,
        RESULT_N_,
} Result;

extern const char *const result_names[RESULT_N_];
/* What a component that is down after such an end is reported as. */
extern const DiagCode result_codes[RESULT_N_];

/* The line of a hook that failed, and how it ended; all 0 when it was not executed. Of a hook that was called over the
 * connection: how the process ended meanwhile, or all 0. */
typedef struct HookEnd {
        bool is_set;
        Hook hook;
        uint32_t line;     /* in HookSpec */
        int code, status;  /* as in ExitReport */
} HookEnd;

/* How the last incarnation or attempt ended. */
typedef struct LastEnd {
        Result result;
        int code, status;  /* as in ExitReport, of the main process */
        int error;         /* errno of an exec-failed, or of a hook that was not executed; positive */
        const char *step;  /* static: what of the spawn failed, or NULL */
        uint32_t endpoint; /* of an endpoint-failed: which of those declared, from 1; else 0 */
        HookEnd hook;
} LastEnd;

/* Nothing was executed; STEP and ERROR say why. */
bool last_end_is_before_spawn(const LastEnd *end);
