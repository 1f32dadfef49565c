/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "socket_address.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "account.h"
#include "base/tcp_address.h"

int socket_address_set_unix(const char *path, struct sockaddr_un *ret, int *ret_fd)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        g_autofree char *directory = NULL;
        const char *slash = strrchr(path, '/');
        autofd fd = -1;

        if (path[0] != '/' || !slash[1])
                return -EINVAL;
        if (strlen(path) < sizeof(address.sun_path))
                memcpy(address.sun_path, path, strlen(path) + 1);
        else {
                directory = g_strndup(path, (gsize) (slash - path));
                fd = open(*directory ? directory : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (fd < 0)
                        return -errno;
                if ((size_t) snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d%s", fd, slash) >=
                    sizeof(address.sun_path))
                        return -ENAMETOOLONG;
        }

        *ret = address;
        *ret_fd = g_steal_fd(&fd);
        return 0;
}

static int set_tcp(const TcpAddress *address, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        struct sockaddr_in v4 = { .sin_family = AF_INET };
        struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

        if (address->zone[0]) {
                v6.sin6_scope_id = if_nametoindex(address->zone);
                if (v6.sin6_scope_id == 0)
                        return -ENODEV;
        }

        *ret = (struct sockaddr_storage) { 0 };
        *ret_size = address->is_v6 ? sizeof(v6) : sizeof(v4);
        memcpy(&v4.sin_addr, address->bytes, sizeof(v4.sin_addr));
        memcpy(&v6.sin6_addr, address->bytes, sizeof(v6.sin6_addr));
        v4.sin_port = v6.sin6_port = htons(address->port);
        if (address->is_v6)
                memcpy(ret, &v6, sizeof(v6));
        else
                memcpy(ret, &v4, sizeof(v4));
        return 0;
}

int socket_address_parse_tcp(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        TcpAddress address;
        int r = tcp_address_parse(text, &address);

        return r < 0 ? r : set_tcp(&address, ret, ret_size);
}

int socket_address_parse_own_tcp(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        TcpAddress address;
        int r = tcp_address_parse_own(text, &address);

        return r < 0 ? r : set_tcp(&address, ret, ret_size);
}

/* The directory may belong to the component: what stands at PATH by now is given away only if it is the socket we
 * bound, and not something that was put in its place. */
int socket_address_give(const char *path, uid_t uid, gid_t gid)
{
        autofd fd = -1;
        struct stat st;

        if (uid == account_uid() && gid == account_gid())
                return 0;
        fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISSOCK(st.st_mode) || st.st_uid != account_uid() || st.st_nlink != 1)
                return -EPERM;
        return fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0 ? -errno : 0;
}
