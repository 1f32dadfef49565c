/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "activation.h"

#include "container_data.h"
#include "decide.h"
#include "factory.h"
#include "os/arrival.h"
#include "pull.h"
#include "sockets.h"
#include "wording.h"

/* Who is started more often than that leaves those who connect waiting: it would go on for ever. As systemd has it. */
#define TRIGGER_BURST 20u
#define TRIGGER_INTERVAL (2 * 1000 * 1000ull)
/* What the daemon itself was short of for the sockets is looked for again. */
#define AGAIN_USEC (1000 * 1000)

struct Door {
        Container *container; /* borrowed */
        uint32_t node;
        GPtrArray *arrivals;  /* of Arrival, while somebody is awaited; else empty */
        Timer *again;         /* they could not be opened for now, and that was told; or NULL */
        uint64_t since;       /* of the starts that are counted */
        uint32_t n_starts;
        bool is_shut;         /* starting it led nowhere: not opened until it was started otherwise, or reset */
};

static void door_free(void *userdata)
{
        Door *door = userdata;

        g_ptr_array_unref(door->arrivals);
        timer_free(door->again);
        g_free(door);
}

void activation_init(Activation *activation)
{
        activation->doors = g_hash_table_new_full(NULL, NULL, NULL, door_free);
        activation->changed = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

void activation_done(Activation *activation)
{
        g_clear_pointer(&activation->doors, g_hash_table_unref);
        g_clear_pointer(&activation->changed, g_array_unref);
}

static Door *find_door(const Container *container, uint32_t node)
{
        return g_hash_table_lookup(container->activation.doors, GUINT_TO_POINTER(node + 1));
}

static Instance *instance_of(const Door *door)
{
        return &container_engine(door->container)->instances[door->node];
}

/* Whoever knocks at a door that opens to nobody is told so at once. */
static void shut(Door *door, const char *reason, const char *text)
{
        Engine *engine = container_engine(door->container);
        g_autofree char *told = g_strdup_printf("%s; its sockets are closed until it is reset or started", text);

        door->is_shut = true;
        g_ptr_array_set_size(door->arrivals, 0);
        sockets_close(engine, instance_of(door));
        factory_tell(engine, instance_of(door), reason, told);
}

/* One start more. False: that is one too many. */
static bool count_start(Door *door)
{
        uint64_t now = clock_monotonic();

        if (door->n_starts == 0 || now - door->since >= TRIGGER_INTERVAL) {
                door->since = now;
                door->n_starts = 0;
        }
        return door->n_starts++ < TRIGGER_BURST;
}

static void on_arrival(Arrival *arrival, void *userdata)
{
        Door *door = userdata;
        Engine *engine = container_engine(door->container);
        g_auto(DiagList) diags;

        (void) arrival;
        diag_list_init(&diags);
        g_ptr_array_set_size(door->arrivals, 0);
        if (!count_start(door)) {
                g_autofree char *span = wording_span(TRIGGER_INTERVAL),
                                *text = g_strdup_printf("was started %u times in %s and left those who connect waiting",
                                                        TRIGGER_BURST, span);

                shut(door, "trigger-limit", text);
        } else if (pull_for(door->container, instance_of(door), "connection", &diags) < 0) {
                shut(door, "not-started", ((const Diag *) diags.items->pdata[0])->text);
        }
        engine->turn(engine);
}

static bool is_to_be_open(const Door *door)
{
        const Instance *instance = instance_of(door);

        return instance->state == STATE_INACTIVE && !instance->is_stopped_by_user && !door->is_shut &&
               door->container->state >= CONTAINER_STARTING && door->container->state < CONTAINER_DRAINING;
}

static int watch(Door *door)
{
        uint32_t n;
        const int *descriptors = sockets_descriptors(instance_of(door), &n);

        for (uint32_t i = 0; i < n; i++) {
                Arrival *arrival;
                int r = arrival_new(door->container->options.loop, descriptors[i], on_arrival, door, &arrival);

                if (r < 0)
                        return r;
                g_ptr_array_add(door->arrivals, arrival);
        }
        return 0;
}

static void on_again(Timer *timer, void *userdata);

/* P24: it passes. False: not even a timer is to be had. */
static bool try_again(Door *door, const char *text)
{
        Engine *engine = container_engine(door->container);
        bool is_news = !door->again;

        g_ptr_array_set_size(door->arrivals, 0);
        sockets_close(engine, instance_of(door));
        if (is_news && timer_new(door->container->options.loop, UINT64_MAX, on_again, door, &door->again) < 0)
                return false;
        if (is_news) {
                g_autofree char *told = g_strdup_printf("%s; it is tried again", text);

                factory_tell(engine, instance_of(door), "endpoint-failed", told);
        }
        return timer_set(door->again, clock_after(AGAIN_USEC)) >= 0;
}

static void open_door(Door *door)
{
        Engine *engine = container_engine(door->container);
        Instance *instance = instance_of(door);
        const DeclaredEndpoint *failed = NULL;
        g_autofree char *text = NULL;
        int r;

        if (door->arrivals->len > 0)
                return;
        r = sockets_open(engine, instance, &failed);
        if (r == 0)
                r = watch(door);
        if (r == 0) {
                g_clear_pointer(&door->again, timer_free);
                return;
        }
        text = g_strdup_printf("cannot wait for connections%s%s: %s", failed ? " to " : "", failed ? failed->name : "",
                               g_strerror(-r));
        if (!decide_is_short(-r) || !try_again(door, text))
                shut(door, "endpoint-failed", text);
}

static void look(Door *door)
{
        Instance *instance = instance_of(door);

        if (is_to_be_open(door)) {
                open_door(door);
                return;
        }
        g_clear_pointer(&door->again, timer_free);
        g_ptr_array_set_size(door->arrivals, 0);
        if (instance->state == STATE_INACTIVE)
                sockets_close(container_engine(door->container), instance);
}

static void on_again(Timer *timer, void *userdata)
{
        (void) timer;
        look(userdata);
}

void activation_begin(Container *container)
{
        for (uint32_t node = 0; node < container->plan->n_components; node++) {
                const Definition *definition = plan_definition(container->plan, node);
                Door *door;

                if (definition->start != START_LAZY || definition->scope != SCOPE_SINGLETON ||
                    container->plan->nodes[node].is_skipped || !definition->module->is_loaded ||
                    !definition->endpoints || definition->endpoints->n_listen == 0)
                        continue;
                door = g_new0(Door, 1);
                door->container = container;
                door->node = node;
                door->arrivals = g_ptr_array_new_with_free_func((GDestroyNotify) arrival_free);
                g_hash_table_insert(container->activation.doors, GUINT_TO_POINTER(node + 1), door);
                look(door);
        }
}

void activation_note(Container *container, const RunEvent *event)
{
        Door *door = find_door(container, event->node);

        if (!door)
                return;
        /* Its sockets are its own now, and may be closed before the wheel rests. */
        g_ptr_array_set_size(door->arrivals, 0);
        if (event->to == STATE_READY)
                door->is_shut = false;
        g_array_append_val(container->activation.changed, event->node);
}

void activation_rest(Container *container)
{
        GArray *changed = container->activation.changed;

        for (guint i = 0; i < changed->len; i++) {
                Door *door = find_door(container, g_array_index(changed, uint32_t, i));

                if (door)
                        look(door);
        }
        g_array_set_size(changed, 0);
}

void activation_look_again(Container *container, uint32_t node, bool is_forgiven)
{
        Door *door = find_door(container, node);

        if (!door)
                return;
        if (is_forgiven) {
                door->is_shut = false;
                door->n_starts = 0;
        }
        g_array_append_val(container->activation.changed, node);
}

void activation_end(Container *container)
{
        g_hash_table_remove_all(container->activation.doors);
}
