/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output.h"

#include <fcntl.h>
#include <syslog.h>
#include <sys/stat.h>

#include <systemd/sd-journal.h>

int output_has_journal(void)
{
        return access("/run/systemd/journal/stdout", W_OK) == 0;
}

/* O_NONBLOCK for the open alone: a FIFO without a reader must not stop the daemon. */
static int output_open_file(const char *path, int flags)
{
        autofd fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | (flags & O_APPEND),
                         0640);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (S_ISREG(st.st_mode) && (flags & O_TRUNC) && ftruncate(fd, 0) < 0)
                return -errno;
        if (fcntl(fd, F_SETFL, flags & O_APPEND) < 0)
                return -errno;
        return g_steal_fd(&fd);
}

int output_open(OutputTarget target, const char *path, const char *identifier)
{
        int fd;

        switch (target) {
        case OUTPUT_TO_NULL:
                fd = open("/dev/null", O_WRONLY | O_CLOEXEC | O_NOCTTY);
                return fd < 0 ? -errno : fd;
        case OUTPUT_TO_JOURNAL:
                return sd_journal_stream_fd(identifier, LOG_INFO, 1);
        case OUTPUT_TO_FILE:
                return output_open_file(path, O_TRUNC);
        case OUTPUT_TO_FILE_APPEND:
                return output_open_file(path, O_APPEND);
        default:
                return -EINVAL;
        }
}
