/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session_hear.h"

#include "decide.h"
#include "endpoint.h"
#include "factory.h"
#include "hear.h"
#include "hook.h"
#include "session_data.h"
#include "stage.h"

/* The descriptors of a process that ends are closed a moment before its end can be seen; which of the two it was must
 * not be a matter of chance. */
#define GRACE_USEC (250 * 1000)

static void turn(const Session *session)
{
        session->live->engine->turn(session->live->engine);
}

void session_connected(Session *session)
{
        session->is_connected = true;
        stage_go_on(session->live);
        turn(session);
}

void session_answer(Session *session, SessionAnswer answer, const char *text)
{
        Engine *engine = session->live->engine;

        hook_answered(session->live, answer, text);
        engine->turn(engine);
}

/* §64: of one that has a start hook its answer counts, and stage.c asks for both. */
void session_ready(Session *session)
{
        Instance *instance = session->live->instance;

        if (instance->state != STATE_STARTING || instance->is_announced)
                return;
        instance->is_announced = true;
        stage_go_on(session->live);
        turn(session);
}

void session_status(Session *session, const char *text)
{
        hear_status(session->live, text);
}

void session_extend(Session *session, uint64_t usec)
{
        stage_extend(session->live, usec);
        turn(session);
}

int session_publish(Session *session, const char *name, const char *value)
{
        return endpoint_publish(session->live->engine, session->live->instance, name, value);
}

static void fail_while_ready(Live *live, const char *text)
{
        Engine *engine = live->engine;
        Instance *instance = live->instance;
        StateEvent verdict;

        instance->end.result = RESULT_CONNECTION_LOST;
        factory_tell(engine, instance, result_names[RESULT_CONNECTION_LOST], text);
        verdict = decide_exit(engine, instance);
        factory_tell_limit(engine, instance);
        factory_fail(engine, instance, verdict, result_names[RESULT_CONNECTION_LOST]);
}

/* Still alive: it is failed as by a crash, for nobody can speak with it. One that is being stopped is past that. */
static void on_grace(Timer *timer, void *userdata)
{
        Session *session = userdata;
        Live *live = session->live;
        Engine *engine = live->engine;
        g_autofree char *text = g_steal_pointer(&session->loss);

        (void) timer;
        g_clear_pointer(&session->grace, timer_free);
        if (hook_is_call(live)) {
                hook_lost(live, text);
        } else if (live->instance->state == STATE_STARTING) {
                live->instance->end.result = RESULT_CONNECTION_LOST;
                factory_tell(engine, live->instance, result_names[RESULT_CONNECTION_LOST], text);
                factory_fail_start(engine, live->instance);
        } else if (live->instance->state == STATE_READY) {
                fail_while_ready(live, text);
        }
        engine->turn(engine);
}

void session_lost(Session *session, const char *text)
{
        Live *live = session->live;

        session->peer = NULL;
        if (live->is_exited)
                return;
        session->loss = g_strdup(text);
        if (timer_new(live->engine->host.loop, clock_after(GRACE_USEC), on_grace, session, &session->grace) < 0)
                on_grace(NULL, session);
}
