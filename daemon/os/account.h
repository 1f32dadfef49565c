/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: user and group names → numbers, home and shell.
 * Does not own: changing to them (process). getpwnam may read files or ask a local service; called once a spawn. */
#pragma once

#include <sys/types.h>

#include "base/cleanup.h"

/* The daemon's own, which it never changes: what it was executed with, so that asking costs nothing. */
uid_t account_uid(void);
gid_t account_gid(void);

typedef struct Account {
        uid_t uid;
        gid_t gid;
        char *name, *home, *shell; /* of the user; NULL where there is no entry */
} Account;

/* USER and GROUP are names or decimal numbers, or NULL for the daemon's own. -ESRCH: no such user or group. */
int account_find(const char *user, const char *group, Account *ret) MUST_CHECK;
void account_done(Account *account);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_done)
