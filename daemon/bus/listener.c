/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listener.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "os/loop.h"

#define BACKLOG 128
#define PAUSE_USEC G_USEC_PER_SEC

struct Listener {
        int fd;
        int spare; /* given up for one connection when there are no descriptors left */
        char *path;
        dev_t device; /* of the file that was made */
        ino_t inode;
        sd_event_source *io, *pause;
        ListenerHandler handler;
        void *userdata;
};

static void renew_spare(Listener *listener)
{
        if (listener->spare < 0)
                listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static bool is_out_of_descriptors(int r)
{
        return r == -EMFILE || r == -ENFILE;
}

static int accept_one(Listener *listener)
{
        int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        return fd < 0 ? -errno : fd;
}

/* What waits would wake us again and again. */
static void pause_listening(Listener *listener)
{
        (void) sd_event_source_set_enabled(listener->io, SD_EVENT_OFF);
        (void) sd_event_source_set_time(listener->pause, clock_monotonic() + PAUSE_USEC);
        (void) sd_event_source_set_enabled(listener->pause, SD_EVENT_ONESHOT);
}

static int on_pause_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        Listener *listener = userdata;

        (void) sd_event_source_set_enabled(listener->io, SD_EVENT_ON);
        return 0;
}

static int on_connection(sd_event_source *source, int ignored, uint32_t revents, void *userdata)
{
        Listener *listener = userdata;
        int fd;

        renew_spare(listener);
        fd = accept_one(listener);
        if (is_out_of_descriptors(fd) && listener->spare >= 0) {
                close_descriptor(&listener->spare);
                fd = accept_one(listener);
        }
        if (fd >= 0)
                listener->handler(fd, listener->userdata);
        else if (is_out_of_descriptors(fd) || fd == -ENOMEM || fd == -ENOBUFS)
                pause_listening(listener);
        return 0;
}

static int bind_file(Listener *listener, const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct stat status;

        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        strcpy(address.sun_path, path);
        listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (listener->fd < 0)
                return -errno;
        /* The file is made with the mode of the socket: at no moment can anybody else connect. */
        if (fchmod(listener->fd, 0600) < 0)
                return -errno;
        if (unlink(path) < 0 && errno != ENOENT)
                return -errno;
        if (bind(listener->fd, (struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;
        listener->path = g_strdup(path);
        if (lstat(path, &status) < 0)
                return -errno;
        listener->device = status.st_dev;
        listener->inode = status.st_ino;
        return listen(listener->fd, BACKLOG) < 0 ? -errno : 0;
}

int listener_new(sd_event *event, const char *path, ListenerHandler handler, void *userdata, Listener **ret)
{
        g_autoptr(Listener) listener = g_new0(Listener, 1);
        int r;

        *listener = (Listener){.fd = -1, .spare = -1, .handler = handler, .userdata = userdata};
        r = bind_file(listener, path);
        if (r < 0)
                return r;
        renew_spare(listener);
        r = sd_event_add_io(event, &listener->io, listener->fd, EPOLLIN, on_connection, listener);
        if (r >= 0)
                r = sd_event_source_set_priority(listener->io, LOOP_PRIORITY_BUS);
        if (r >= 0)
                r = sd_event_add_time(event, &listener->pause, CLOCK_MONOTONIC, 0, 0, on_pause_over, listener);
        if (r >= 0)
                r = sd_event_source_set_enabled(listener->pause, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret = g_steal_pointer(&listener);
        return 0;
}

void listener_free(Listener *listener)
{
        struct stat status;

        if (!listener)
                return;
        if (listener->path && lstat(listener->path, &status) == 0 && status.st_dev == listener->device &&
            status.st_ino == listener->inode)
                (void) unlink(listener->path);
        sd_event_source_disable_unref(listener->io);
        sd_event_source_disable_unref(listener->pause);
        close_descriptor(&listener->fd);
        close_descriptor(&listener->spare);
        g_free(listener->path);
        g_free(listener);
}
