/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: making foreign bytes fit to be shown: valid UTF-8, no control characters, bounded.
 * Does not own: JSON or D-Bus escaping. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Appends BYTES: control characters (also DEL, C1 and Unicode's line separators and bidi overrides) and bytes that are
 * not UTF-8 become \xNN, NUL too; a tab stays when KEEP_TAB. At most MAX_BYTES of output, then "…". */
void escape_append(GString *out, const char *bytes, size_t n_bytes, gboolean keep_tab, size_t max_bytes);

/* The same for a string, newly allocated. */
char *escape_text(const char *text, size_t max_bytes);

/* True for what must not reach a terminal or a log as it is: controls, separators, bidi controls, noncharacters. */
bool escape_is_unsafe(gunichar character);
