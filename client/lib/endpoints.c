/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

typedef struct Endpoint {
        const char *name, *value;
} Endpoint;

struct reeve_endpoints {
        size_t n;
        Endpoint items[]; /* the texts stand behind them */
};

const reeve_endpoints endpoints_none = {0};

static int measure(sd_bus_message *message, size_t *ret_n, size_t *ret_bytes)
{
        const char *name, *value;
        size_t n = 0, bytes = 0;
        int r;

        while ((r = sd_bus_message_read(message, "{ss}", &name, &value)) > 0) {
                if (++n > ENDPOINTS_MAX)
                        return -EBADMSG;
                bytes += strlen(name) + strlen(value) + 2;
        }
        *ret_n = n;
        *ret_bytes = bytes;
        return r;
}

static const char *copy(char **place, const char *text)
{
        size_t size = strlen(text) + 1;
        char *begin = memcpy(*place, text, size);

        *place += size;
        return begin;
}

int endpoints_read(sd_bus_message *message, reeve_endpoints **ret)
{
        size_t n = 0, bytes = 0, i = 0;
        const char *name, *value;
        reeve_endpoints *endpoints;
        char *place;
        int r = sd_bus_message_enter_container(message, 'a', "{ss}");

        if (r >= 0)
                r = measure(message, &n, &bytes);
        if (r >= 0)
                r = sd_bus_message_rewind(message, 0);
        if (r < 0)
                return r == -ENOMEM ? r : -EBADMSG;

        endpoints = malloc(sizeof(reeve_endpoints) + n * sizeof(Endpoint) + bytes);
        if (!endpoints)
                return -ENOMEM;
        place = (char *) &endpoints->items[n];
        while (i < n && (r = sd_bus_message_read(message, "{ss}", &name, &value)) > 0)
                endpoints->items[i++] = (Endpoint){copy(&place, name), copy(&place, value)};
        endpoints->n = i;
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r < 0) {
                free(endpoints);
                return r == -ENOMEM ? r : -EBADMSG;
        }
        *ret = endpoints;
        return 0;
}

REEVE_EXPORT const char *reeve_endpoints_get(const reeve_endpoints *endpoints, const char *name)
{
        for (size_t i = 0; i < endpoints->n; i++)
                if (strcmp(endpoints->items[i].name, name) == 0)
                        return endpoints->items[i].value;
        return NULL;
}

REEVE_EXPORT int reeve_endpoints_at(const reeve_endpoints *endpoints, size_t i, const char **ret_name,
                                    const char **ret_value)
{
        if (i >= endpoints->n)
                return -ENOENT;
        *ret_name = endpoints->items[i].name;
        *ret_value = endpoints->items[i].value;
        return 0;
}
