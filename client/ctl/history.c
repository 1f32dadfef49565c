/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include "call.h"

#define PAGES_MAX 10000 /* a daemon that emits faster than we read must not hold us for ever */

int history_read(Ctl *ctl, uint64_t since, JsonArray *events, uint64_t *ret_next, uint64_t *ret_dropped)
{
        uint64_t dropped = 0;

        for (unsigned page = 0; page < PAGES_MAX; page++) {
                g_autoptr(JsonArray) reply = NULL;
                JsonArray *found;
                int r = call_container(ctl, "events", &reply, "GetEvents", "t", since);

                if (r < 0)
                        return r;
                found = element_array(reply, 0);
                since = element_uint(reply, 1);
                dropped += element_uint(reply, 2);
                for (guint i = 0; i < element_count(found); i++)
                        json_array_add_element(events, json_array_dup_element(found, i));
                if (element_count(found) == 0)
                        break;
        }
        if (ret_next)
                *ret_next = since;
        if (ret_dropped)
                *ret_dropped = dropped;
        return 0;
}
