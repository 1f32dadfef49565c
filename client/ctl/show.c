/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "call.h"
#include "dbus/names.h"
#include "nearest.h"
#include "verb.h"

typedef struct Show {
        const Ctl *ctl;
        GString *out;
        GPtrArray *names;  /* of all properties, for who mistyped one */
        GHashTable *found; /* those of --property that are there; borrowed */
} Show;

static void append_value(GString *out, JsonNode *node)
{
        g_autoptr(GString) text = NULL;

        switch (json_node_type(node)) {
        case JSON_NULL:
                g_string_append(out, "infinity");
                break;
        case JSON_STRING:
                text_append(out, json_node_get_string(node));
                break;
        case JSON_BOOLEAN:
                g_string_append(out, json_node_get_boolean(node) ? "yes" : "no");
                break;
        default:
                text = g_string_new(NULL);
                json_node_append(text, node, true);
                text_append(out, text->str);
        }
}

/* Words stand side by side, "a:b" for what was a struct of words, whose empty end is left out; anything deeper stays
 * JSON. */
static void append_array(GString *out, JsonArray *array, char separator)
{
        guint n = json_array_get_length(array);

        while (separator == ':' && n > 1 && g_strcmp0(element_string(array, n - 1), "") == 0)
                n--;
        for (guint i = 0; i < n; i++) {
                JsonNode *node = json_array_get_element(array, i);

                if (i > 0)
                        g_string_append_c(out, separator);
                if (json_node_type(node) == JSON_ARRAY && separator == ' ')
                        append_array(out, json_node_get_array(node), ':');
                else
                        append_value(out, node);
        }
}

static void show_line(Show *show, const char *name, JsonNode *node)
{
        GPtrArray *wanted = show->ctl->options.properties;
        guint place;

        g_ptr_array_add(show->names, g_strdup(name));
        if (wanted && !g_ptr_array_find_with_equal_func(wanted, name, g_str_equal, &place))
                return;
        if (wanted)
                g_hash_table_add(show->found, wanted->pdata[place]);
        if (!ctl_has(show->ctl, OPTION_VALUE)) {
                text_append(show->out, name);
                g_string_append_c(show->out, '=');
        }
        if (json_node_type(node) == JSON_ARRAY)
                append_array(show->out, json_node_get_array(node), ' ');
        else
                append_value(show->out, node);
        g_string_append_c(show->out, '\n');
}

/* A dictionary is one line an entry, Timings.ready=…, so that every line is a name and a value. */
static void show_object(Show *show, JsonObject *object, const char *prefix)
{
        g_autoptr(GList) names = g_list_sort(json_object_get_members(object), (GCompareFunc) g_strcmp0);

        for (GList *name = names; name; name = name->next) {
                g_autofree char *full = g_strdup_printf("%s%s", prefix, (const char *) name->data);
                JsonNode *node = json_object_get_member(object, name->data);

                if (json_node_type(node) == JSON_OBJECT && !*prefix) {
                        g_autofree char *below = g_strdup_printf("%s.", full);

                        show_object(show, json_node_get_object(node), below);
                } else {
                        show_line(show, full, node);
                }
        }
}

static int read_one(Ctl *ctl, const char *name, JsonObject **ret)
{
        int r;

        if (name)
                return call_component(ctl, name, ret);
        r = call_properties(ctl, REEVE_PATH, REEVE_CONTAINER_INTERFACE, ret);
        if (r == -ENOENT)
                ctl_error(ctl, "%s: who answers there is not a reeved", ctl->where);
        return r;
}

/* What is spelt wrong must not look like an empty value. */
static int check_properties(Show *show)
{
        GPtrArray *wanted = show->ctl->options.properties;
        int status = EXIT_OK;

        g_ptr_array_add(show->names, NULL);
        for (guint i = 0; wanted && i < wanted->len; i++) {
                g_autofree char *hint = NULL;

                if (g_hash_table_contains(show->found, wanted->pdata[i]))
                        continue;
                hint = nearest_hint(wanted->pdata[i], (const char *const *) show->names->pdata);
                ctl_error(show->ctl, "there is no property “%s”%s", (const char *) wanted->pdata[i],
                          *hint ? hint
                                : "; “reevectl show” lists those of the container, “reevectl show NAME” a component's");
                status = EXIT_OTHER;
        }
        return status;
}

int verb_show(Ctl *ctl)
{
        g_autoptr(GString) out = g_string_new(NULL);
        g_autoptr(JsonArray) objects = json_array_new();
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
        Show show = {.ctl = ctl, .out = out, .names = names, .found = found};
        int status = EXIT_OK, r;

        for (size_t i = 0; i < MAX(ctl->n_names, 1); i++) {
                g_autoptr(JsonObject) object = NULL;

                if (read_one(ctl, ctl->n_names > 0 ? ctl->names[i] : NULL, &object) < 0) {
                        status = EXIT_OTHER;
                        continue;
                }
                if (i > 0 && !ctl->options.properties)
                        g_string_append_c(out, '\n');
                show_object(&show, object, "");
                json_array_add_object_element(objects, g_steal_pointer(&object));
        }
        if (status == EXIT_OK)
                status = check_properties(&show);
        if (ctl_has(ctl, OPTION_JSON)) {
                g_string_truncate(out, 0);
                if (ctl->n_names == 0 && element_count(objects) > 0)
                        json_append_object(out, element_object(objects, 0), false);
                else
                        json_append_array(out, objects, false);
        }
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}
