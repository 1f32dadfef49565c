/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the canonical merged form and its SHA-256 (§6, §7): what is meant, not how or where it is written.
 * Does not own: the order of things in the registry. */
#pragma once

#include "registry_data.h"

/* Over everything frozen in REGISTRY; whether a condition is met today is no part of it. */
void config_hash_compute(Registry *registry);
