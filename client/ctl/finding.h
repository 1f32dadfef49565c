/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a finding (dbus/org.reeve.Reeve1.Container.xml) as text, in the form that `check` has.
 * Does not own: findings of files, which reeved prints itself. */
#pragma once

#include "reply.h"

/* "file:line: error: text [code]" and below it path, sources, candidates and hint, each line behind INDENT. */
void finding_append(GString *out, JsonObject *finding, const char *indent, bool has_colour);
/* As JSON in the form that `check` has: a "message", and steps that are objects. Newly made; FINDINGS may be NULL. */
JsonArray *findings_to_json(JsonArray *findings);
JsonObject *finding_to_json(JsonObject *finding);
