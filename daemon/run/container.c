/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container.h"

#include <assert.h>

#include "container_data.h"
#include "hear.h"
#include "os/discard.h"
#include "waiter.h"

/* Records only: nothing is told from within being told, or observers would see events out of order. */
static void on_event(const RunEvent *event, void *userdata)
{
        Container *container = userdata;

        if (event->kind == RUN_TRANSITION) {
                startup_note(container, event);
                activation_note(container, event);
        }
        if (event->kind == RUN_TRANSITION || event->kind == RUN_ENDPOINTS)
                resolve_note(container, event);
}

static void on_rest(Engine *engine, void *userdata)
{
        Container *container = userdata;

        (void) engine;
        startup_rest(container);
        change_rest(container);
        resolve_rest(container);
        activation_rest(container);
        shutdown_rest(container);
}

int container_new(const ContainerOptions *options, Container **ret)
{
        Container *container = g_new0(Container, 1);

        container->options = *options;
        container->observers = observers_new();
        container->failures = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        container->changes = g_ptr_array_new_with_free_func((GDestroyNotify) change_free);
        container->times.entry = options->entry_usec;
        container->resolver = resolver_new(container);
        activation_init(&container->activation);
        diag_list_init(&container->report);
        observers_add(container->observers, on_event, container);
        *ret = container;
        return 0;
}

void container_free(Container *container)
{
        if (!container)
                return;
        resolver_free(container->resolver);
        activation_done(&container->activation);
        timer_free(container->expiry);
        timer_free(container->last_resort);
        timer_free(container->ready_again.timer);
        if (container->plan) {
                settle_done(&container->settle);
                discard_end(container->options.loop);
                runtime_directory_clear(container->options.directory);
        }
        plan_unref(container->plan);
        g_ptr_array_unref(container->changes);
        g_array_unref(container->failures);
        g_free(container->degrading);
        diag_list_done(&container->report);
        observers_free(container->observers);
        g_free(container);
}

void container_set_sessions(Container *container, const SessionSeam *seam)
{
        container->options.sessions = seam;
        container_engine(container)->host.sessions = seam;
}

int container_load(Container *container, const LoadRequest *request, bool strict, DiagList *diags)
{
        Registry *registry = NULL;
        Plan *plan = NULL;
        uint64_t begin;
        int r;

        if (container->plan) {
                diag_error(diags, DIAG_REGISTRY_FROZEN, origin_at(NULL, 0),
                           "the registry is frozen since generation %" G_GUINT64_FORMAT, container->plan->generation);
                return -EBADMSG;
        }
        container->times.load_begun = clock_monotonic();
        container_enter(container, CONTAINER_LOADING, "load");
        r = registry_load(request, &registry, diags);
        if (!registry) {
                container_enter(container, CONTAINER_FAILED, "load");
                return r;
        }
        container->times.load = registry_statistics(registry).read_usec;
        container->times.merge = registry_statistics(registry).merge_usec;
        container_enter(container, CONTAINER_VALIDATING, "load");
        begin = clock_monotonic();
        r = plan_build(registry, &(PlanOptions){.strict = strict, .stop_budget = request->settings->stop_budget}, &plan,
                       diags);
        container->times.validate = clock_monotonic() - begin;
        if (r < 0) {
                container_enter(container, CONTAINER_FAILED, "validate");
                return r;
        }
        plan->generation = 1;
        container->plan = plan;
        container->degrading = g_new0(uint8_t, plan->n_components);
        return settle_init(&container->settle,
                           &(EngineHost){
                                   .loop = container->options.loop,
                                   .processes = container->options.host,
                                   .directory = container->options.directory,
                                   .settings = container->options.settings,
                                   .observers = container->observers,
                                   .is_foreground = container->options.is_foreground,
                                   .on_notification = hear_notification,
                                   .on_line = container->options.on_line,
                                   .userdata = container->options.userdata,
                                   .sessions = container->options.sessions,
                           },
                           plan, on_rest, container);
}

void container_start(Container *container)
{
        assert(container->plan);
        container_enter(container, CONTAINER_GATING, "start");
        startup_begin(container);
}

int container_refresh(Container *container, uint64_t *ret_generation, DiagList *diags)
{
        if (container->state >= CONTAINER_DRAINING) {
                diag_error(diags, DIAG_CLOSED, origin_at(NULL, 0), "the container is %s",
                           container_state_names[container->state]);
                return -ESHUTDOWN;
        }
        if (!container->plan) {
                diag_error(diags, DIAG_BUSY, origin_at(NULL, 0), "the container is still %s",
                           container_state_names[container->state]);
                return -EBUSY;
        }
        *ret_generation = container->plan->generation;
        container_tell(container, RUN_WARNING, "refresh-ignored",
                       "a refresh after the first one does nothing; the registry is frozen");
        return 0;
}

void container_shutdown(Container *container, const char *reason)
{
        shutdown_begin(container, reason);
}
