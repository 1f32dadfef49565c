/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/manager.h"

#include <inttypes.h>

#include "fake/fake_state.h"

void manager_ready(const char *status)
{
        fake_log("ready %s", status ? status : "");
}

void manager_status(const char *status)
{
        fake_log("status %s", status ? status : "");
}

void manager_stopping(const char *status)
{
        fake_log("stopping %s", status ? status : "");
}

void manager_extend(uint64_t usec)
{
        fake_log("extend %" PRIu64, usec);
}
