/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session_data.h"

#include "engine.h"
#include "os/pair.h"

int session_new(Live *live, Session **ret, int *ret_fd)
{
        const SessionSeam *seam = live->engine->host.sessions;
        Session *session;
        autofd own = -1, other = -1;
        int r;

        if (!seam)
                return -EOPNOTSUPP;
        r = pair_open(&own, &other);
        if (r < 0)
                return r;
        session = g_new0(Session, 1);
        session->live = live;
        session->ops = seam->ops;
        r = seam->ops->open(session, own, seam->userdata, &session->peer);
        own = -1;
        if (r < 0) {
                session_free(session);
                return r;
        }
        *ret = session;
        *ret_fd = other;
        other = -1;
        return 0;
}

void session_free(Session *session)
{
        if (!session)
                return;
        if (session->peer)
                session->ops->close(session->peer);
        timer_free(session->grace);
        g_free(session->loss);
        g_free(session);
}

bool session_is_open(const Session *session)
{
        return session && session->peer;
}

bool session_is_connected(const Session *session)
{
        return session_is_open(session) && session->is_connected;
}

int session_call(Session *session, Hook hook, uint64_t timeout_usec)
{
        return session->ops->call(session->peer, hook, timeout_usec);
}

void session_forget_call(Session *session)
{
        if (session_is_open(session))
                session->ops->forget(session->peer);
}

void session_drain(Session *session)
{
        if (session_is_open(session))
                session->ops->drain(session->peer);
}

uint32_t session_node(const Session *session)
{
        return session->live->instance->node;
}

const char *session_component(const Session *session)
{
        return engine_definition(session->live->engine, session->live->instance)->name;
}

const char *session_container(const Session *session)
{
        return session->live->engine->host.settings->name;
}

uint32_t session_incarnation(const Session *session)
{
        return session->live->instance->incarnation;
}

uint64_t session_generation(const Session *session)
{
        return session->live->engine->plan->generation;
}
