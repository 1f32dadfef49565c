/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a diagnostic's text and JSON form, both from the same data (§152).
 * Does not own: where the output goes. */
#pragma once

#include <stdbool.h>

#include "diag.h"
#include "json.h"

/* "file:line: error: text [code]" and, indented below it, path, sources, candidates, hint. Ends with a newline. */
void diag_format(const Diag *diag, bool colour, GString *out);

/* All of a sorted list and the final count (§37), less than 1 MB in all: where there is no room notices are left out
 * first, then warnings, and a line says how many. */
void diag_list_format(const DiagList *list, bool colour, GString *out);

void diag_to_json(const Diag *diag, Json *json);

/* The same as fields of the object at hand: "findings", "errors", "warnings", "notices", and "left_out" where some are.
 */
void diag_list_to_json(const DiagList *list, Json *json);
