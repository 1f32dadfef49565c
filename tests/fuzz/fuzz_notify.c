/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes are a datagram: the parser ends, keeps within its bounds, and what it keeps may be shown. */
#include <stdlib.h>
#include <string.h>

#include "os/notify_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
        if (!condition)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_auto(NotifyMessage) message = { 0 };

        notify_parse((const char *) data, size, &message);
        require(message.main_pid >= 0);
        require(message.error >= 0 && (message.has_errno || message.error == 0));
        require(message.extend_usec <= (uint64_t) NOTIFY_EXTEND_MAX);
        require(message.n_malformed <= size);
        for (char **said = message.publish; said && *said; said++)
                require(said - message.publish < NOTIFY_PUBLISH_MAX && strchr(*said, '=') &&
                        strlen(*said) <= NOTIFY_PUBLISH_MAX_BYTES);
        if (message.status) {
                require(strlen(message.status) <= NOTIFY_STATUS_MAX + 8);
                require(g_utf8_validate(message.status, -1, NULL));
                for (const char *p = message.status; *p; p++)
                        require((unsigned char) *p >= 0x20 && *p != 0x7f);
        }
        return 0;
}
