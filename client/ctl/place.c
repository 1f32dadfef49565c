/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "place.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PARENT_MAX 32 /* sockets of components must fit into the 107 bytes of a socket's name */
#define OPEN_MAX_FDS 16

static char *make_base(void)
{
        const char *parents[] = {getenv("XDG_RUNTIME_DIR"), "/tmp"};

        for (size_t i = 0; i < G_N_ELEMENTS(parents); i++) {
                g_autofree char *base = NULL;

                if (!parents[i] || parents[i][0] != '/' || strlen(parents[i]) > PARENT_MAX)
                        continue;
                base = g_build_filename(parents[i], "reeve-XXXXXX", NULL);
                if (mkdtemp(base))
                        return g_steal_pointer(&base);
        }
        return NULL;
}

static int bind_notify(Place *place)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int on = 1;

        place->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (place->notify_fd < 0)
                return -errno;
        if (g_strlcpy(address.sun_path, place->notify, sizeof(address.sun_path)) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        if (setsockopt(place->notify_fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
            bind(place->notify_fd, (const struct sockaddr *) &address, sizeof(address)) < 0)
                return -errno;
        return 0;
}

int place_init(Place *place, const Ctl *ctl)
{
        int r;

        *place = (Place){.notify_fd = -1};
        place->base = make_base();
        if (!place->base) {
                r = -errno;
                ctl_error(ctl, "run: cannot make a directory in $XDG_RUNTIME_DIR or /tmp: %s", strerror(errno));
                return r;
        }
        place->directory = g_build_filename(place->base, "run", NULL);
        place->notify = g_build_filename(place->base, "notify", NULL);
        r = bind_notify(place);
        /* root's components may run as others, who must reach their own folder */
        if (r >= 0 && geteuid() == 0 && chmod(place->base, 0711) < 0)
                r = -errno;
        if (r < 0)
                ctl_error(ctl, "run: %s: %s", place->base, strerror(-r));
        return r;
}

static int on_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
        (void) info;
        (void) kind;
        (void) walk;
        return remove(path);
}

void place_done(Place *place, const Ctl *ctl)
{
        if (place->notify_fd >= 0)
                (void) close(place->notify_fd);
        if (place->base && nftw(place->base, on_entry, OPEN_MAX_FDS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) != 0)
                ctl_error(ctl, "run: %s: cannot be removed: %s", place->base, strerror(errno));
        g_free(place->base);
        g_free(place->directory);
        g_free(place->notify);
        *place = (Place){.notify_fd = -1};
}

static bool has_line(const char *text, const char *line)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        return g_strv_contains((const char *const *) lines, line);
}

bool place_is_ready(const Place *place, pid_t daemon)
{
        char text[4096];
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(struct ucred))];
        } control = {0};
        struct iovec part = {.iov_base = text, .iov_len = sizeof(text) - 1};
        struct msghdr message = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        /* descriptors that are sent along find no room in CONTROL, and the kernel closes them */
        ssize_t n = recvmsg(place->notify_fd, &message, MSG_CMSG_CLOEXEC);

        if (n <= 0)
                return false;
        text[n] = '\0';
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
                struct ucred sender;

                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
                        continue;
                memcpy(&sender, CMSG_DATA(c), sizeof(sender));
                return sender.pid == daemon && has_line(text, "READY=1");
        }
        return false;
}
