/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/listen.h"

#include <fcntl.h>
#include <string.h>

#include "fake/fake_state.h"

/* Ports are handed out from here on. */
#define FIRST_PORT 40000

static int open_fake(const char *address, const char *path, char *text, ListenSocket *ret)
{
        int r = fake_failure("listen");

        if (r < 0) {
                g_free(text);
                return r;
        }
        fake_log("listen %s", address);
        *ret = (ListenSocket) { .fd = open("/dev/null", O_RDONLY | O_CLOEXEC), .path = g_strdup(path), .text = text };
        return 0;
}

int listen_tcp(const char *address, ListenSocket *ret)
{
        size_t n_host = (size_t) (strrchr(address, ':') - address);
        char *text = g_str_has_suffix(address, ":0")
                             ? g_strdup_printf("%.*s:%u", (int) n_host, address, FIRST_PORT + fake_os.n_ports++)
                             : g_strdup(address);

        return open_fake(address, NULL, text, ret);
}

int listen_unix(const char *path, uid_t uid, gid_t gid, ListenSocket *ret)
{
        return open_fake(path, path, g_strdup(path), ret);
}

int listen_reserve(ListenSocket *ret, uint16_t *ret_port)
{
        *ret_port = (uint16_t) (FIRST_PORT + fake_os.n_ports++);
        return open_fake("reserve", NULL, g_strdup_printf("127.0.0.1:%u", *ret_port), ret);
}

void listen_close(ListenSocket *socket)
{
        if (socket->text)
                fake_log("close %s", socket->text);
        fake_os_serve(socket->fd);
        close_descriptor(&socket->fd);
        g_clear_pointer(&socket->path, g_free);
        g_clear_pointer(&socket->text, g_free);
}
