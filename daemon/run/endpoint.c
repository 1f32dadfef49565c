/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint.h"

#include <string.h>

#include "conf/naming.h"

struct Endpoints {
        uint32_t n;
        Endpoint list[]; /* sorted by name; grows with each, for few have more than two */
};

/* Where NAME is, or belongs; true: it is there. */
static bool seek(const Endpoints *endpoints, const char *name, uint32_t *ret_place)
{
        uint32_t low = 0, high = endpoints ? endpoints->n : 0;

        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                int order = strcmp(endpoints->list[middle].name, name);

                if (order == 0) {
                        *ret_place = middle;
                        return true;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_place = low;
        return false;
}

static void insert(Endpoints **endpoints, uint32_t place, const char *name, const char *value, EndpointSource source)
{
        uint32_t n = *endpoints ? (*endpoints)->n : 0;

        *endpoints = g_realloc(*endpoints, sizeof(Endpoints) + (n + 1) * sizeof(Endpoint));
        memmove(&(*endpoints)->list[place + 1], &(*endpoints)->list[place], (n - place) * sizeof(Endpoint));
        (*endpoints)->list[place] = (Endpoint){g_strdup(name), g_strdup(value), source};
        (*endpoints)->n = n + 1;
}

static bool is_text(const char *value)
{
        if (!g_utf8_validate(value, -1, NULL))
                return false;
        for (; *value; value = g_utf8_next_char(value))
                if (g_unichar_iscntrl(g_utf8_get_char(value)))
                        return false;
        return true;
}

int endpoint_set(Engine *engine, Instance *instance, EndpointSource source, const char *name, const char *value)
{
        Endpoint *there = NULL;
        uint32_t place;

        if (!endpoint_name_is_valid(name))
                return -EINVAL;
        if (strnlen(value, ENDPOINT_VALUE_MAX + 1) > ENDPOINT_VALUE_MAX)
                return -ENOSPC;
        if (!is_text(value))
                return -EINVAL;
        if (seek(instance->endpoints, name, &place))
                there = &instance->endpoints->list[place];
        if (there && there->source == ENDPOINT_SOCKET && source != ENDPOINT_SOCKET)
                return -EEXIST;
        if (there && g_str_equal(there->value, value))
                return 0;
        if (there) {
                g_free(there->value);
                there->value = g_strdup(value);
                there->source = source;
        } else if (instance->endpoints && instance->endpoints->n >= ENDPOINTS_MAX) {
                return -ENOSPC;
        } else {
                insert(&instance->endpoints, place, name, value, source);
        }
        if (instance->state == STATE_READY)
                engine_tell(engine, instance, RUN_ENDPOINTS, instance->state, "published", NULL);
        return 0;
}

int endpoint_publish(Engine *engine, Instance *instance, const char *name, const char *value)
{
        return endpoint_set(engine, instance, ENDPOINT_SAID, name, value);
}

const char *endpoint_find_own(const Instance *instance, const char *name)
{
        uint32_t place;

        return seek(instance->endpoints, name, &place) ? instance->endpoints->list[place].value : NULL;
}

const char *endpoint_find(const Instance *instance, const char *name)
{
        return instance->state == STATE_READY ? endpoint_find_own(instance, name) : NULL;
}

const Endpoint *endpoint_list(const Instance *instance, uint32_t *ret_n)
{
        *ret_n = instance->state == STATE_READY && instance->endpoints ? instance->endpoints->n : 0;
        return *ret_n > 0 ? instance->endpoints->list : NULL;
}

static void forget(Instance *instance, bool are_sockets)
{
        Endpoints *endpoints = instance->endpoints;
        uint32_t n = 0;

        for (uint32_t i = 0; endpoints && i < endpoints->n; i++) {
                if ((endpoints->list[i].source == ENDPOINT_SOCKET) != are_sockets) {
                        endpoints->list[n++] = endpoints->list[i];
                        continue;
                }
                g_free(endpoints->list[i].name);
                g_free(endpoints->list[i].value);
        }
        if (endpoints)
                endpoints->n = n;
        if (n == 0)
                g_clear_pointer(&instance->endpoints, g_free);
}

void endpoint_forget_incarnation(Instance *instance)
{
        forget(instance, false);
}

void endpoint_forget_sockets(Instance *instance)
{
        forget(instance, true);
}

void endpoints_free(Endpoints *endpoints)
{
        for (uint32_t i = 0; endpoints && i < endpoints->n; i++) {
                g_free(endpoints->list[i].name);
                g_free(endpoints->list[i].value);
        }
        g_free(endpoints);
}
