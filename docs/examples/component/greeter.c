/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A whole component in one file: whoever connects gets a line. Its socket and its greeting are injected; started by
 * hand it takes a port of its own. Ends in order on SIGTERM and Ctrl-C, inside reeve and outside. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <reeve.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener = -1;
static reeve_component *component;

static void on_signal(int number)
{
        (void) number;
        reeve_stop(component);
}

static int listen_somewhere(void)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof(address);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *) &address, size) < 0 || listen(fd, 16) < 0 ||
            getsockname(fd, (struct sockaddr *) &address, &size) < 0)
                return -errno;
        printf("127.0.0.1:%d\n", ntohs(address.sin_port));
        fflush(stdout);
        return fd;
}

static int on_startup(reeve_component *self, reeve_reply *reply, void *userdata)
{
        (void) userdata;
        listener = reeve_listen_fd("greet");
        if (listener == -ENOENT && !reeve_is_connected(self))
                listener = listen_somewhere();
        if (listener < 0)
                return reeve_reply_done(reply, listener, "there is no socket: the module needs Listen=greet=…");
        return reeve_status(self, "greeting");
}

static int on_shutdown(reeve_component *self, reeve_reply *reply, void *userdata)
{
        (void) self, (void) reply, (void) userdata;
        close(listener);
        listener = -1;
        return 0;
}

static void greet(void)
{
        const char *greeting = reeve_value("greeting");
        int fd = accept(listener, NULL, NULL);

        if (fd < 0)
                return;
        dprintf(fd, "%s\n", greeting ? greeting : "hello");
        close(fd);
}

int main(void)
{
        const reeve_ops ops = {.size = sizeof(ops), .on_startup = on_startup, .on_shutdown = on_shutdown};
        struct sigaction action = {.sa_handler = on_signal};
        int error = reeve_component_new(&ops, NULL, &component);

        if (error < 0) {
                fprintf(stderr, "greeter: %s\n", strerror(-error));
                return 1;
        }
        sigaction(SIGTERM, &action, NULL);
        sigaction(SIGINT, &action, NULL);
        while (!reeve_is_finished(component, &error)) {
                struct pollfd fds[] = {{.fd = reeve_get_fd(component), .events = POLLIN},
                                       {.fd = listener, .events = POLLIN}};

                if (poll(fds, 2, reeve_get_timeout_msec(component)) < 0)
                        continue;
                if (fds[1].revents)
                        greet();
                (void) reeve_process(component);
        }
        reeve_component_free(component);
        return error < 0;
}
