/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Not a component: a customer. Makes one HTTP request at 127.0.0.1:PORT, prints the answer's body; exits 0 for status
 * 200. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        char bytes[4096];
        const char *body, *port;
        size_t n = 0;
        ssize_t k;
        int fd;

        port = argc == 4 ? strrchr(argv[1], ':') : NULL;
        if (!port) {
                fprintf(stderr, "usage: shop-request 127.0.0.1:PORT METHOD PATH\n");
                return 2;
        }
        address.sin_port = htons((uint16_t) strtoul(port + 1, NULL, 10));
        fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (const struct sockaddr *) &address, sizeof(address)) < 0) {
                fprintf(stderr, "nobody answers at %s: %s\n", argv[1], strerror(errno));
                return EXIT_FAILURE;
        }
        if (dprintf(fd, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[2], argv[3]) < 0)
                return EXIT_FAILURE;
        while (n < sizeof(bytes) - 1 && (k = recv(fd, bytes + n, sizeof(bytes) - 1 - n, 0)) > 0)
                n += (size_t) k;
        (void) close(fd);
        bytes[n] = '\0';
        body = strstr(bytes, "\r\n\r\n");
        fputs(body ? body + 4 : bytes, stdout);
        return strncmp(bytes, "HTTP/1.1 200 ", 13) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
