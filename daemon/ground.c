/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ground.h"

#include <string.h>

#include "base/log.h"
#include "os/left_over.h"

static int fail(int r, const char *what)
{
        log_error("%s: %s", what, g_strerror(-r));
        return r;
}

int ground_init(Ground *ground, const char *runtime_directory)
{
        int r = loop_new(&ground->loop);

        if (r == 0)
                r = loop_set_watchdog(ground->loop);
        if (r < 0)
                return fail(r, "cannot make the event loop");
        r = runtime_directory_new(runtime_directory, &ground->directory);
        if (r == -EBUSY) {
                log_error("another reeved uses %s; stop it, or say --runtime-directory", runtime_directory);
                return r;
        }
        if (r < 0)
                return fail(r, runtime_directory);
        r = process_host_new(ground->loop, true, runtime_directory_lock(ground->directory), &ground->processes);
        if (r < 0)
                return fail(r, "cannot prepare to start processes");
        /* With cgroups process_host_new() has seen to what an earlier daemon left. */
        if (strcmp(process_host_containment(ground->processes), "session") == 0 &&
            !runtime_directory_is_fresh(ground->directory))
                left_over_kill(runtime_directory);
        return 0;
}

void ground_done(Ground *ground)
{
        process_host_free(ground->processes);
        runtime_directory_free(ground->directory);
        loop_free(ground->loop);
}
