/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account.h"

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#define ENTRY_MAX (1024 * 1024)

uid_t account_uid(void)
{
        return (uid_t) getauxval(AT_EUID);
}

gid_t account_gid(void)
{
        return (gid_t) getauxval(AT_EGID);
}

/* Decimal digits alone; the two numbers that mean "do not change" to the kernel are no account. */
static bool parse_id(const char *text, uint32_t *ret)
{
        uint64_t number = 0;

        if (!*text || strlen(text) > 10)
                return false;
        for (const char *p = text; *p; p++) {
                if (!g_ascii_isdigit(*p))
                        return false;
                number = number * 10 + (uint64_t) (*p - '0');
        }
        if (number >= UINT32_MAX || number == UINT16_MAX)
                return false;
        *ret = (uint32_t) number;
        return true;
}

/* The getXXnam_r() family says "not found" in many ways. */
static int map_error(int error)
{
        switch (error) {
        case 0:
        case ENOENT:
        case ESRCH:
        case EBADF:
        case EPERM:
                return -ESRCH;
        default:
                return -error;
        }
}

static int account_find_user(const char *user, uid_t uid, Account *account)
{
        for (size_t size = 1024; size <= ENTRY_MAX; size *= 4) {
                g_autofree char *buffer = g_malloc(size);
                struct passwd entry, *found = NULL;
                int error = user ? getpwnam_r(user, &entry, buffer, size, &found)
                                 : getpwuid_r(uid, &entry, buffer, size, &found);

                if (error == ERANGE)
                        continue;
                if (!found)
                        return map_error(error);
                account->uid = found->pw_uid;
                account->gid = found->pw_gid;
                account->name = g_strdup(found->pw_name);
                account->home = g_strdup(found->pw_dir);
                account->shell = g_strdup(found->pw_shell);
                return 0;
        }
        return -ERANGE;
}

static int account_find_group(const char *group, gid_t *ret)
{
        for (size_t size = 1024; size <= ENTRY_MAX; size *= 4) {
                g_autofree char *buffer = g_malloc(size);
                struct group entry, *found = NULL;
                int error = getgrnam_r(group, &entry, buffer, size, &found);

                if (error == ERANGE)
                        continue;
                if (!found)
                        return map_error(error);
                *ret = found->gr_gid;
                return 0;
        }
        return -ERANGE;
}

/* A number without an entry has no group of its own: without GROUP it would keep the daemon's: refused (P38). */
static int account_set_user(const char *user, bool has_group, Account *account)
{
        uint32_t id;
        int r;

        if (!user) {
                uid_t uid = account_uid();

                if (account_find_user(NULL, uid, account) < 0) {
                        account->uid = uid;
                        account->gid = account_gid();
                }
                return 0;
        }
        if (!parse_id(user, &id))
                return account_find_user(user, 0, account);

        r = account_find_user(NULL, id, account);
        if (r == -ESRCH && has_group) {
                account->uid = id;
                return 0;
        }
        return r;
}

int account_find(const char *user, const char *group, Account *ret)
{
        g_auto(Account) account = { 0 };
        uint32_t id;
        int r;

        r = account_set_user(user, group != NULL, &account);
        if (r < 0)
                return r;
        if (!user)
                account.gid = account_gid();

        if (group && parse_id(group, &id))
                account.gid = id;
        else if (group) {
                r = account_find_group(group, &account.gid);
                if (r < 0)
                        return r;
        }

        *ret = account;
        account = (Account) { 0 };
        return 0;
}

void account_done(Account *account)
{
        g_clear_pointer(&account->name, g_free);
        g_clear_pointer(&account->home, g_free);
        g_clear_pointer(&account->shell, g_free);
}
