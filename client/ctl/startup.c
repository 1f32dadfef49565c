/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "startup.h"

#include <errno.h>

#include "call.h"
#include "dbus/names.h"

bool start_part_is_ready(const StartPart *part)
{
        return g_str_equal(part->state, "ready");
}

bool start_part_has_construct(const StartPart *part)
{
        return part->constructed > part->spawned && part->spawned != 0;
}

bool start_part_is_bad(const StartPart *part)
{
        return g_str_equal(part->state, "failed") || g_str_equal(part->state, "blocked") ||
               (g_str_equal(part->state, "backoff") && part->settled != 0);
}

static const char *word(JsonObject *object, const char *name)
{
        const char *text = field_string(object, name);

        return text ? text : "?";
}

/* By the moment of its slot; who never had one stands where it settled. */
static uint64_t begin_of(const StartPart *part)
{
        return part->slot != 0 ? part->slot : part->settled != 0 ? part->settled : UINT64_MAX;
}

static gint compare_parts(gconstpointer a, gconstpointer b)
{
        const StartPart *left = a, *right = b;
        uint64_t begin_left = begin_of(left), begin_right = begin_of(right);

        if (begin_left != begin_right)
                return begin_left < begin_right ? -1 : 1;
        return g_strcmp0(left->name, right->name);
}

void startup_init(Startup *startup, JsonObject *container, JsonArray *components, JsonArray *path)
{
        g_autoptr(GHashTable) critical = g_hash_table_new(g_str_hash, g_str_equal);

        *startup = (Startup){.container = container, .components = components, .path = path};
        startup->parts = g_array_new(FALSE, FALSE, sizeof(StartPart));
        for (guint i = 0; i < element_count(path); i++)
                (void) g_hash_table_add(critical, (void *) word(element_object(path, i), "name"));
        for (guint i = 0; i < element_count(components); i++) {
                JsonObject *object = element_object(components, i);
                StartPart part = {
                        .name = word(object, "name"),
                        .module = word(object, "module"),
                        .state = word(object, "state"),
                        .text = field_string(object, "text"),
                        .requested = field_uint(object, "requested"),
                        .deps_ready = field_uint(object, "deps_ready"),
                        .slot = field_uint(object, "slot"),
                        .again = field_uint(object, "again"),
                        .spawned = field_uint(object, "spawned"),
                        .constructed = field_uint(object, "constructed"),
                        .settled = field_uint(object, "settled"),
                        .own = field_uint(object, "own"),
                        .is_critical = g_hash_table_contains(critical, word(object, "name")),
                };

                g_array_append_val(startup->parts, part);
        }
        g_array_sort(startup->parts, compare_parts);
}

void startup_done(Startup *startup)
{
        g_clear_pointer(&startup->parts, g_array_unref);
        g_clear_pointer(&startup->container, json_object_unref);
        g_clear_pointer(&startup->components, json_array_unref);
        g_clear_pointer(&startup->path, json_array_unref);
}

static int read_array(Ctl *ctl, JsonArray *reply, JsonArray **ret)
{
        JsonArray *array = element_array(reply, 0);

        if (!array) {
                ctl_error(ctl, "%s: an answer that is none", ctl->where);
                return -EBADMSG;
        }
        *ret = json_array_ref(array);
        return 0;
}

int startup_read_container(Ctl *ctl, JsonObject **ret)
{
        g_autoptr(JsonObject) container = NULL;
        int r = call_properties(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, &container);

        if (r == -ENOENT)
                ctl_error(ctl, "%s: who answers there is not a reeved", ctl->where);
        if (r < 0)
                return r;
        if (!field_object(container, "StartupMetrics")) {
                ctl_error(ctl, "analyze: reeved has not measured its start");
                return -ENODATA;
        }
        *ret = g_steal_pointer(&container);
        return 0;
}

int startup_read_path(Ctl *ctl, const char *name, JsonArray **ret)
{
        g_autoptr(JsonArray) reply = NULL;
        int r = call_container(ctl, *name ? name : "critical-chain", &reply, "GetCriticalPath", "sa{sv}", name, 0);

        return r < 0 ? r : read_array(ctl, reply, ret);
}

int startup_read(Ctl *ctl, Startup *ret)
{
        g_autoptr(JsonArray) reply = NULL, components = NULL, path = NULL;
        g_autoptr(JsonObject) container = NULL;
        int r = startup_read_container(ctl, &container);

        if (r == 0)
                r = call_container(ctl, "analyze", &reply, "GetStartup", "a{sv}", 0);
        if (r == 0)
                r = read_array(ctl, reply, &components);
        if (r == 0)
                r = startup_read_path(ctl, "", &path);
        if (r < 0)
                return r;
        startup_init(ret, g_steal_pointer(&container), g_steal_pointer(&components), g_steal_pointer(&path));
        return 0;
}
