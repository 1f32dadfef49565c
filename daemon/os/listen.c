/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>
#include <glib-unix.h>

#include "socket_address.h"

static int open_socket(int family)
{
        int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

        return fd < 0 ? -errno : fd;
}

static int find_port(int fd, uint16_t *ret)
{
        struct sockaddr_storage address;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        socklen_t size = sizeof(address);

        if (getsockname(fd, (struct sockaddr *) &address, &size) < 0)
                return -errno;
        memcpy(&v4, &address, sizeof(v4));
        memcpy(&v6, &address, sizeof(v6));
        *ret = ntohs(address.ss_family == AF_INET6 ? v6.sin6_port : v4.sin_port);
        return 0;
}

/* SO_REUSEADDR: connections of an earlier one that are still being wound up are no obstacle. */
static int bind_tcp(const char *text, int *ret_fd, uint16_t *ret_port)
{
        struct sockaddr_storage address;
        socklen_t size;
        autofd fd = -1;
        int on = 1, r = socket_address_parse_own_tcp(text, &address, &size);

        if (r < 0)
                return r;
        fd = r = open_socket(address.ss_family);
        if (r < 0)
                return r;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
            bind(fd, (const struct sockaddr *) &address, size) < 0)
                return -errno;
        r = find_port(fd, ret_port);
        if (r < 0)
                return r;
        *ret_fd = g_steal_fd(&fd);
        return 0;
}

int listen_tcp(const char *address, ListenSocket *ret)
{
        autofd fd = -1;
        uint16_t port;
        int r = bind_tcp(address, &fd, &port);

        if (r < 0)
                return r;
        if (listen(fd, SOMAXCONN) < 0)
                return -errno;
        *ret = (ListenSocket) {
                .fd = g_steal_fd(&fd),
                .text = g_strdup_printf("%.*s:%u", (int) (strrchr(address, ':') - address), address, port),
        };
        return 0;
}

int listen_reserve(ListenSocket *ret, uint16_t *ret_port)
{
        autofd fd = -1;
        int r = bind_tcp("127.0.0.1:0", &fd, ret_port);

        if (r < 0)
                return r;
        *ret = (ListenSocket) { .fd = g_steal_fd(&fd), .text = g_strdup_printf("127.0.0.1:%u", *ret_port) };
        return 0;
}

/* The file at ADDRESS is in the way. 0: it was left behind, and is gone. Nobody is waited for. */
static int remove_stale(const char *path, const struct sockaddr_un *address)
{
        autofd fd = -1;
        struct stat status;
        int r;

        if (lstat(path, &status) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISSOCK(status.st_mode))
                return -EEXIST;
        fd = r = open_socket(AF_UNIX);
        if (r < 0)
                return r;
        if (g_unix_set_fd_nonblocking(fd, TRUE, NULL) &&
            connect(fd, (const struct sockaddr *) address, sizeof(*address)) < 0 && errno == ECONNREFUSED)
                return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
        return -EADDRINUSE;
}

/* The mode of the file is that of the unbound socket, less the umask, so that there is no moment with another one. */
static int bind_file(int fd, const struct sockaddr_un *address)
{
        mode_t mask = umask(0);
        int r = bind(fd, (const struct sockaddr *) address, sizeof(*address)) < 0 ? -errno : 0;

        (void) umask(mask);
        return r;
}

int listen_unix(const char *path, uid_t uid, gid_t gid, ListenSocket *ret)
{
        autofd directory_fd = -1, fd = -1;
        struct sockaddr_un address;
        struct stat status;
        int r;

        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG; /* it could be bound, but hardly any program could connect to it */
        r = socket_address_set_unix(path, &address, &directory_fd);
        if (r < 0)
                return r;
        fd = r = open_socket(AF_UNIX);
        if (r < 0)
                return r;
        if (fchmod(fd, 0666) < 0)
                return -errno;
        r = bind_file(fd, &address);
        if (r == -EADDRINUSE) {
                r = remove_stale(path, &address);
                if (r == 0)
                        r = bind_file(fd, &address);
        }
        if (r < 0)
                return r;
        r = socket_address_give(path, uid, gid);
        if (r == 0 && (lstat(path, &status) < 0 || listen(fd, SOMAXCONN) < 0))
                r = -errno;
        if (r < 0) {
                (void) unlink(path);
                return r;
        }
        *ret = (ListenSocket) { .fd = g_steal_fd(&fd), .path = g_strdup(path), .text = g_strdup(path),
                                .device = status.st_dev, .inode = status.st_ino };
        return 0;
}

void listen_close(ListenSocket *socket)
{
        struct stat status;

        if (socket->path && lstat(socket->path, &status) == 0 && status.st_dev == socket->device &&
            status.st_ino == socket->inode)
                (void) unlink(socket->path);
        close_descriptor(&socket->fd);
        g_clear_pointer(&socket->path, g_free);
        g_clear_pointer(&socket->text, g_free);
}
