/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: JSON text as values, for tables of cases; asserts on what is not JSON. The programs never read any. */
#pragma once

#include "json.h"

JsonNode *json_from_string(const char *text);
