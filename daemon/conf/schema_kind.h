/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the kinds of value that a key may take, and what they are called in documentation.
 * Does not own: how one is parsed (kind.h). */
#pragma once

#include <stdbool.h>

typedef enum SchemaKind {
        KIND_LATER, /* not available yet */
        KIND_TEXT,
        KIND_VALUE, /* a text that may be empty */
        KIND_WORD,
        KIND_BOOL,
        KIND_INT,
        KIND_COUNT,
        KIND_OCTAL,
        KIND_DURATION,
        KIND_SIZE,
        KIND_COUNT_OR_INFINITY,
        KIND_QUOTA,
        KIND_SIGNAL,
        KIND_LIMIT,
        KIND_PATH,
        KIND_ACCOUNT,
        KIND_OUTPUT,
        KIND_NAME,
        KIND_KEY,
        KIND_SCOPE,
        KIND_PROBE,
        KIND_COMMAND,
        KIND_HOOK,     /* commands that run one after the other */
        KIND_COMMANDS, /* a bare list: each assignment is a component */
        KIND_CONDITION,
        KIND_ENVIRONMENT,
        KIND_VARIABLES,
        KIND_LABELS,
        KIND_STATUSES,
        KIND_REFS,
        KIND_PROVIDES,
        KIND_CONTRIBUTIONS,
        KIND_ROUTE,
        KIND_ROUTES,
        KIND_CARDINALITY,
        KIND_TARGET,
        KIND_NAMES,
        KIND_GLOBS,
        KIND_PATHS,
        KIND_LISTEN,
        KIND_PORTS,
        KIND_PUBLISH,
        KIND_ENVIRONMENT_FILE,
        KIND_CREDENTIAL,
        KIND_LOG_LEVEL,
        KIND_N_,
} SchemaKind;

typedef struct SchemaKindInfo {
        const char *doc; /* "duration", "list of keys" */
        bool is_list;
} SchemaKindInfo;

extern const SchemaKindInfo schema_kinds[KIND_N_];
