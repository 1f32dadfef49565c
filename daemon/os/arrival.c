/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "arrival.h"

#include <poll.h>
#include <stdbool.h>

#include <glib.h>

#include "ready.h"

#define AT_ONCE 16

struct Arrival {
        ReadySet *set; /* borrowed */
        int fd;
        bool is_heard;
        ArrivalHandler handler;
        void *userdata;
};

static void on_ready(void *item)
{
        Arrival *arrival = item;
        struct pollfd now = {.fd = arrival->fd, .events = POLLIN};

        /* He may have gone again. */
        if (poll(&now, 1, 0) <= 0)
                return;
        arrival->is_heard = true;
        ready_set_remove(arrival->set, arrival->fd);
        arrival->handler(arrival, arrival->userdata);
}

int arrival_new(Loop *loop, int fd, ArrivalHandler handler, void *userdata, Arrival **ret)
{
        Arrival *arrival = g_new(Arrival, 1);
        int r;

        *arrival = (Arrival){.fd = fd, .handler = handler, .userdata = userdata};
        r = ready_set_of(loop, LOOP_PRIORITY_BUS, AT_ONCE, on_ready, &arrival->set);
        if (r == 0)
                r = ready_set_add(arrival->set, fd, arrival);
        if (r < 0) {
                g_free(arrival);
                return r;
        }
        *ret = arrival;
        return 0;
}

void arrival_free(Arrival *arrival)
{
        if (!arrival)
                return;
        if (!arrival->is_heard)
                ready_set_remove(arrival->set, arrival->fd);
        g_free(arrival);
}
