/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the inside of CgroupTree that the leaves need: the directory, what the kernel offers there, and the one inotify
 * descriptor through which leaves are seen to become empty.
 * Does not own: the leaves. Private to os. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "cgroup.h"
#include "spare_fds.h"

struct CgroupTree {
        Loop *loop;             /* borrowed */
        char *directory;        /* of our folder in the file system */
        char *path;             /* the same as /proc/PID/cgroup tells it */
        int fd;                 /* of our folder; holds the lock that says its daemon lives */
        bool is_delegated;      /* our folder is our own cgroup; the daemon sits in the leaf `supervisor` */
        int inotify_fd;
        sd_event_source *source;
        GHashTable *watches;    /* descriptor → Cgroup, borrowed */
        SpareFds reserve;
};

/* One short write to a file below our folder. */
int cgroup_tree_write(CgroupTree *tree, const char *file, const char *text) MUST_CHECK;
/* At most N_BUFFER - 1 bytes of a file below our folder, terminated. */
int cgroup_tree_read(CgroupTree *tree, const char *file, char *buffer, size_t n_buffer) MUST_CHECK;
/* Kills everything in and below NAME, waits for it to be gone, a second at most, and removes it. -EBUSY. */
int cgroup_tree_clear(CgroupTree *tree, const char *name) MUST_CHECK;
/* SIGKILL to everything in and below NAME. */
int cgroup_tree_kill(CgroupTree *tree, const char *name);
/* "populated 1"? */
bool cgroup_tree_is_populated(CgroupTree *tree, const char *name);

/* cgroup.c: the leaf behind watch descriptor changed. */
void cgroup_on_event(Cgroup *cgroup);
