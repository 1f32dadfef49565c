/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "notify.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "account.h"
#include "discard.h"
#include "ready.h"
#include "socket_address.h"

/* So that one that floods costs the others nothing: the rest waits for the next turn, behind everything of a higher
 * priority (P19). */
#define DATAGRAMS_A_TURN 32
#define DATAGRAMS_A_CALL 4
#define SOCKETS_A_TURN 16
/* And so that it does not cost the processor either: whoever has said so much is not heard until the window is over. */
#define WINDOW_USEC (100 * 1000)
#define DATAGRAMS_A_WINDOW 64
/* So many descriptors count like one datagram more: the kernel takes 3 µs for each to come and to go. */
#define FDS_A_DATAGRAM 8
#define DATAGRAM_MAX (2 * NOTIFY_STATUS_MAX)
#define PASSED_FDS_MAX 253 /* SCM_MAX_FD of the kernel */

struct NotifySocket {
        char *path;
        int fd;
        unsigned n_in_window;
        Loop *loop;    /* borrowed */
        ReadySet *set; /* borrowed: of all such sockets */
        NotifyHandler handler;
        void *userdata;
        Timer *window; /* armed while it is not heard; NULL before that */
        uint64_t window_usec; /* when it began */
        bool is_listening, is_resting, is_dispatching, is_freed;
        bool is_left; /* nobody waits until it is freed */
};

static size_t close_passed(const struct cmsghdr *header)
{
        size_t n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        for (size_t i = 0; i < n; i++) {
                int fd;

                memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
                (void) close(fd);
        }
        return n;
}

/* The pid, or 0. */
static pid_t find_sender(struct msghdr *message)
{
        for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header))
                if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS &&
                    header->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
                        struct ucred credentials;

                        memcpy(&credentials, CMSG_DATA(header), sizeof(credentials));
                        return credentials.pid;
                }
        return 0;
}

/* Nothing that is passed is wanted; to close it is all that BARRIER=1 asks for. Returns how many there were. */
static size_t close_all_passed(struct msghdr *message)
{
        size_t n = 0;

        for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header))
                if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
                        n += close_passed(header);
        return n;
}

typedef struct Datagram {
        char bytes[DATAGRAM_MAX];
        union {
                struct cmsghdr align;
                char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(PASSED_FDS_MAX * sizeof(int))];
        } control;
        struct iovec buffer;
        pid_t sender;
} Datagram;

static void notify_tell(NotifySocket *socket, const struct mmsghdr *header, const Datagram *datagram)
{
        g_auto(NotifyMessage) message = { 0 };

        if (header->msg_hdr.msg_flags & MSG_TRUNC)
                message.n_malformed = 1;
        else
                notify_parse(datagram->bytes, header->msg_len, &message);
        socket->handler(socket, datagram->sender, &message, socket->userdata);
}

/* As many as one call gives, and what they count for; false: there are no more. */
static bool notify_receive(NotifySocket *socket, size_t *cost)
{
        Datagram datagrams[DATAGRAMS_A_CALL];
        struct mmsghdr headers[DATAGRAMS_A_CALL] = { 0 };
        size_t n_fds = 0;
        int n;

        for (int i = 0; i < DATAGRAMS_A_CALL; i++) {
                datagrams[i].buffer = (struct iovec) { .iov_base = datagrams[i].bytes, .iov_len = DATAGRAM_MAX };
                headers[i].msg_hdr = (struct msghdr) {
                        .msg_iov = &datagrams[i].buffer, .msg_iovlen = 1,
                        .msg_control = &datagrams[i].control, .msg_controllen = sizeof(datagrams[i].control),
                };
        }
        n = recvmmsg(socket->fd, headers, DATAGRAMS_A_CALL, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL);
        if (n < 0) {
                *cost += 1;
                return errno == EINTR;
        }
        for (int i = 0; i < n && !socket->is_freed; i++) {
                datagrams[i].sender = find_sender(&headers[i].msg_hdr);
                notify_tell(socket, &headers[i], &datagrams[i]);
        }
        /* After what was said has been judged: who waits for a barrier is still there to be known by then. */
        for (int i = 0; i < n; i++)
                n_fds += close_all_passed(&headers[i].msg_hdr);
        *cost += (size_t) n + n_fds / FDS_A_DATAGRAM;
        return n == DATAGRAMS_A_CALL;
}

static void notify_destroy(NotifySocket *socket)
{
        if (socket->set)
                ready_set_forget(socket->set, socket->fd);
        timer_free(socket->window);
        if (socket->is_left) {
                if (socket->path)
                        discard_name(socket->loop, AT_FDCWD, socket->path, 0);
                discard_descriptor(socket->loop, NULL, &socket->fd);
                g_clear_pointer(&socket->path, g_free);
        }
        close_descriptor(&socket->fd);
        if (socket->path)
                (void) unlink(socket->path);
        g_free(socket->path);
        g_free(socket);
}

