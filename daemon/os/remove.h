/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: removing a tree of files that somebody else made: no link is followed, no mount is entered, any depth, two
 * descriptors.
 * Does not own: whose tree it is. Private to os. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

/* Removes NAME in DIRECTORY_FD. DIRECTORIES_ONLY: of a cgroup, whose files go with their directory. 0 also when it is
 * not there; stops at the first thing that cannot be removed. */
int remove_tree(int directory_fd, const char *name, bool directories_only) MUST_CHECK;
