/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define N_CLIENTS 32

typedef struct Client {
        size_t n;
        char bytes[LINE_MAX_BYTES + 1];
} Client;

static void stop_signals(sigset_t *set)
{
        sigemptyset(set);
        sigaddset(set, SIGTERM);
        sigaddset(set, SIGINT);
}

void line_begin(void)
{
        sigset_t set;

        stop_signals(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal(SIGPIPE, SIG_IGN);
        setvbuf(stdout, NULL, _IOLBF, 0);
}

int line_listen(void)
{
        const char *n = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");

        if (n && pid && atoi(n) == 1 && atoi(pid) == (int) getpid())
                return 3; /* sd_listen_fds(3) */
        fprintf(stderr, "no socket was handed over: the module should say Listen=\n");
        return -1;
}

static int send_all(int fd, const char *bytes, size_t n)
{
        while (n > 0) {
                ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL);

                if (k < 0)
                        return -1;
                bytes += k;
                n -= (size_t) k;
        }
        return 0;
}

/* Answers every complete request that CLIENT has sent. -1: hang up. */
static int answer_requests(const LineServer *server, int fd, Client *client)
{
        char answer[4 * LINE_MAX_BYTES];
        size_t n_end = strlen(server->end);
        char *end;

        client->bytes[client->n] = '\0';
        while ((end = strstr(client->bytes, server->end))) {
                size_t n_request = (size_t) (end - client->bytes) + n_end;

                *end = '\0';
                server->handler(client->bytes, answer, sizeof(answer) - 1, server->userdata);
                if (!server->closes)
                        strcat(answer, "\n");
                if (send_all(fd, answer, strlen(answer)) < 0 || server->closes)
                        return -1;
                client->n -= n_request;
                memmove(client->bytes, client->bytes + n_request, client->n + 1);
        }
        return client->n == LINE_MAX_BYTES ? -1 : 0;
}

static int read_client(const LineServer *server, int fd, Client *client)
{
        ssize_t n = recv(fd, client->bytes + client->n, LINE_MAX_BYTES - client->n, 0);

        if (n <= 0)
                return -1;
        client->n += (size_t) n;
        return answer_requests(server, fd, client);
}

static void accept_client(const LineServer *server, struct pollfd *polled, Client *clients)
{
        static const struct timeval patience = {.tv_sec = 1};
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0)
                return;
        (void) setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        for (int i = 0; i < N_CLIENTS; i++)
                if (polled[i].fd < 0) {
                        polled[i].fd = fd;
                        clients[i].n = 0;
                        return;
                }
        (void) close(fd);
}

int line_serve(const LineServer *server)
{
        static Client clients[N_CLIENTS];
        struct pollfd polled[N_CLIENTS + 2];
        sigset_t set;

        stop_signals(&set);
        for (int i = 0; i < N_CLIENTS; i++)
                polled[i] = (struct pollfd){.fd = -1, .events = POLLIN};
        polled[N_CLIENTS] = (struct pollfd){.fd = server->listener, .events = POLLIN};
        polled[N_CLIENTS + 1] = (struct pollfd){.fd = signalfd(-1, &set, SFD_CLOEXEC), .events = POLLIN};

        while (poll(polled, N_CLIENTS + 2, -1) >= 0 || errno == EINTR) {
                if (polled[N_CLIENTS + 1].revents) {
                        printf("stopping\n");
                        return EXIT_SUCCESS;
                }
                for (int i = 0; i < N_CLIENTS; i++)
                        if (polled[i].fd >= 0 && polled[i].revents &&
                            read_client(server, polled[i].fd, &clients[i]) < 0) {
                                (void) close(polled[i].fd);
                                polled[i].fd = -1;
                        }
                if (polled[N_CLIENTS].revents)
                        accept_client(server, polled, clients);
        }
        perror("poll");
        return EXIT_FAILURE;
}

int line_ask(const char *path, const char *request, char *answer, size_t size)
{
        static const struct timeval patience = {.tv_sec = 1};
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        size_t n = 0;
        int r = -1, fd;

        if (strlen(path) >= sizeof(address.sun_path))
                return -1;
        strcpy(address.sun_path, path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return -1;
        (void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        if (connect(fd, (const struct sockaddr *) &address, sizeof(address)) == 0 &&
            send_all(fd, request, strlen(request)) == 0 && send_all(fd, "\n", 1) == 0)
                while (n < size - 1) {
                        ssize_t k = recv(fd, answer + n, size - 1 - n, 0);

                        if (k <= 0)
                                break;
                        n += (size_t) k;
                        if (answer[n - 1] == '\n') {
                                answer[n - 1] = '\0';
                                r = 0;
                                break;
                        }
                }
        (void) close(fd);
        return r;
}

void line_ready(const char *status)
{
        const char *path = getenv("NOTIFY_SOCKET");
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        char message[256];
        size_t n_path = path ? strlen(path) : 0;
        int fd;

        if (n_path == 0 || n_path >= sizeof(address.sun_path))
                return;
        memcpy(address.sun_path, path, n_path);
        if (path[0] == '@')
                address.sun_path[0] = '\0';
        (void) snprintf(message, sizeof(message), "READY=1\nSTATUS=%s\n", status);
        fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
                return;
        (void) sendto(fd, message, strlen(message), MSG_NOSIGNAL, (const struct sockaddr *) &address,
                      (socklen_t) (offsetof(struct sockaddr_un, sun_path) + n_path));
        (void) close(fd);
}
