/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: scope-bound cleanup of descriptors and the attributes every fallible function carries.
 * Does not own: cleanup of types that have a free function; those use g_autoptr(). */
#pragma once

#include <errno.h>
#include <unistd.h>

#include <glib.h>

#define MUST_CHECK __attribute__((warn_unused_result))

static inline void close_descriptor(int *fd)
{
        int saved = errno;

        if (*fd >= 0)
                (void) close(*fd);
        *fd = -1;
        errno = saved;
}

#define autofd __attribute__((cleanup(close_descriptor))) int
