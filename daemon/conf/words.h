/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: cutting a value into words as systemd.syntax(7) and systemd.service(5) do: blanks, '…' and "…", C escapes.
 * Does not own: templates, and there is no shell: no globs, no pipes. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "base/cleanup.h"

/* Newly allocated strings in *RET (a NULL-terminated strv, maybe empty). -EINVAL: *RET_PROBLEM, static, says what. */
int words_split(const char *text, char ***ret, const char **ret_problem) MUST_CHECK;
/* The same for a command line: also refuses a `;` that stands alone; `\;` is one (*RET_PROBLEM as above). */
int words_split_command(const char *text, char ***ret, const char **ret_problem) MUST_CHECK;
