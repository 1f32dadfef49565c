/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/announce.h"

#include <inttypes.h>

#include "fake/fake_state.h"

int announce_ready(const char *status)
{
        int r = fake_failure("announce");

        if (r < 0)
                return r;
        fake_log("ready %s", status ? status : "");
        return 0;
}

void announce_status(const char *status)
{
        fake_log("status %s", status ? status : "");
}

void announce_stopping(const char *status)
{
        fake_log("stopping %s", status ? status : "");
}

void announce_extend(uint64_t usec)
{
        fake_log("extend %" PRIu64, usec);
}
