/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "life.h"

#include <errno.h>
#include <unistd.h>

#include "connection.h"
#include "export.h"
#include "notify.h"

static bool is_outside(const reeve_component *component)
{
        return !component->connection.bus;
}

void life_init(reeve_component *component)
{
        component->life.last_hook = -1;
        component->life.is_due = is_outside(component);
        atomic_init(&component->life.is_stop_asked, false);
}

bool life_has_start_hook(const reeve_component *component)
{
        return component->ops.on_post_construct || component->ops.on_startup;
}

bool life_is_due(const reeve_component *component)
{
        const Life *life = &component->life;

        return life->is_due || (atomic_load(&life->is_stop_asked) && !life->is_stop_heard);
}

/* What comes after the last hook, all of which are answered. HOOK_N_: nothing before reeve_stop(). */
static HookKind next_hook(const Life *life)
{
        if (life->last_hook < 0)
                return HOOK_POST_CONSTRUCT;
        if (life->last_hook == HOOK_SHUTDOWN)
                return HOOK_PRE_DESTROY;
        if (life->is_up)
                return life->is_stop_heard ? HOOK_SHUTDOWN : HOOK_N_;
        if (life->is_stop_heard || life->error < 0)
                return HOOK_PRE_DESTROY;
        return HOOK_STARTUP;
}

static void end(Life *life)
{
        life->is_over = true;
        life->is_due = false;
}

static void hear_stop(reeve_component *component)
{
        Life *life = &component->life;

        life->is_stop_heard = true;
        if (!is_outside(component) || life->last_hook < 0)
                end(life);
        else if (!life->is_over) {
                (void) notify_send("STOPPING=1");
                /* One that is not answered yet comes to its end first. */
                if (life->is_up)
                        life->is_due = true;
        }
}

HookKind life_next(reeve_component *component)
{
        Life *life = &component->life;
        HookKind hook;

        if (atomic_load(&life->is_stop_asked) && !life->is_stop_heard)
                hear_stop(component);
        hook = life->is_due ? next_hook(life) : HOOK_N_;
        life->is_due = hook != HOOK_N_;
        return hook;
}

void life_on_called(reeve_component *component, HookKind hook)
{
        component->life.last_hook = hook;
        component->life.is_due = false;
}

static void on_started(reeve_component *component)
{
        component->life.is_up = true;
        if (life_has_start_hook(component) && !component->life.is_stop_heard)
                (void) notify_send("READY=1");
        component->life.is_due = true;
}

void life_on_answered(reeve_component *component, HookKind hook, int error)
{
        Life *life = &component->life;

        if (hook == HOOK_PRE_DESTROY)
                end(life);
        if (!is_outside(component) || life->is_over || hook >= HOOK_BIND)
                return;
        if (hook <= HOOK_STARTUP && error < 0)
                life->error = error;
        if (hook == HOOK_POST_CONSTRUCT && error < 0)
                end(life);
        else if (hook == HOOK_STARTUP && error == 0)
                on_started(component);
        else
                life->is_due = true;
}

void life_on_lost(reeve_component *component, int error)
{
        if (!component->life.is_over)
                component->life.error = error;
        end(&component->life);
}

REEVE_EXPORT void reeve_stop(reeve_component *component)
{
        int saved = errno;
        uint64_t one = 1;
        ssize_t n;

        atomic_store(&component->life.is_stop_asked, true);
        /* Full is awake too. */
        n = write(component->connection.wake_fd, &one, sizeof(one));
        (void) n;
        errno = saved;
}

REEVE_EXPORT bool reeve_is_finished(const reeve_component *component, int *ret_error)
{
        if (!component->life.is_over || component->queue.n > 0 || !connection_is_flushed(component))
                return false;
        if (ret_error)
                *ret_error = component->life.error;
        return true;
}