/* false: SOCKET is no more. */
static bool notify_take_turn(NotifySocket *socket, size_t *cost)
{
        socket->is_dispatching = true;
        while (*cost < DATAGRAMS_A_TURN && !socket->is_freed && notify_receive(socket, cost))
                continue;
        socket->is_dispatching = false;
        if (!socket->is_freed)
                return true;
        notify_destroy(socket);
        return false;
}

void notify_drain(NotifySocket *socket)
{
        bool is_heard = socket->is_listening && !socket->is_resting;
        size_t cost = 0;

        if (socket->is_dispatching || (is_heard && ready_set_is_quiet(socket->set, socket->fd)))
                return;
        (void) !notify_take_turn(socket, &cost);
}

/* In the set is who is listened to and does not rest. */
static int notify_follow(NotifySocket *socket, bool is_listening, bool is_resting)
{
        bool was_heard = socket->is_listening && !socket->is_resting, is_heard = is_listening && !is_resting;
        int r = 0;

        if (is_heard && !was_heard)
                r = ready_set_add(socket->set, socket->fd, socket);
        else if (was_heard && !is_heard)
                ready_set_remove(socket->set, socket->fd);
        if (r < 0)
                return r;
        socket->is_listening = is_listening;
        socket->is_resting = is_resting;
        return 0;
}

static void on_window_over(Timer *timer, void *userdata)
{
        NotifySocket *socket = userdata;

        if (notify_follow(socket, socket->is_listening, false) < 0)
                (void) timer_set(socket->window, clock_after(WINDOW_USEC));
}

/* Without memory for a timer it is heard on. */
static void notify_rest(NotifySocket *socket)
{
        uint64_t end = socket->window_usec + WINDOW_USEC;
        int r = socket->window ? timer_set(socket->window, end)
                               : timer_new(socket->loop, end, on_window_over, socket, &socket->window);

        if (r >= 0)
                (void) !notify_follow(socket, socket->is_listening, true);
}

static void on_datagrams(void *item)
{
        NotifySocket *socket = item;
        uint64_t now = clock_monotonic();
        size_t cost = 0;

        if (!notify_take_turn(socket, &cost))
                return;
        if (now - socket->window_usec >= WINDOW_USEC) {
                socket->window_usec = now;
                socket->n_in_window = 0;
        }
        socket->n_in_window += (unsigned) cost;
        if (socket->n_in_window >= DATAGRAMS_A_WINDOW)
                notify_rest(socket);
}

/* Mostly there is none: the folder is new. */
static int bind_anew(int fd, const char *path, const struct sockaddr_un *address)
{
        if (bind(fd, (const struct sockaddr *) address, sizeof(*address)) == 0)
                return 0;
        if (errno != EADDRINUSE || (unlink(path) < 0 && errno != ENOENT))
                return -errno;
        return bind(fd, (const struct sockaddr *) address, sizeof(*address)) < 0 ? -errno : 0;
}

/* The mode of the unbound socket becomes that of the file, so there is no moment with another one. */
static int notify_bind(NotifySocket *socket_, const char *path, uid_t uid, gid_t gid)
{
        autofd directory_fd = -1;
        struct sockaddr_un address;
        int on = 1, r;

        socket_->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (socket_->fd < 0 || fchmod(socket_->fd, 0600) < 0 ||
            setsockopt(socket_->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
                return -errno;
        r = socket_address_set_unix(path, &address, &directory_fd);
        if (r < 0)
                return r;
        r = bind_anew(socket_->fd, path, &address);
        if (r < 0)
                return r;
        socket_->path = g_strdup(path);
        return socket_address_give(path, uid, gid);
}

int notify_new(Loop *loop, const char *path, uid_t uid, gid_t gid, NotifyHandler handler, void *userdata,
               NotifySocket **ret)
{
        g_autoptr(NotifySocket) socket = g_new0(NotifySocket, 1);
        int r;

        socket->fd = -1;
        socket->loop = loop;
        socket->handler = handler;
        socket->userdata = userdata;
        r = ready_set_of(loop, LOOP_PRIORITY_NOTIFY, SOCKETS_A_TURN, on_datagrams, &socket->set);
        if (r >= 0)
                r = notify_bind(socket, path, uid, gid);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&socket);
        return 0;
}

int notify_listen(NotifySocket *socket)
{
        return notify_follow(socket, true, socket->is_resting);
}

void notify_hold(NotifySocket *socket)
{
        (void) !notify_follow(socket, false, socket->is_resting);
}

void notify_free(NotifySocket *socket)
{
        if (!socket)
                return;

        socket->is_freed = true;
        if (!socket->is_dispatching)
                notify_destroy(socket);
}

void notify_leave(NotifySocket *socket)
{
        if (socket)
                socket->is_left = true;
        notify_free(socket);
}
