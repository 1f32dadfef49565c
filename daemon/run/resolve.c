/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve.h"

#include <errno.h>

#include "pull.h"
#include "unfound.h"
#include "wait_graph.h"
#include "waiter.h"

static bool is_outside(const ResolveRequest *request)
{
        return request->requester == NODE_NONE;
}

static const char *route_of(const ResolveRequest *request)
{
        return request->route && *request->route ? request->route : NULL;
}

static Found find(const Container *container, const ResolveRequest *request)
{
        const Module *from =
                is_outside(request) ? NULL : plan_definition(container->plan, request->requester)->module;
        Found found = plan_find(container->plan, request->key, route_of(request), from);
        const Ref *ref = NULL;

        /* Who has a reference of its own to it has what that is bound to. */
        if (!is_outside(request))
                ref = wiring_find_bound(plan_definition(container->plan, request->requester)->wiring, request->key,
                                        route_of(request));
        if (ref && ref->spec)
                found = plan_find_ref(container->plan, request->requester, ref);

        /* The hooks of a module are nobody's provider. */
        if (found.outcome == OUTCOME_COMPONENT &&
            plan_definition(container->plan, found.component)->type == TYPE_MODULE)
                found = (Found){.outcome = OUTCOME_MISSING};
        return found;
}

/* §5: before there is anything to ask, and when there is nothing any more. */
static int refuse_closed(const Container *container, DiagList *diags)
{
        if (container->plan && container->state != CONTAINER_STOPPED && container->state != CONTAINER_FAILED)
                return 0;
        diag_error(diags, container->state > CONTAINER_RUNNING ? DIAG_CLOSED : DIAG_BUSY, origin_at(NULL, 0),
                   "the container is %s", container_state_names[container->state]);
        return container->state > CONTAINER_RUNNING ? -ESHUTDOWN : -EBUSY;
}

/* §101: what is there is still given out, nothing is begun. */
static int refuse_to_begin(const Container *container, const ResolveRequest *request, const Definition *definition,
                           DiagList *diags)
{
        if (container->state >= CONTAINER_DRAINING || container->state < CONTAINER_STARTING) {
                bool is_draining = container->state >= CONTAINER_DRAINING;

                diag_error(diags, is_draining ? DIAG_DRAINING : DIAG_BUSY, definition->origin,
                           "'%s' is not ready, and the container is %s: nothing is started", definition->name,
                           container_state_names[container->state]);
                return is_draining ? -ESHUTDOWN : -EBUSY;
        }
        if (request->is_reading) {
                diag_error(diags, DIAG_PERMISSION_DENIED, definition->origin,
                           "'%s' is not ready, and only root and the user of the daemon may have it started",
                           definition->name);
                return -EACCES;
        }
        if (!resolver_is_full(container->resolver))
                return 0;
        diag_error(diags, DIAG_LIMIT, origin_at(NULL, 0), "too many wait for components already; try again");
        return -ENOBUFS;
}

/* §83 */
static int refuse_circle(Container *container, const ResolveRequest *request, uint32_t node, DiagList *diags)
{
        g_autoptr(GArray) way = NULL;

        if (is_outside(request) || container_instance(container, request->requester)->state != STATE_STARTING)
                return 0;
        way = wait_graph_find(container->resolver, node, request->requester);
        if (!way)
                return 0;
        wait_graph_report(container->resolver, request->requester, request->key, way, diags);
        return -EDEADLK;
}

/* §97: a stop hook cannot wait for what begins anew only after its own end. */
static int refuse_vain(Container *container, const ResolveRequest *request, const Instance *instance, DiagList *diags)
{
        const Definition *definition, *held_up;
        const Instance *member;
        Diag *diag;

        if (is_outside(request) || container_instance(container, request->requester)->state != STATE_STOPPING)
                return 0;
        member = pull_find_held_up(container, instance, request->requester);
        if (!member)
                return 0;
        definition = plan_definition(container->plan, request->requester);
        held_up = plan_definition(container->plan, member->node);
        diag = diag_error(diags, DIAG_RUNTIME_CYCLE, definition->origin,
                          "'%s' resolves '%s' while it stops, and that waits for '%s', which is to stop after '%s'",
                          definition->name, request->key, held_up->name, definition->name);
        diag_set_component(diag, definition->name, definition->module->name);
        diag_set_key(diag, request->key, NULL);
        diag_set_hint(diag, "resolve it before '%s' is stopped", definition->name);
        return -EDEADLK;
}

