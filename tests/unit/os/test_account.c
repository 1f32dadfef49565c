/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include "os/account.h"

/* P38: nobody becomes somebody else, or stays root, by a mistake in a name. */
static void test_accounts(void **state)
{
        static const struct {
                const char *user, *group;
                int result;
                uid_t uid;
                gid_t gid;
        } cases[] = {
                { "root", NULL, 0, 0, 0 },
                { "0", NULL, 0, 0, 0 },
                { "root", "4321", 0, 0, 4321 },
                { "54321", "4321", 0, 54321, 4321 },
                { "54321", NULL, -ESRCH, 0, 0 },
                { "no-such-user", NULL, -ESRCH, 0, 0 },
                { "root", "no-such-group", -ESRCH, 0, 0 },
                { "", NULL, -ESRCH, 0, 0 },
                { "-1", NULL, -ESRCH, 0, 0 },
                { "+0", NULL, -ESRCH, 0, 0 },
                { "0x0", NULL, -ESRCH, 0, 0 },
                { "4294967295", "0", -ESRCH, 0, 0 },
                { "4294967296", "0", -ESRCH, 0, 0 },
                { "65535", "0", -ESRCH, 0, 0 },
                { "root", "4294967295", -ESRCH, 0, 0 },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Account) account = { .uid = 77, .gid = 77 };

                assert_int_equal(account_find(cases[i].user, cases[i].group, &account), cases[i].result);
                assert_int_equal(account.uid, cases[i].result == 0 ? cases[i].uid : 77);
                assert_int_equal(account.gid, cases[i].result == 0 ? cases[i].gid : 77);
        }
}

static void test_own(void **state)
{
        g_auto(Account) account = { 0 }, root = { 0 };

        assert_int_equal(account_find(NULL, NULL, &account), 0);
        assert_int_equal(account.uid, geteuid());
        assert_int_equal(account.gid, getegid());
        assert_int_equal(account_find("root", NULL, &root), 0);
        assert_string_equal(root.name, "root");
        assert_string_equal(root.home, "/root");
}

int main(void)
{
        static const struct CMUnitTest tests[] = { cmocka_unit_test(test_accounts), cmocka_unit_test(test_own) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
