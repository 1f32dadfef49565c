/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a few descriptors that are given up when there are no others, so that looking at and killing what runs works
 * when everything else fails with EMFILE (P27).
 * Does not own: what is opened in their place. Private to os. */
#pragma once

#include <sys/types.h>

#include "base/cleanup.h"

/* The deepest need is a sweep: /proc, one process in it, one file of that. */
#define SPARE_FDS_N 4

typedef struct SpareFds {
        int fds[SPARE_FDS_N];
} SpareFds;

void spare_fds_init(SpareFds *reserve);
void spare_fds_done(SpareFds *reserve);

/* openat(2) with O_CLOEXEC; a negative errno. What it returns goes to spare_fds_close(). */
int spare_fds_open(SpareFds *reserve, int directory_fd, const char *path, int flags) MUST_CHECK;
/* pidfd_open(2), likewise; the caller's to close. What was given up for it is taken again when there is some. */
int spare_fds_pidfd(SpareFds *reserve, pid_t pid) MUST_CHECK;
void spare_fds_close(SpareFds *reserve, int fd);
