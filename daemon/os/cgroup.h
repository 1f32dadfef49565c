/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the sub-tree of cgroup v2 that is ours, where one is writable or delegated, and one leaf an incarnation in it.
 * Does not own: who is put there and when it is killed (process). Without a sub-tree every call says -EOPNOTSUPP. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "loop.h"

/* No file of the kernel ends so, whatever controllers come. */
#define CGROUP_LEAF_SUFFIX ".component"

typedef struct CgroupTree CgroupTree;
typedef struct Cgroup Cgroup;

typedef struct CgroupLimits {
        uint64_t memory_max, tasks_max; /* UINT64_MAX: none */
        uint64_t cpu_quota;             /* µs in each 100 ms; UINT64_MAX: none */
        uint32_t cpu_weight;            /* 0: not set */
} CgroupLimits;

bool cgroup_limits_is_set(const CgroupLimits *limits);

typedef void (*CgroupEmptyHandler)(Cgroup *cgroup, void *userdata);

/* Finds our own cgroup; where it is delegated moves the daemon to the leaf `supervisor` and enables the controllers
 * there are. 0, or -EOPNOTSUPP: no writable sub-tree, which is no error for the daemon. */
int cgroup_tree_new(Loop *loop, CgroupTree **ret) MUST_CHECK;
/* Of the directory all leaves are in; borrowed. */
int cgroup_tree_fd(const CgroupTree *tree);
/* Removes what is empty. */
void cgroup_tree_free(CgroupTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CgroupTree, cgroup_tree_free)

/* Makes the leaf of component NAME, empty: what an earlier incarnation or daemon left there is killed first.
 * -EBUSY: it does not empty. */
int cgroup_new(CgroupTree *tree, const char *name, const CgroupLimits *limits, Cgroup **ret) MUST_CHECK;
/* A leaf in the leaf PARENT, which it goes with: killed with it, counted within its limits. While it is there PARENT is
 * not empty, whether it has members yet or not. */
int cgroup_new_below(Cgroup *parent, const char *name, Cgroup **ret) MUST_CHECK;
/* Removes the leaf if it is empty. */
void cgroup_free(Cgroup *cgroup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cgroup, cgroup_free)

/* The path of cgroup.procs from the root of the tree, for the child to write "0" to; newly allocated. */
char *cgroup_procs(const Cgroup *cgroup);
int cgroup_kill(Cgroup *cgroup);
/* SIGNAL, then SIGCONT, to each member but EXCEPT; members of leaves that it made itself are not reached. */
void cgroup_signal(const Cgroup *cgroup, int signal, pid_t except);
bool cgroup_has_member(const Cgroup *cgroup, pid_t pid);
bool cgroup_is_empty(const Cgroup *cgroup);
/* Removes the leaf, which proves it empty in one call. -EBUSY: something lives in it. */
int cgroup_remove(Cgroup *cgroup) MUST_CHECK;
/* Kills what is in it where AND_KILL, and calls HANDLER once, when it has become empty; also when it is so already. */
int cgroup_await_empty(Cgroup *cgroup, bool and_kill, CgroupEmptyHandler handler, void *userdata) MUST_CHECK;
