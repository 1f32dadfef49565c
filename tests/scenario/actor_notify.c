/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "actor.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define N_FDS 253

static socklen_t address_of(const char *path, struct sockaddr_un *ret)
{
        size_t n = strlen(path);

        *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
        if (n >= sizeof(ret->sun_path))
                return 0;
        memcpy(ret->sun_path, path, n);
        if (path[0] == '@')
                ret->sun_path[0] = '\0';
        return (socklen_t) (offsetof(struct sockaddr_un, sun_path) + n);
}

void notify_bytes(const void *data, size_t n, int n_fds)
{
        const char *path = getenv("NOTIFY_SOCKET");
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(N_FDS * sizeof(int))];
        } control = {0};
        struct sockaddr_un address;
        struct iovec part = {(void *) data, n};
        struct msghdr message = {.msg_name = &address, .msg_iov = &part, .msg_iovlen = 1};
        int fd;

        if (!path)
                return;
        message.msg_namelen = address_of(path, &address);
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return;
        if (n_fds > 0) {
                int *fds = (int *) (void *) CMSG_DATA(&control.header);

                control.header = (struct cmsghdr){
                        .cmsg_level = SOL_SOCKET,
                        .cmsg_type = SCM_RIGHTS,
                        .cmsg_len = CMSG_LEN((size_t) n_fds * sizeof(int)),
                };
                for (int i = 0; i < n_fds; i++)
                        fds[i] = fd;
                message.msg_control = &control;
                message.msg_controllen = CMSG_SPACE((size_t) n_fds * sizeof(int));
        }
        (void) !sendmsg(fd, &message, MSG_NOSIGNAL);
        close(fd);
}

void notify_send(const char *text)
{
        notify_bytes(text, strlen(text), 0);
}

void notify_mainpid(const char *who)
{
        char text[64];
        int pid = atoi(who);

        if (strcmp(who, "child") == 0) {
                pid = fork();
                if (pid == 0) {
                        signal(SIGTERM, SIG_DFL);
                        pause();
                        _exit(0);
                }
        }
        snprintf(text, sizeof(text), "MAINPID=%d", pid);
        actor_log("mainpid", text + strlen("MAINPID="));
        notify_send(text);
}

void notify_garbage(void)
{
        static const char *const texts[] = {
                "\n\n\n",
                "=",
                "=\n=\n",
                "READY",
                "READY=",
                "READY=2",
                "READY=1x",
                "ready=1",
                "MAINPID=",
                "MAINPID=-1",
                "MAINPID=0",
                "MAINPID=1",
                "MAINPID=99999999999999999999",
                "WATCHDOG_USEC=1",
                "WATCHDOG=trigger",
                "ERRNO=-1",
                "FDSTORE=1",
                "EXTEND_TIMEOUT_USEC=-1",
                "EXTEND_TIMEOUT_USEC=x",
                "STATUS=\033[2Jgone\rby",
                "STATUS=\377\376\200",
                "BARRIER=1",
                "STOPPING=1x",
                "X_REEVE_PUBLISH=",
                "X_REEVE_PUBLISH=a=b=c",
        };
        static char huge[150000];
        uint32_t noise = 12345;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
                notify_send(texts[i]);
        notify_bytes("", 0, 0);
        notify_bytes("READY=0\0READY=0\n\0", 17, 0);
        for (size_t n = 1; n < sizeof(huge); n = n * 3 + 1) {
                memset(huge, 'A', n);
                notify_bytes(huge, n, 0);
                memset(huge, '\n', n);
                notify_bytes(huge, n, 0);
                for (size_t i = 0; i < n; i++) {
                        noise = noise * 1664525 + 1013904223;
                        huge[i] = (char) (noise >> 24);
                }
                notify_bytes(huge, n, 0);
        }
        for (int i = 0; i < 100; i++)
                notify_bytes("STATUS=fds", 10, N_FDS);
}

void listen_at(const char *address)
{
        struct sockaddr_un name;
        socklen_t n = address_of(address + strlen("unix:"), &name);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        unlink(address + strlen("unix:"));
        if (fd < 0 || bind(fd, (const struct sockaddr *) &name, n) < 0 || listen(fd, 16) < 0)
                _exit(71);
}
