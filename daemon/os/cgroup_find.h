/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: where our own cgroup of version 2 is, from the text of /proc/self/cgroup and /proc/self/mountinfo; in the
 * unified layout and in the hybrid one.
 * Does not own: what is made there (cgroup_tree). Private to os; the parsers are pure. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"

/* The path of the "0::" line, newly allocated; NULL: none, or the cgroup is deleted. */
char *cgroup_parse_path(const char *text);
/* The first cgroup2 mount through which PATH can be reached: the directory of PATH, newly allocated, or NULL. */
char *cgroup_parse_mounts(const char *text, const char *path);

/* PATH is as /proc tells it of our members, DIRECTORY where it is mounted. -EOPNOTSUPP. */
int cgroup_find_own(char **ret_path, char **ret_directory) MUST_CHECK;
