/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/account.h"

#include <string.h>

#include "fake/fake_state.h"

#define SOME_ID 4242

uid_t account_uid(void)
{
        return geteuid();
}

gid_t account_gid(void)
{
        return getegid();
}

/* Everybody exists but "nobody-such". */
int account_find(const char *user, const char *group, Account *ret)
{
        int r = fake_failure("account");

        if (r < 0)
                return r;
        if ((user && strcmp(user, "nobody-such") == 0) || (group && strcmp(group, "nobody-such") == 0))
                return -ESRCH;
        *ret = (Account) {
                .uid = user ? SOME_ID : geteuid(),
                .gid = user || group ? SOME_ID : getegid(),
                .name = g_strdup(user ? user : "self"),
                .home = g_strdup("/home/fake"),
                .shell = g_strdup("/bin/sh"),
        };
        return 0;
}

void account_done(Account *account)
{
        g_clear_pointer(&account->name, g_free);
        g_clear_pointer(&account->home, g_free);
        g_clear_pointer(&account->shell, g_free);
}
