/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the run-time directory, its lock (one daemon a directory, P9), and one folder a component in it.
 * Does not own: the sockets in there. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "loop.h"

typedef struct RuntimeDirectory RuntimeDirectory;

/* Makes PATH 0700 (0711 where others must reach their component's folder), locks it. -EBUSY: another daemon has it. */
int runtime_directory_new(const char *path, RuntimeDirectory **ret) MUST_CHECK;
void runtime_directory_free(RuntimeDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuntimeDirectory, runtime_directory_free)

/* No earlier daemon started anything on it, or the last one ended in order. */
bool runtime_directory_is_fresh(const RuntimeDirectory *directory);
/* Its descriptor, borrowed. */
int runtime_directory_lock(const RuntimeDirectory *directory);
const char *runtime_directory_path(const RuntimeDirectory *directory);

/* PATH/c/NAME, made 0700, of UID:GID; newly allocated in *RET. One that is there is kept: its mode, its contents. */
int runtime_directory_make(const RuntimeDirectory *directory, const char *name, uid_t uid, gid_t gid,
                           char **ret) MUST_CHECK;
/* Removes PATH/c/NAME if there is nothing in it, some time before discard_end(): it is not made again. */
void runtime_directory_leave(const RuntimeDirectory *directory, Loop *loop, const char *name);
/* Removes all that there is in PATH/c; never follows a link. */
void runtime_directory_clear(const RuntimeDirectory *directory);
/* Writes PATH/NAME whole or not at all. */
int runtime_directory_write(const RuntimeDirectory *directory, const char *name, const char *text) MUST_CHECK;
