/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process asks of its host, which does it for all of a turn at once (process_host). */
#include "process_host.h"

#define GO_ON_USEC (20 * 1000)

void process_host_ask_sweep(ProcessHost *host)
{
        (void) sd_event_source_set_enabled(host->sweeping.source, SD_EVENT_ONESHOT);
}

void process_host_ask_continue(ProcessHost *host)
{
        if (!host->is_going_on)
                host->is_going_on = timer_set(host->go_on, clock_monotonic() + GO_ON_USEC) >= 0;
}
