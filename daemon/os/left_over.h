/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: ending what an earlier daemon on the same run-time directory left running, where no cgroup says what that is:
 * whoever carries a component's folder of that directory in its environment (P10).
 * Does not own: what cgroups show (cgroup_tree). Weaker than those: a process may have cleared its environment. */
#pragma once

/* Under the directory's lock, before anything is spawned. Kills, and waits a second at most for the ends. */
void left_over_kill(const char *runtime_directory);