/* As it was asked. */
static char *key_asked(const ResolveRequest *request)
{
        const char *route = route_of(request);

        return route ? g_strdup_printf("%s:%s", request->key, route) : g_strdup(request->key);
}

static int answer_component(Container *container, const ResolveRequest *request, const Instance *instance,
                            Resolution *ret)
{
        g_autofree char *key = key_asked(request);

        if (!is_outside(request))
                hold_add(&container->resolver->holds, request->requester, instance->node, key);
        *ret = (Resolution){.kind = RESOLVED_COMPONENT, .node = instance->node};
        return 1;
}

/* What may be known as soon as the wheel has turned: nobody waits for what is there. */
static int judge_now(Container *container, const ResolveRequest *request, const Instance *instance, Resolution *ret,
                     DiagList *diags)
{
        switch (resolve_judge(instance)) {
        case VERDICT_READY:
                return answer_component(container, request, instance, ret);
        case VERDICT_FAILED:
                resolve_explain(container, instance->node, diags);
                return -EIO;
        case VERDICT_WAIT:
                break;
        }
        return 0;
}

static int pull_and_wait(Container *container, const ResolveRequest *request, Instance *instance, Resolution *ret,
                         Waiter **ret_waiter, DiagList *diags)
{
        Engine *engine = container_engine(container);
        uint32_t n_transitions = instance->n_transitions;
        int r = pull_for(container, instance, "resolve", diags);

        if (r < 0)
                return r;
        engine->turn(engine);
        /* What failed meanwhile may have ended it all. */
        r = refuse_to_begin(container, request, engine_definition(engine, instance), diags);
        if (r < 0)
                return r;
        /* In back-off it is waited for the attempt that comes. From within a turn, nothing has happened yet. */
        if (instance->n_transitions != n_transitions ||
            (!container->settle.is_turning && instance->state != STATE_BACKOFF))
                r = judge_now(container, request, instance, ret, diags);
        if (r != 0)
                return r;
        return waiter_new(container->resolver, request, instance->node, key_asked(request), ret_waiter);
}

/* §81: it is there until those have gone that depend on it; a new one comes only after that, so that who goes with it
 * would wait for that one in vain. */
static bool is_there_for(const Container *container, const ResolveRequest *request, const Instance *instance)
{
        const Instance *requester;

        if (resolve_judge(instance) == VERDICT_READY)
                return true;
        if (is_outside(request) || instance->state != STATE_READY)
                return false;
        requester = container_instance(container, request->requester);
        return requester->state == STATE_STOPPING || requester->is_stop_wanted;
}

static int resolve_component(Container *container, const ResolveRequest *request, uint32_t node, Resolution *ret,
                             Waiter **ret_waiter, DiagList *diags)
{
        Instance *instance = &container_engine(container)->instances[node];
        int r;

        if (is_there_for(container, request, instance)) {
                instance->counters.resolve_hits++;
                return answer_component(container, request, instance, ret);
        }
        if (!request->is_reading)
                instance->counters.resolve_misses++;
        r = refuse_to_begin(container, request, plan_definition(container->plan, node), diags);
        if (r == 0)
                r = refuse_circle(container, request, node, diags);
        if (r == 0)
                r = refuse_vain(container, request, instance, diags);
        return r < 0 ? r : pull_and_wait(container, request, instance, ret, ret_waiter, diags);
}

/* §27: a secret is for those who declare it. */
static int refuse_secret(Container *container, const ResolveRequest *request, const Value *value, DiagList *diags)
{
        Diag *diag;

        if (!value->is_secret ||
            (!is_outside(request) && hold_is_declared(container->plan, request->requester, request->key, NODE_NONE)))
                return 0;
        diag = diag_error(diags, DIAG_PERMISSION_DENIED, value->origin,
                          "'%s' is secret, and given only to components that declare it", value->name);
        diag_set_key(diag, request->key, NULL);
        return -EACCES;
}

