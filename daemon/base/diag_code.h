/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the closed set of diagnostic codes (§153) and their words.
 * Does not own: what a code means to a process's exit status (main) or to D-Bus (bus/error). */
#pragma once

/* X(ENUM, word): the word is what users, JSON and golden tests see; it never changes once shipped. */
#define DIAG_CODES(X) \
        X(SYNTAX_ERROR, "syntax-error") \
        X(UNKNOWN_KEY, "unknown-key") \
        X(INVALID_VALUE, "invalid-value") \
        X(DUPLICATE_KEY, "duplicate-key") \
        X(DUPLICATE_NAME, "duplicate-name") \
        X(CONFLICT_PLAIN, "conflict-plain") \
        X(CONFLICT_ROUTE, "conflict-route") \
        X(CONFLICT_SHAPE, "conflict-shape") \
        X(NOT_AVAILABLE, "not-available") \
        X(FILE_ERROR, "file-error") \
        X(MISSING_DEPENDENCY, "missing-dependency") \
        X(MODULE_MISSING, "module-missing") \
        X(NOT_VISIBLE, "not-visible") \
        X(AMBIGUOUS, "ambiguous") \
        X(CYCLE, "cycle") \
        X(MODULE_CYCLE, "module-cycle") \
        X(CAPTIVE_DEPENDENCY, "captive-dependency") \
        X(SCOPE_KIND_MISMATCH, "scope-kind-mismatch") \
        X(SCOPE_REQUIRED, "scope-required") \
        X(ROUTE_REQUIRED, "route-required") \
        X(NOT_ROUTED, "not-routed") \
        X(NOT_FOUND, "not-found") \
        X(CONDITION_NOT_MET, "condition-not-met") \
        X(REGISTRY_FROZEN, "registry-frozen") \
        X(RUNTIME_CYCLE, "runtime-cycle") \
        X(STOPPED, "stopped") \
        X(CLOSED, "closed") \
        X(DRAINING, "draining") \
        X(BUSY, "busy") \
        X(IN_USE, "in-use") \
        X(EXEC_FAILED, "exec-failed") \
        X(EXITED_EARLY, "exited-early") \
        X(START_TIMEOUT, "start-timeout") \
        X(START_LIMIT, "start-limit") \
        X(STOP_TIMEOUT, "stop-timeout") \
        X(HOOK_FAILED, "hook-failed") \
        X(HOOK_TIMEOUT, "hook-timeout") \
        X(WATCHDOG, "watchdog") \
        X(CONNECTION_LOST, "connection-lost") \
        X(DEPENDENCY_FAILED, "dependency-failed") \
        X(RESOURCE_FAILED, "resource-failed") \
        X(PERMISSION_DENIED, "permission-denied") \
        X(LIMIT, "limit") \
        X(ABSENT, "absent") \
        X(CYCLE_BROKEN, "cycle-broken") \
        X(UNUSED, "unused") \
        X(POLICY_INEFFECTIVE, "policy-ineffective") \
        X(BUDGET_SHORT, "budget-short") \
        X(UNDECLARED_MODULE, "undeclared-module") \
        X(MASKED, "masked") \
        X(STATE, "state")

typedef enum DiagCode {
#define X(name, word) DIAG_##name,
        DIAG_CODES(X)
#undef X
        DIAG_N_,
} DiagCode;

extern const char *const diag_code_names[DIAG_N_];
