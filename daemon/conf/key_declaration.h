/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what [Key NAME] says, held against who provides the key (§18).
 * Does not own: who asks for one of its routes (plan). */
#pragma once

#include "registry_data.h"

/* Lays the declarations of REGISTRY on its keys. */
void key_declaration_apply(Registry *registry, DiagList *diags);
