/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/pair.h"

#include "fake/fake_state.h"

int pair_open(int *ret_own, int *ret_other)
{
        int r = fake_failure("pair");

        if (r < 0)
                return r;
        *ret_own = fake_os.next_descriptor++;
        *ret_other = fake_os.next_descriptor++;
        return 0;
}
