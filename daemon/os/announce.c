/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "announce.h"

#include <inttypes.h>

#include <systemd/sd-daemon.h>

#include "base/cleanup.h"
#include "base/escape.h"

#define STATUS_MAX 1024

/* STATUS goes last and escaped: names of components in it cannot smuggle in a line of their own. */
static int manager_say(const char *state, const char *status)
{
        g_autofree char *shown = status ? escape_text(status, STATUS_MAX) : NULL;
        int r = sd_notifyf(0, "%s%s%s", state, shown ? "STATUS=" : "", shown ? shown : "");

        return r < 0 ? r : 0;
}

int announce_ready(const char *status)
{
        return manager_say("READY=1\n", status);
}

void announce_status(const char *status)
{
        (void) manager_say("", status);
}

void announce_stopping(const char *status)
{
        (void) manager_say("STOPPING=1\n", status);
}

void announce_extend(uint64_t usec)
{
        (void) sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRIu64, usec);
}
