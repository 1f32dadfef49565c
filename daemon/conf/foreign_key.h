/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: keys of systemd's units and of Compose files that a component does not have, and what does here what they do
 * there: whoever brings a unit along is told the way, and not the key that merely looks most like it.
 * Does not own: keys of ours that were misspelt (schema_nearest_key). */
#pragma once

/* A hint, static; NULL: not known elsewhere either. */
const char *foreign_key_hint(const char *key);
