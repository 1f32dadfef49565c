/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "unit/os/fixture.h"

#include <sys/resource.h>

#include "os/pair.h"

/* Neither end is inherited by chance (P37), the daemon's never blocks, and the end of one is seen at the other. */
static void test_ends(void **state)
{
        int own, other;
        char byte = 'x';

        assert_int_equal(pair_open(&own, &other), 0);
        assert_int_equal(fcntl(own, F_GETFD), FD_CLOEXEC);
        assert_int_equal(fcntl(other, F_GETFD), FD_CLOEXEC);
        assert_true(fcntl(own, F_GETFL) & O_NONBLOCK);
        assert_false(fcntl(other, F_GETFL) & O_NONBLOCK);
        assert_int_equal(read(own, &byte, 1), -1);
        assert_int_equal(errno, EAGAIN);
        assert_int_equal(write(other, &byte, 1), 1);
        assert_int_equal(read(own, &byte, 1), 1);
        assert_int_equal(close(other), 0);
        assert_int_equal(read(own, &byte, 1), 0);
        assert_int_equal(close(own), 0);
}

/* P27: with room for one there is none. */
static void test_shortage(void **state)
{
        struct rlimit limit, few;
        int next = open("/dev/null", O_RDONLY | O_CLOEXEC), own, other;

        assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
        few = (struct rlimit) { .rlim_cur = (rlim_t) next + 1, .rlim_max = limit.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        assert_int_equal(close(next), 0);
        assert_int_equal(pair_open(&own, &other), -EMFILE);
        assert_int_equal(open("/dev/null", O_RDONLY | O_CLOEXEC), next);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(close(next), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = { cmocka_unit_test(test_ends), cmocka_unit_test(test_shortage) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
