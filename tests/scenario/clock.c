/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: a clock on the wall that a test moves: preloaded, it adds to the real time as many seconds as stand in the file
 * $REEVE_TEST_CLOCK.
 * Does not own: the monotonic clock, which nobody can move. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long offset(void)
{
        const char *path = getenv("REEVE_TEST_CLOCK");
        char text[32] = "";
        int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
        long long seconds = fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? atoll(text) : 0;

        if (fd >= 0)
                close(fd);
        return seconds;
}

int clock_gettime(clockid_t id, struct timespec *time)
{
        int r = (int) syscall(SYS_clock_gettime, id, time);

        if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
                time->tv_sec += offset();
        return r;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
        struct timespec now;

        (void) zone;
        clock_gettime(CLOCK_REALTIME, &now);
        *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
        return 0;
}

time_t time(time_t *ret)
{
        struct timespec now;

        clock_gettime(CLOCK_REALTIME, &now);
        if (ret)
                *ret = now.tv_sec;
        return now.tv_sec;
}
