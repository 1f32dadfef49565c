/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a module as read: its own keys and which file says so. Immutable once its Registry is frozen.
 * Does not own: the module's components, values and aliases: the Registry holds those of all modules. */
#pragma once

#include <stdbool.h>

#include "definition.h"

typedef struct ModuleRef {
        const char *name;
        Origin origin;
} ModuleRef;

struct Module {
        const char *name;
        Origin origin;
        const char *description;   /* or NULL */
        const char *documentation; /* or NULL */
        const ModuleRef *requires; /* §48, a full barrier (§50) */
        const ModuleRef *resources; /* §47 */
        const char *const *drop_ins; /* files that were laid over the module's, in their order */
        uint32_t n_requires, n_resources, n_drop_ins;
        bool is_private; /* Visibility=private (§29) */
        bool is_loaded;  /* false: outside --only (§34); a ref to it is judged as if it were absent */
};
