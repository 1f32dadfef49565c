/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "probe.h"

#include <stdbool.h>
#include <string.h>

#include <systemd/sd-event.h>

#include "socket_address.h"

struct Probe {
        int fd;
        int error; /* of connect(2) itself, to be told from the loop */
        sd_event_source *source;
        Timer *timer;
        ProbeHandler handler;
        void *userdata;
};

static void probe_tell(Probe *probe, int error)
{
        probe->source = sd_event_source_disable_unref(probe->source);
        g_clear_pointer(&probe->timer, timer_free);
        close_descriptor(&probe->fd);
        probe->handler(probe, error, probe->userdata);
}

/* TCP knows the simultaneous open: a connection to a local port that nobody listens on may, by chance, be given that
 * very port as its own and then connect to itself. */
static bool is_own_peer(int fd)
{
        struct sockaddr_storage own = { 0 }, peer = { 0 };
        socklen_t n_own = sizeof(own), n_peer = sizeof(peer);

        return getsockname(fd, (struct sockaddr *) &own, &n_own) == 0 && own.ss_family != AF_UNIX &&
               getpeername(fd, (struct sockaddr *) &peer, &n_peer) == 0 && n_own == n_peer &&
               memcmp(&own, &peer, n_own) == 0;
}

static int on_connected(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Probe *probe = userdata;
        int error = 0;
        socklen_t size = sizeof(error);

        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
                error = errno;
        if (error == 0 && is_own_peer(fd))
                error = ECONNREFUSED;
        probe_tell(probe, error);
        return 0;
}

static void on_timer(Timer *timer, void *userdata)
{
        Probe *probe = userdata;

        probe_tell(probe, probe->error != 0 ? probe->error : ETIMEDOUT);
}

static int connect_to(Probe *probe, const struct sockaddr *address, socklen_t size)
{
        probe->fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (probe->fd < 0)
                return -errno;
        if (connect(probe->fd, address, size) < 0 && errno != EINPROGRESS)
                probe->error = errno;
        return 0;
}

static int probe_connect(Probe *probe, const char *address)
{
        struct sockaddr_storage storage;
        struct sockaddr_un local;
        autofd directory_fd = -1;
        socklen_t size;
        int r;

        if (g_str_has_prefix(address, "unix:")) {
                r = socket_address_set_unix(address + strlen("unix:"), &local, &directory_fd);
                if (r == -ENOENT) {
                        probe->error = ENOENT;
                        return 0;
                }
                return r < 0 ? r : connect_to(probe, (struct sockaddr *) &local, sizeof(local));
        }
        if (!g_str_has_prefix(address, "tcp:"))
                return -EINVAL;
        r = socket_address_parse_tcp(address + strlen("tcp:"), &storage, &size);
        if (r == -ENODEV) {
                probe->error = ENODEV;
                return 0;
        }
        return r < 0 ? r : connect_to(probe, (struct sockaddr *) &storage, size);
}

int probe_new(Loop *loop, const char *address, uint64_t timeout_usec, ProbeHandler handler, void *userdata, Probe **ret)
{
        g_autoptr(Probe) probe = g_new0(Probe, 1);
        uint64_t now = clock_monotonic(), end = timeout_usec > UINT64_MAX - now ? UINT64_MAX : now + timeout_usec;
        int r;

        probe->fd = -1;
        probe->handler = handler;
        probe->userdata = userdata;
        r = probe_connect(probe, address);
        if (r >= 0)
                r = timer_new(loop, probe->error != 0 ? 0 : end, on_timer, probe, &probe->timer);
        if (r >= 0 && probe->error == 0)
                r = sd_event_add_io(loop_event(loop), &probe->source, probe->fd, EPOLLOUT, on_connected, probe);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&probe);
        return 0;
}

void probe_free(Probe *probe)
{
        if (!probe)
                return;

        sd_event_source_disable_unref(probe->source);
        timer_free(probe->timer);
        close_descriptor(&probe->fd);
        g_free(probe);
}
