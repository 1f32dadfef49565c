/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs on one component: start, stop, restart, reset. Each answers at once; the Change says how it ended. */
#include "container.h"

#include "base/names.h"
#include "container_data.h"
#include "neighbours.h"
#include "pull.h"

static int refuse_closed(const Container *container, DiagList *diags)
{
        if (container->state >= CONTAINER_DRAINING) {
                diag_error(diags, DIAG_DRAINING, origin_at(NULL, 0), "the container is %s",
                           container_state_names[container->state]);
                return -ESHUTDOWN;
        }
        if (container->plan && container->state >= CONTAINER_STARTING && change_is_full(container)) {
                diag_error(diags, DIAG_LIMIT, origin_at(NULL, 0),
                           "too many changes are under way; try again when some have ended");
                return -ENOBUFS;
        }
        if (container->plan && container->state >= CONTAINER_STARTING)
                return 0;
        diag_error(diags, DIAG_BUSY, origin_at(NULL, 0), "the container is still %s",
                   container_state_names[container->state]);
        return -EBUSY;
}

static int not_found(const Container *container, const char *name, DiagList *diags)
{
        const Registry *registry = container->plan->registry;
        size_t n;
        const char *const *names = registry_key_names(registry, &n);
        const char *nearest = name_nearest(names, n, name);
        Diag *diag = diag_error(diags, DIAG_NOT_FOUND, origin_at(NULL, 0), "there is no component '%s'", name);

        if (nearest) {
                diag_add_candidate(diag, nearest);
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        }
        return -ENOENT;
}

/* NAME may be an alias. Only singletons can be started by name. */
static int find_instance(Container *container, const char *name, Instance **ret, DiagList *diags)
{
        const Registry *registry = container->plan->registry;
        int64_t node = registry_find_component(registry, name);
        const Alias *const *aliases;
        uint32_t n;

        for (uint32_t hops = 0; node < 0 && hops < 64; hops++) {
                const Key *key = registry_find_key(registry, name);

                if (!key || key->n_providers != 1 || key->providers[0].kind != PROVIDER_ALIAS)
                        break;
                aliases = registry_aliases(registry, &n);
                name = aliases[key->providers[0].index]->target;
                node = registry_find_component(registry, name);
        }
        if (node < 0)
                return not_found(container, name, diags);
        if (plan_definition(container->plan, (uint32_t) node)->scope != SCOPE_SINGLETON) {
                diag_error(diags, DIAG_SCOPE_REQUIRED, plan_definition(container->plan, (uint32_t) node)->origin,
                           "'%s' lives in a scope and is not started by name", name);
                return -EBADMSG;
        }
        *ret = &container_engine(container)->instances[node];
        return 0;
}

/* The opening of every verb: the container takes orders, and NAME is something to give one to. */
static int begin(Container *container, const char *name, Instance **ret, DiagList *diags)
{
        int r = refuse_closed(container, diags);

        return r < 0 ? r : find_instance(container, name, ret, diags);
}

static int refuse_skipped(const Container *container, const Instance *instance, const char *name, DiagList *diags)
{
        if (instance->state != STATE_SKIPPED)
                return 0;
        diag_error(diags, DIAG_CONDITION_NOT_MET, plan_definition(container->plan, instance->node)->origin,
                   "a condition of '%s' is not met", name);
        return -EBADMSG;
}

int container_start_component(Container *container, const char *name, Change **ret, DiagList *diags)
{
        Instance *instance;
        int r = begin(container, name, &instance, diags);

        if (r == 0)
                r = refuse_skipped(container, instance, name, diags);
        if (r < 0)
                return r;
        *ret = change_new(container, CHANGE_START, instance->node);
        pull_explicitly(container, instance, "start");
        container_engine(container)->turn(container_engine(container));
        return 0;
}

static int refuse_in_use(Container *container, const Instance *instance, DiagList *diags)
{
        Engine *engine = container_engine(container);
        const Graph *graph = &container->plan->graph;
        const Definition *definition = plan_definition(container->plan, instance->node);
        g_autoptr(GPtrArray) dependents = g_ptr_array_new();
        g_autofree char *names = NULL;
        Diag *diag;
        uint32_t n;
        const uint32_t *edges = graph_edges(graph, instance->node, UP, &n);

        for (uint32_t i = 0; i < n; i++)
                if (graph->edges[edges[i]].kind == EDGE_REQUIRES && engine->held[edges[i]])
                        g_ptr_array_add(dependents,
                                        (char *) plan_node_name(container->plan, graph->edges[edges[i]].from));
        if (dependents->len == 0)
                return 0;
        n = dependents->len;
        g_ptr_array_add(dependents, NULL);
        names = g_strjoinv(", ", (char **) dependents->pdata);
        diag = diag_error(diags, DIAG_IN_USE, definition->origin, "'%s' is required by what runs: %.400s",
                          definition->name, names);
        for (uint32_t i = 0; i < n; i++)
                diag_add_candidate(diag, dependents->pdata[i]);
        diag_set_hint(diag,
                      "stop these first, or all by \"reevectl stop --cascade\": they wait and start again with it");
        return -EBUSY;
}

int container_stop_component(Container *container, const char *name, bool cascade, Change **ret, DiagList *diags)
{
        Instance *instance;
        int r = begin(container, name, &instance, diags);

        if (r == 0 && !cascade)
                r = refuse_in_use(container, instance, diags);
        if (r < 0)
                return r;
        *ret = change_new(container, CHANGE_STOP, instance->node);
        instance->is_stopped_by_user = true;
        activation_look_again(container, instance->node, false);
        neighbours_stop(container_engine(container), instance, GOAL_INACTIVE);
        container_engine(container)->turn(container_engine(container));
        return 0;
}

int container_restart_component(Container *container, const char *name, Change **ret, DiagList *diags)
{
        Instance *instance;
        int r = begin(container, name, &instance, diags);

        if (r == 0)
                r = refuse_skipped(container, instance, name, diags);
        if (r < 0)
                return r;
        *ret = change_new(container, CHANGE_RESTART, instance->node);
        if (instance->state == STATE_READY || instance->state == STATE_STARTING) {
                instance->is_stopped_by_user = false;
                neighbours_stop(container_engine(container), instance, GOAL_RESTART);
                instance->goal =
                        GOAL_RESTART; /* the latest wish holds, also after a stop that has yet to come to pass */
        } else {
                pull_explicitly(container, instance, "restart");
        }
        container_engine(container)->turn(container_engine(container));
        return 0;
}

int container_reset_component(Container *container, const char *name, Change **ret, DiagList *diags)
{
        Instance *instance;
        int r = begin(container, name, &instance, diags);

        if (r < 0)
                return r;
        *ret = change_new(container, CHANGE_RESET, instance->node);
        backoff_reset(&instance->backoff);
        activation_look_again(container, instance->node, true);
        engine_wish(container_engine(container), instance, EVENT_RESET, "reset");
        container_engine(container)->turn(container_engine(container));
        return 0;
}
