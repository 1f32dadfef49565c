/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tcp_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static bool parse_port(const char *text, uint16_t min, uint16_t *ret)
{
        guint64 port;

        if (!g_ascii_isdigit(*text) || !g_ascii_string_to_unsigned(text, 10, min, UINT16_MAX, &port, NULL))
                return false;
        *ret = (uint16_t) port;
        return true;
}

static bool parse_v6(char *text, TcpAddress *address)
{
        char *zone = strchr(text, '%');

        if (zone) {
                *zone++ = '\0';
                if (!*zone || g_strlcpy(address->zone, zone, sizeof(address->zone)) >= sizeof(address->zone))
                        return false;
        }
        address->is_v6 = true;
        return inet_pton(AF_INET6, text, address->bytes) == 1;
}

static int parse(const char *text, uint16_t min_port, TcpAddress *ret)
{
        const char *colon = strrchr(text, ':');
        TcpAddress address = { 0 };
        g_autofree char *host = NULL;
        bool is_valid;

        if (!colon || colon == text || !parse_port(colon + 1, min_port, &address.port))
                return -EINVAL;
        if (text[0] == '[' && colon[-1] == ']') {
                host = g_strndup(text + 1, (gsize) (colon - text) - 2);
                is_valid = parse_v6(host, &address);
        } else {
                host = g_strndup(text, (gsize) (colon - text));
                is_valid = inet_pton(AF_INET, host, address.bytes) == 1;
        }
        if (!is_valid)
                return -EINVAL;

        *ret = address;
        return 0;
}

int tcp_address_parse(const char *text, TcpAddress *ret)
{
        return parse(text, 1, ret);
}

int tcp_address_parse_own(const char *text, TcpAddress *ret)
{
        return parse(text, 0, ret);
}
