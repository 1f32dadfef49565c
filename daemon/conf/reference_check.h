/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what the texts of a module name and only the merged whole can tell: templates in commands, variables and
 * probes, and kinds of scope. Does not own: references between components (plan). */
#pragma once

#include "module_draft.h"
#include "registry_data.h"

/* ${…} in what DRAFT says; MODULE is what it became. */
void reference_check_module(const Registry *registry, const ModuleDraft *draft, const Module *module, DiagList *diags);
/* Parents of kinds: known, and no ring. */
void reference_check_kinds(const Registry *registry, DiagList *diags);
