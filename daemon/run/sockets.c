/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sockets.h"

#include "endpoint.h"
#include "os/account.h"
#include "os/listen.h"

/* A port is handed to nobody else in the moment between our closing it and the component's binding it. */
#define PORTS 65536u
/* Of an allocation that meets such ports. */
#define ATTEMPTS 32

struct Sockets {
        ListenSocket *list; /* by declared endpoint, of those that are sockets; fd -1: not open */
        uint16_t *ports;    /* the same, of AllocatePort=; 0: none */
        int *descriptors;   /* of Listen= */
        uint32_t n, n_listen;
};

static bool is_socket(const DeclaredEndpoint *endpoint)
{
        return endpoint->kind != ENDPOINT_TEXT;
}

static uint32_t count(const EndpointSpec *spec)
{
        uint32_t n = 0;

        while (spec && n < spec->n && is_socket(&spec->list[n]))
                n++;
        return n;
}

static Sockets *make(const EndpointSpec *spec)
{
        Sockets *sockets = g_new0(Sockets, 1);

        sockets->n = count(spec);
        sockets->n_listen = spec->n_listen;
        sockets->list = g_new0(ListenSocket, sockets->n);
        sockets->ports = g_new0(uint16_t, sockets->n);
        sockets->descriptors = g_new(int, sockets->n_listen);
        for (uint32_t i = 0; i < sockets->n; i++)
                sockets->list[i].fd = -1;
        return sockets;
}

void sockets_free(Sockets *sockets)
{
        if (!sockets)
                return;
        for (uint32_t i = 0; i < sockets->n; i++)
                listen_close(&sockets->list[i]);
        g_free(sockets->list);
        g_free(sockets->ports);
        g_free(sockets->descriptors);
        g_free(sockets);
}

static int open_file(const Engine *engine, const Definition *definition, const DeclaredEndpoint *endpoint,
                     ListenSocket *ret)
{
        const ProcessSpec *spec = definition->process;
        g_auto(Account) account = {.uid = account_uid(), .gid = account_gid()};
        g_autofree char *directory = NULL, *path = NULL;
        int r = 0;

        if (spec->user || spec->group)
                r = account_find(spec->user, spec->group, &account);
        if (r == 0 && !endpoint->text)
                r = runtime_directory_make(engine->host.directory, definition->name, account.uid, account.gid,
                                           &directory);
        if (r < 0)
                return r;
        path = endpoint->text ? g_strdup(endpoint->text) : g_build_filename(directory, endpoint->name, NULL);
        return listen_unix(path, account.uid, account.gid, ret);
}

static int open_port(Engine *engine, ListenSocket *ret, uint16_t *ret_port)
{
        ListenSocket taken[ATTEMPTS];
        unsigned n = 0;
        int r;

        if (!engine->taken_ports)
                engine->taken_ports = g_new0(uint8_t, PORTS);
        while ((r = listen_reserve(ret, ret_port)) == 0 && engine->taken_ports[*ret_port] && n < ATTEMPTS)
                taken[n++] = *ret;
        while (n > 0)
                listen_close(&taken[--n]);
        if (r < 0)
                return r;
        if (engine->taken_ports[*ret_port]) {
                listen_close(ret);
                *ret_port = 0;
                return -EADDRINUSE;
        }
        engine->taken_ports[*ret_port] = true;
        return 0;
}

static int open_one(Engine *engine, Instance *instance, uint32_t i)
{
        const Definition *definition = engine_definition(engine, instance);
        const DeclaredEndpoint *endpoint = &definition->endpoints->list[i];
        Sockets *sockets = instance->sockets;
        ListenSocket *socket = &sockets->list[i];
        int r;

        if (socket->fd >= 0 || sockets->ports[i] != 0)
                return 0;
        r = endpoint->kind == ENDPOINT_TCP    ? listen_tcp(endpoint->text, socket)
            : endpoint->kind == ENDPOINT_UNIX ? open_file(engine, definition, endpoint, socket)
                                              : open_port(engine, socket, &sockets->ports[i]);
        if (r < 0) {
                *socket = (ListenSocket){.fd = -1};
                return r;
        }
        if (i < sockets->n_listen)
                sockets->descriptors[i] = socket->fd;
        return endpoint_set(engine, instance, ENDPOINT_SOCKET, endpoint->name, socket->text);
}

int sockets_open(Engine *engine, Instance *instance, const DeclaredEndpoint **ret_failed)
{
        const EndpointSpec *spec = engine_definition(engine, instance)->endpoints;
        uint32_t n = count(spec);

        if (n > 0 && !instance->sockets)
                instance->sockets = make(spec);
        for (uint32_t i = 0; i < n; i++) {
                int r = open_one(engine, instance, i);

                if (r < 0) {
                        *ret_failed = &spec->list[i];
                        return r;
                }
        }
        return 0;
}

void sockets_hand_over_ports(Instance *instance)
{
        const Sockets *sockets = instance->sockets;

        for (uint32_t i = sockets ? sockets->n_listen : 0; sockets && i < sockets->n; i++)
                listen_close(&sockets->list[i]);
}

const int *sockets_descriptors(const Instance *instance, uint32_t *ret_n)
{
        *ret_n = instance->sockets ? instance->sockets->n_listen : 0;
        return *ret_n > 0 ? instance->sockets->descriptors : NULL;
}

char *sockets_names(const Definition *definition)
{
        GString *names = g_string_new(NULL);

        for (uint32_t i = 0; definition->endpoints && i < definition->endpoints->n_listen; i++)
                g_string_append_printf(names, "%s%s", i > 0 ? ":" : "", definition->endpoints->list[i].name);
        return g_string_free(names, FALSE);
}

void sockets_close(Engine *engine, Instance *instance)
{
        const Sockets *sockets = instance->sockets;

        for (uint32_t i = 0; sockets && i < sockets->n; i++)
                if (sockets->ports[i] != 0)
                        engine->taken_ports[sockets->ports[i]] = false;
        g_clear_pointer(&instance->sockets, sockets_free);
        endpoint_forget_sockets(instance);
}

/* A lazy component that has ended by itself is started again by who connects, so its sockets stay. */
static bool is_awaited(const Engine *engine, const Instance *instance)
{
        return instance->state == STATE_INACTIVE && !instance->is_stopped_by_user && !engine->is_closing &&
               engine_definition(engine, instance)->start == START_LAZY;
}

void sockets_give_up(Engine *engine, Instance *instance)
{
        if (instance->sockets && !is_awaited(engine, instance))
                sockets_close(engine, instance);
}
