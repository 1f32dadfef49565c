/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is done between clone and exec. It runs in the memory of the daemon: system calls on prepared data, no
 * allocation, no lock, no return.
 * Does not own: the preparation (spawn). Private to os. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "process.h"

/* As rt_sigaction(2) has it, for those signals too that glibc keeps to itself. */
typedef struct KernelAction {
        void *handler;
        unsigned long flags;
        void *restorer;
        unsigned long mask[2];
} KernelAction;

/* What the daemon changed about itself or was given by its unit, and a component is not to inherit. */
typedef struct SpawnContext {
        struct rlimit original_nofile;
        bool is_nofile_raised;
        int oom_score_adjust, nice; /* the daemon's own: what a child has without doing anything */
        uint64_t changed_signals;   /* bit n - 1: the daemon does not have signal n at its default */
} SpawnContext;

/* What a child has from the thread that clones it. */
typedef struct ChildGround {
        void *stack_end;
        int null_fd, tree_fd;     /* tree_fd: the root of the cgroups, or -1 */
        int lock_fd;              /* the daemon's, held until the program is executed (P10), or -1 */
        bool has_own_files;       /* 0, 1 and 2 are /dev/null, and everything else is closed by exec */
        bool has_own_directory;   /* / and the umask below */
        mode_t umask;
} ChildGround;

/* Who the child becomes. */
typedef struct ChildIdentity {
        bool is_changed;
        uid_t uid;
        gid_t gid;
        gid_t *groups; /* owned by the preparation */
        int n_groups;
} ChildIdentity;

typedef struct Child {
        const SpawnContext *context;
        const ChildGround *ground;
        SpawnSpec spec;          /* what is the child's to do; copies, owned by the preparation */
        char **paths;            /* of the file, in the order to try */
        char **environment;
        char *own_numbers[2];    /* places in the environment for its own number, or NULL */
        char *procs;             /* what to write oneself to below tree_fd, or NULL */
        int *descriptors;        /* what becomes 0, 1, …; -1: /dev/null; changed by the child */
        int n_descriptors;
        ChildIdentity identity;
        int error;               /* set by the child: what failed and where */
        const char *step;
} Child;

/* For clone(2); ARG is a Child. Does not return but to exit. */
int child_main(void *arg);
