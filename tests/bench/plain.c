/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An ordinary small component: as tiny does without arguments, but in plain C over a static C library, whose start is
 * part of what is measured. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(void)
{
        const char *path = getenv("NOTIFY_SOCKET");
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (!path || fd < 0 || snprintf(address.sun_path, sizeof(address.sun_path), "%s", path) < 0)
                return 3;
        if (sendto(fd, "READY=1", 7, 0, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return 4;
        for (;;)
                (void) pause();
}
