/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chain.h"

#include <inttypes.h>

#include "startup.h"
#include "state_look.h"

/* A chain may be as long as there are components: it must not run away to the right, nor its text grow with the square
 * of its length. */
#define INDENT_MAX 24
/* What is worth a word where the times are. */
#define WAIT_SHOWN_USEC UINT64_C(1000)

typedef struct Sums {
        uint64_t own, waits;
} Sums;

/* "requires ", "module infra: ", "slot of ": how the line above hangs on this one. */
static void append_reason(GString *out, JsonObject *above, bool has_colour)
{
        const char *reason = field_string(above, "reason"), *module = field_string(above, "module");
        g_autofree char *text = NULL;

        if (module)
                text = g_strdup_printf("module %s: ", module);
        else if (g_strcmp0(reason, "slot") == 0)
                text = g_strdup("slot of ");
        else
                text = g_strdup_printf("%s ", reason ? reason : "?");
        text_append_coloured(out, COLOUR_DIM, has_colour, text);
}

static void append_times(GString *out, JsonObject *step, uint64_t entry, bool has_colour)
{
        uint64_t until = field_uint(step, "until"), waited = field_uint(step, "wait_slot");
        g_autoptr(GString) own = g_string_new("+");

        g_string_append(out, " @");
        text_append_span(out, until > entry ? until - entry : 0);
        text_append_span(own, field_uint(step, "own"));
        g_string_append_c(out, ' ');
        text_append_coloured(out, COLOUR_BOLD, has_colour, own->str);
        if (waited >= WAIT_SHOWN_USEC) {
                g_string_append(out, " (after ");
                text_append_span(out, waited);
                g_string_append(out, " in the queue)");
        }
}

static void append_step(GString *out, JsonObject *above, JsonObject *step, guint depth, uint64_t entry, bool has_colour)
{
        const char *name = field_string(step, "name"), *state = field_string(step, "state");
        bool is_ready = !state || g_str_equal(state, "ready");

        if (depth > 0) {
                g_string_append_printf(out, "%*s└─", 2 * (int) (MIN(depth, INDENT_MAX) - 1), "");
                append_reason(out, above, has_colour);
        }
        text_append_coloured(out, is_ready ? COLOUR_NONE : colour_of_state(state), has_colour, name ? name : "?");
        append_times(out, step, entry, has_colour);
        if (!is_ready) {
                g_string_append_c(out, ' ');
                text_append_coloured(out, colour_of_state(state), has_colour, state);
        }
        g_string_append_c(out, '\n');
}

/* §144: they add up to what passed from the first request to the end of the chain, also where digits are left out. */
static void append_sums(GString *out, Sums sums)
{
        uint64_t unit = sums.own + sums.waits >= 1000 ? 1000 : 1;

        sums.own = (sums.own + sums.waits) / unit * unit - sums.waits / unit * unit;
        sums.waits -= sums.waits % unit;
        text_append_span(out, sums.own + sums.waits);
        g_string_append(out, " = ");
        text_append_span(out, sums.own);
        g_string_append(out, " of their own + ");
        text_append_span(out, sums.waits);
        g_string_append(out, " in the queue\n");
}

void chain_format(JsonObject *metrics, JsonArray *path, bool has_colour, GString *out)
{
        JsonObject *above = NULL;
        Sums sums = {0};

        for (guint i = 0; i < element_count(path); i++) {
                JsonObject *step = element_object(path, i);

                append_step(out, above, step, i, field_uint(metrics, "entry"), has_colour);
                sums.own += field_uint(step, "own");
                sums.waits += field_uint(step, "wait_slot");
                above = step;
        }
        append_sums(out, sums);
}

static void add_json(JsonArray *chains, const char *name, JsonArray *path)
{
        JsonObject *chain = json_object_new();

        json_object_set_string_member(chain, "name", name);
        json_object_set_array_member(chain, "steps", json_array_ref(path));
        json_array_add_object_element(chains, chain);
}

static int add_chain(Ctl *ctl, JsonObject *metrics, const char *name, JsonArray *chains, GString *out)
{
        g_autoptr(JsonArray) path = NULL;
        const char *last;

        if (startup_read_path(ctl, name, &path) < 0)
                return EXIT_OTHER;
        last = field_string(element_object(path, 0), "name");
        if (!last && *name) {
                ctl_error(ctl, "%s: had no part in the start, or had not settled when that ended", name);
                return EXIT_OTHER;
        }
        add_json(chains, last ? last : "", path);
        g_string_append(out, out->len > 0 ? "\n" : "");
        if (last)
                chain_format(metrics, path, ctl->out.has_colour, out);
        else
                g_string_append(out, "Nothing has settled yet.\n");
        return EXIT_OK;
}

int analyze_chain(Ctl *ctl)
{
        static const char *const all[] = {"", NULL};
        const char *const *names = ctl->n_names > 1 ? ctl->names + 1 : all;
        g_autoptr(JsonObject) container = NULL;
        g_autoptr(JsonArray) chains = json_array_new();
        g_autoptr(GString) out = g_string_new(NULL), body = g_string_new(NULL);
        int status = EXIT_OK, r;

        if (startup_read_container(ctl, &container) < 0)
                return EXIT_OTHER;
        for (; *names; names++)
                if (add_chain(ctl, field_object(container, "StartupMetrics"), *names, chains, body) != EXIT_OK)
                        status = EXIT_OTHER;
        if (ctl_has(ctl, OPTION_JSON)) {
                json_append_array(out, chains, false);
        } else if (body->len > 0) {
                if (!ctl_has(ctl, OPTION_QUIET))
                        g_string_append(out,
                                        "Behind @ when it was ready, since the daemon's start; behind + its own time.\n"
                                        "Each stands under what waited for it last.\n\n");
                g_string_append_len(out, body->str, (gssize) body->len);
        }
        r = ctl_print(ctl, out);
        return r == EXIT_OK ? status : r;
}
