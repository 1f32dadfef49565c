/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "include/reeve.h"

#define PREFIX "REEVE_REF_"
#define NAME_MAX_BYTES 2048
#define CREDENTIAL_MAX (1024 * 1024)

/* Upper case, and every other character is "_". NULL: no room. */
static char *append_upper(char *place, const char *end, const char *text)
{
        for (; *text; text++) {
                char c = *text;

                if (place + 1 >= end)
                        return NULL;
                if (c >= 'a' && c <= 'z')
                        c = (char) (c - 'a' + 'A');
                else if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9'))
                        c = '_';
                *place++ = c;
        }
        return place;
}

REEVE_EXPORT const char *reeve_reference(const char *key, const char *endpoint)
{
        char name[NAME_MAX_BYTES] = PREFIX;
        const char *end = name + sizeof(name);
        char *place = append_upper(name + strlen(PREFIX), end, key);

        if (place)
                place = append_upper(place, end, "_");
        if (place)
                place = append_upper(place, end, endpoint);
        if (!place)
                return NULL;
        *place = '\0';
        return getenv(name);
}

REEVE_EXPORT const char *reeve_value(const char *key)
{
        return reeve_reference(key, "value");
}

static bool is_file_name(const char *name)
{
        return name[0] != '\0' && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

REEVE_EXPORT int reeve_credential_path(const char *name, char *buffer, size_t size)
{
        const char *directory = getenv("CREDENTIALS_DIRECTORY");
        int n;

        if (!is_file_name(name))
                return -EINVAL;
        if (!directory || directory[0] != '/')
                return -ENOENT;
        n = snprintf(buffer, size, "%s/%s", directory, name);
        if (n < 0 || (size_t) n >= size)
                return -ENAMETOOLONG;
        return access(buffer, F_OK) < 0 ? -errno : 0;
}

static int read_all(int fd, char *buffer, size_t size)
{
        size_t n = 0;

        while (n < size) {
                ssize_t got = read(fd, buffer + n, size - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return -errno;
                if (got == 0)
                        break;
                n += (size_t) got;
        }
        buffer[n] = '\0';
        return (int) n;
}

static int read_file(int fd, char **ret, size_t *ret_size)
{
        struct stat status;
        char *buffer;
        int n;

        if (fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                return -EINVAL;
        if (status.st_size > CREDENTIAL_MAX)
                return -E2BIG;
        buffer = malloc((size_t) status.st_size + 1);
        if (!buffer)
                return -ENOMEM;
        n = read_all(fd, buffer, (size_t) status.st_size);
        if (n < 0) {
                explicit_bzero(buffer, (size_t) status.st_size + 1);
                free(buffer);
                return n;
        }
        *ret = buffer;
        if (ret_size)
                *ret_size = (size_t) n;
        return 0;
}

REEVE_EXPORT int reeve_credential(const char *name, char **ret, size_t *ret_size)
{
        char path[PATH_MAX];
        int r = reeve_credential_path(name, path, sizeof(path));
        int fd;

        if (r < 0)
                return r;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return -errno;
        r = read_file(fd, ret, ret_size);
        (void) close(fd);
        return r;
}