static int resolve_provider(Container *container, const ResolveRequest *request, const Provider *provider,
                            Resolution *ret, DiagList *diags)
{
        const Value *value;
        uint32_t n;
        int r;

        *ret = (Resolution){.kind = RESOLVED_CONTAINER};
        if (provider->kind == PROVIDER_CONTAINER)
                return 1;
        value = registry_values(container->plan->registry, &n)[provider->index];
        r = refuse_secret(container, request, value, diags);
        *ret = (Resolution){.kind = RESOLVED_VALUE, .value = value};
        return r < 0 ? r : 1;
}

/* C-05: nothing but what is not known, or not there on purpose, is no error. */
static bool is_nothing(Outcome outcome)
{
        return outcome == OUTCOME_MISSING || outcome == OUTCOME_NOT_FOUND || outcome == OUTCOME_SKIPPED;
}

/* §118: only singletons are the container's own. */
static int refuse_scoped(const Definition *definition, DiagList *diags)
{
        Diag *diag;

        if (definition->scope == SCOPE_SINGLETON)
                return 0;
        diag = diag_error(diags, DIAG_SCOPE_REQUIRED, definition->origin, "'%s' lives in a scope (Scope=%s)",
                          definition->name,
                          definition->scope == SCOPE_KIND ? definition->scope_kind : scope_names[definition->scope]);
        diag_set_component(diag, definition->name, definition->module->name);
        diag_set_hint(diag, "scopes are not available yet");
        return -EBADMSG;
}

/* §148, C-53: it works, and is counted; each key is told once. */
static void note_undeclared(Container *container, const ResolveRequest *request, Found found)
{
        Engine *engine = container_engine(container);
        Instance *requester = &engine->instances[request->requester];
        const Definition *definition = engine_definition(engine, requester);
        g_autofree char *text = NULL;
        bool is_news = false;

        if (found.provider && found.provider->kind == PROVIDER_CONTAINER)
                return;
        if (!hold_is_undeclared(&container->resolver->holds, container->plan, request->requester, request->key,
                                found.outcome == OUTCOME_COMPONENT ? found.component : NODE_NONE, &is_news))
                return;
        requester->counters.undeclared_resolves++;
        if (!is_news)
                return;
        text = g_strdup_printf("resolves '%s' and does not declare it: Resolves=%s is missing (%s:%u)", request->key,
                               request->key, definition->origin.file ? definition->origin.file : "?",
                               definition->origin.line);
        engine_tell(engine, requester, RUN_WARNING, requester->state, "undeclared-resolve", text);
}

void container_on_invalidated(Container *container, InvalidationHandler handler, void *userdata)
{
        container->resolver->holds.handler = handler;
        container->resolver->holds.userdata = userdata;
}

void resolve_release(Container *container, uint32_t requester, const char *key, const char *route)
{
        g_autofree char *asked = key_asked(&(ResolveRequest){.key = key, .route = route});

        hold_remove(&container->resolver->holds, requester, asked);
}

int container_resolve(Container *container, const ResolveRequest *request, Resolution *ret, Waiter **ret_waiter,
                      DiagList *diags)
{
        Found found;
        int r = refuse_closed(container, diags);

        if (r < 0)
                return r;
        found = find(container, request);
        if (!is_outside(request) && (found.outcome == OUTCOME_COMPONENT || found.outcome == OUTCOME_NO_NODE))
                note_undeclared(container, request, found);
        if (found.outcome == OUTCOME_NO_NODE)
                return resolve_provider(container, request, found.provider, ret, diags);
        if (found.outcome != OUTCOME_COMPONENT) {
                if (!request->is_try || !is_nothing(found.outcome))
                        return unfound_report(container->plan, request->key, route_of(request), found, diags);
                *ret = (Resolution){.kind = RESOLVED_NOTHING};
                return 1;
        }
        r = refuse_scoped(plan_definition(container->plan, found.component), diags);
        return r < 0 ? r : resolve_component(container, request, found.component, ret, ret_waiter, diags);
}
