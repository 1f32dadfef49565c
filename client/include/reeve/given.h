/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: reading what was injected at the start of the process. It costs no call, needs no component, and works for
 * every Type=.
 * Does not own: what comes later (reeve/resolve.h). */
#ifndef REEVE_GIVEN_H
#define REEVE_GIVEN_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ENDPOINT of what the component requires as KEY ($REEVE_REF_<KEY>_<ENDPOINT>). NULL: not there. Borrowed from the
 * environment, as getenv() does. */
const char *reeve_reference(const char *key, const char *endpoint);

/* The value KEY, which the component requires; a secret is not given so, but as a credential. NULL: not there. As
 * above. */
const char *reeve_value(const char *key);

/* The path of the file with credential NAME into BUFFER of SIZE bytes (PATH_MAX is enough).
 * -ENOENT: none were given, or not this one. -EINVAL: NAME has a slash or is no file name. -ENAMETOOLONG: BUFFER is
 * too small. */
int reeve_credential_path(const char *name, char *buffer, size_t size);

/* Its contents, up to 1 MiB: RET is the caller's to free(), with a NUL behind it that RET_SIZE (NULL: not wanted)
 * does not count. Reads a file, in memory as a rule. -E2BIG: larger. Else as above, -ENOMEM, and what open(2) and
 * read(2) give. */
int reeve_credential(const char *name, char **ret, size_t *ret_size);

/* The socket that was opened for endpoint NAME (Listen=NAME=…), or NULL: the first. It is a listening one, the
 * process's own to accept from and to close, and is closed on exec from now on. The same number each time it is
 * asked for.
 * -ENOENT: there is none, or it was meant for another process. -EBADF: it has been closed. */
int reeve_listen_fd(const char *name);

#ifdef __cplusplus
}
#endif
#endif
