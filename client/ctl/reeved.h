/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: where the reeved is that check, plan and run execute, and the part of its command line they share.
 * Does not own: what it does. $REEVED, else beside us in a build tree, else below our prefix, else where this
 * build installs it. */
#pragma once

#include "ctl.h"

/* Where this program lies, newly allocated; NULL: unknown. */
char *reevectl_directory(void);
/* Newly allocated; NULL after the message. */
char *reeved_find(const Ctl *ctl);

/* An argv that begins with PATH and MODE and passes on --user, --only, --strict and every name, also options that only
 * reeved knows. The caller adds the NULL; elements are owned by the array. */
GPtrArray *reeved_arguments(const Ctl *ctl, const char *path, const char *mode);
