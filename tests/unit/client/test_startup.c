/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verb analyze makes of an answer of the daemon. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain.h"
#include "json_reading.h"
#include "plot.h"

static const char metrics[] =
        "{\"Name\": \"shop\", \"StartupMetrics\": {\"entry\": 1000, \"total\": 100000, \"load\": 2000,"
        "\"register\": 1000, \"validate\": 0, \"components\": 90000, \"other\": 7000, \"load_begun\": 2000,"
        "\"components_begun\": 11000, \"ended\": 101000, \"finished\": true, \"success\": true,"
        "\"parallelism\": 1.25}}";

/* db, then search, which fails, then web, which waited for both and for the slot of search. */
static const char components[] =
        "[{\"name\": \"web\", \"module\": \"front\", \"state\": \"ready\", \"requested\": 11000, \"deps_ready\": 41000,"
        "  \"slot\": 61000, \"spawned\": 62000, \"constructed\": 71000, \"settled\": 101000, \"own\": 40000},"
        " {\"name\": \"search\", \"module\": \"shop\", \"state\": \"failed\", \"text\": \"exited with status 3\","
        "  \"requested\": 11000, \"deps_ready\": 11000, \"slot\": 21000, \"again\": 51000, \"spawned\": 52000,"
        "  \"settled\": 61000, \"own\": 40000},"
        " {\"name\": \"db\", \"module\": \"shop\", \"state\": \"ready\", \"requested\": 11000, \"deps_ready\": 11000,"
        "  \"slot\": 11000, \"spawned\": 12000, \"constructed\": 12000, \"settled\": 41000, \"own\": 30000},"
        " {\"name\": \"mail\", \"module\": \"shop\", \"state\": \"blocked\", \"text\": \"needs search\","
        "  \"requested\": 11000, \"settled\": 61000}]";

static const char path[] =
        "[{\"name\": \"web\", \"state\": \"ready\", \"reason\": \"slot\", \"begin\": 61000, \"until\": 101000,"
        "  \"wait_slot\": 0, \"own\": 40000},"
        " {\"name\": \"search\", \"state\": \"failed\", \"reason\": \"module\", \"module\": \"infra\", \"begin\": "
        "11500,"
        "  \"until\": 61000, \"wait_deps\": 0, \"wait_slot\": 9500, \"own\": 40000},"
        " {\"name\": \"db\", \"state\": \"ready\", \"reason\": \"start\", \"begin\": 11000, \"until\": 11500,"
        "  \"wait_slot\": 0, \"own\": 500}]";

static void fill(Startup *startup, const char *container_text, const char *components_text, const char *path_text)
{
        g_autoptr(JsonNode) container = json_from_string(container_text), list = json_from_string(components_text),
                            steps = json_from_string(path_text);

        startup_init(startup, json_object_ref(json_node_get_object(container)),
                     json_array_ref(json_node_get_array(list)), json_array_ref(json_node_get_array(steps)));
}

static void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("“%s” is not in:\n%s", part, strlen(text) > 900 ? text + strlen(text) - 900 : text);
}

static unsigned count(const char *text, const char *part)
{
        unsigned n = 0;

        for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
                n++;
        return n;
}

/* §144: printed with own times and reasons, and they add up */
static void test_chain(void **state)
{
        g_auto(Startup) startup = {0};
        g_autoptr(GString) out = g_string_new(NULL);

        (void) state;
        fill(&startup, metrics, components, path);
        chain_format(field_object(startup.container, "StartupMetrics"), startup.path, false, out);
        assert_string_equal(out->str, "web @100ms +40ms\n"
                                      "└─slot of search @60ms +40ms (after 9ms in the queue) failed\n"
                                      "  └─module infra: db @10ms +500us\n"
                                      "90ms = 81ms of their own + 9ms in the queue\n");
}

/* A chain of any length stays in proportion to its length. */
static void test_long_chain(void **state)
{
        g_autoptr(GString) text = g_string_new("["), out = g_string_new(NULL);
        g_auto(Startup) startup = {0};

        (void) state;
        for (unsigned i = 0; i < 5000; i++)
                g_string_append_printf(text, "%s{\"name\":\"c%u\",\"state\":\"ready\",\"reason\":\"requires\"}",
                                       i ? "," : "", i);
        g_string_append_c(text, ']');
        fill(&startup, metrics, "[]", text->str);
        chain_format(field_object(startup.container, "StartupMetrics"), startup.path, false, out);
        assert_true(out->len < 5000 * 120);
        assert_has(out->str, "└─requires c4999 @0us");
}

static void test_order(void **state)
{
        static const char *const names[] = {"db", "search", "mail", "web"};
        g_auto(Startup) startup = {0};

        (void) state;
        fill(&startup, metrics, components, path);
        for (guint i = 0; i < 4; i++)
                assert_string_equal(g_array_index(startup.parts, StartPart, i).name, names[i]);
        assert_true(g_array_index(startup.parts, StartPart, 0).is_critical);
        assert_false(g_array_index(startup.parts, StartPart, 2).is_critical);
}

/* 1240 pixels are 100 ms, from 20 on; the rows of components begin at 192, 24 high. */
static void test_plot(void **state)
{
        g_auto(Startup) startup = {0};
        g_autoptr(GString) out = g_string_new(NULL), again = g_string_new(NULL);

        (void) state;
        fill(&startup, metrics, components, path);
        plot_format(&startup, out);
        plot_format(&startup, again);
        assert_string_equal(out->str, again->str);
        assert_has(out->str, ">shop: started in 100ms</text>");
        assert_has(out->str,
                   ">4 components: 2 ready, 1 failed, 1 blocked · 1.3 at a time · critical path: 3 steps, 80ms + 9ms "
                   "in the queue</text>");
        assert_has(out->str, "<rect class=\"phase\" x=\"32.4\" y=\"114.1\" width=\"24.8\" height=\"15.8\"/>\n");
        assert_has(out->str, ">components 90ms</text>");
        /* db: 10 to 40 ms; search: a first attempt, a second one that fails; mail never ran; web, after a slot */
        assert_has(out->str,
                   "<g><title>db (module shop)\nready\nwaited for dependencies 0us\nwaited for a slot 0us\n"
                   "spawn 1ms\nstartup 29ms\nin all 30ms</title>\n"
                   "<rect class=\"row\" x=\"20\" y=\"192\" width=\"1240\" height=\"24\"/>\n"
                   "<rect class=\"spawn\" x=\"144\" y=\"196.1\" width=\"12.4\" height=\"15.8\"/>\n"
                   "<rect class=\"startup\" x=\"156.4\" y=\"196.1\" width=\"359.6\" height=\"15.8\"/>\n</g>\n");
        assert_has(out->str,
                   "<rect class=\"queue\" x=\"144\" y=\"224\" width=\"124\" height=\"7.9\"/>\n"
                   "<rect class=\"again\" x=\"268\" y=\"220.1\" width=\"372\" height=\"15.8\"/>\n"
                   "<rect class=\"spawn\" x=\"640\" y=\"220.1\" width=\"12.4\" height=\"15.8\"/>\n"
                   "<rect class=\"failed\" x=\"652.4\" y=\"220.1\" width=\"111.6\" height=\"15.8\"/>\n</g>\n");
        assert_has(out->str, "<rect class=\"deps\" x=\"144\" y=\"251.2\" width=\"620\" height=\"1.6\"/>\n"
                             "<rect class=\"blocked\" x=\"759.2\" y=\"247.2\" width=\"9.6\" height=\"9.6\"/>\n</g>\n");
        assert_has(out->str, "<rect class=\"construct\" x=\"776.4\" y=\"268.1\" width=\"111.6\" height=\"15.8\"/>\n"
                             "<rect class=\"startup\" x=\"888\" y=\"268.1\" width=\"372\" height=\"15.8\"/>\n</g>\n");
        /* the path: from search down to web for its slot, from db down to search */
        assert_has(out->str, "<line class=\"path slot\" x1=\"764\" y1=\"228\" x2=\"764\" y2=\"268.8\"/>\n");
        assert_has(out->str, "<line class=\"path\" x1=\"150.2\" y1=\"204\" x2=\"150.2\" y2=\"220.8\"/>\n");
        /* labels: behind, or before where there is no room behind */
        assert_has(out->str, "<text class=\"label critical\" x=\"522\" y=\"208.3\">db 30ms</text>\n");
        assert_has(out->str, "<text class=\"label critical bad\" x=\"770\" y=\"232.3\">search 40ms failed: exited with "
                             "status 3</text>\n");
        assert_has(out->str,
                   "<text class=\"label critical\" x=\"510\" y=\"280.3\" text-anchor=\"end\">web 40ms</text>\n");
}

/* P16: what a component is called or says is text, for XML and for a screen */
static void test_hostile(void **state)
{
        g_auto(Startup) startup = {0};
        g_autoptr(GString) out = g_string_new(NULL);

        (void) state;
        fill(&startup, metrics,
             "[{\"name\": \"<script>&\\\"'\", \"module\": \"]]>\", \"state\": \"failed\", \"requested\": 2000, "
             "\"slot\": 3000,"
             "  \"settled\": 4000, \"text\": \"\\u001b[31m\\u0001\\ufffe\\uffff --> \\u202e\"}]",
             "[]");
        plot_format(&startup, out);
        assert_true(g_utf8_validate(out->str, -1, NULL));
        assert_has(out->str,
                   "&lt;script&gt;&amp;&quot;&apos; 1ms failed: \\x1b[31m\\x01\xef\xbf\xbd\xef\xbf\xbd --&gt; ");
        assert_int_equal(count(out->str, "\033"), 0);
        assert_int_equal(count(out->str, "<script"), 0);
}

/* Nothing, what still starts, moments that cannot be: no crash, no bar that goes backwards. */
static void test_odd(void **state)
{
        static const char *const cases[] = {
                "[]",
                "[{}]",
                "[{\"name\": \"a\", \"state\": \"waiting\", \"requested\": 5000}]",
                "[{\"name\": \"a\", \"state\": \"starting\", \"requested\": 5000, \"deps_ready\": 6000, \"slot\": "
                "7000}]",
                "[{\"name\": \"a\", \"state\": \"ready\", \"requested\": 9, \"deps_ready\": 8, \"slot\": 7, "
                "\"spawned\": 6,"
                " \"settled\": 5}]",
                "[{\"name\": \"a\", \"state\": \"ready\", \"requested\": 5000, \"settled\": 9223372036854775807}]",
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_auto(Startup) startup = {0};
                g_autoptr(GString) out = g_string_new(NULL);

                fill(&startup, i % 2 ? metrics : "{\"StartupMetrics\": {}}", cases[i], path);
                plot_format(&startup, out);
                assert_true(g_str_has_suffix(out->str, "</svg>\n"));
                assert_int_equal(count(out->str, "width=\"-"), 0);
                assert_int_equal(count(out->str, "nan"), 0);
        }
}

/* However long names are and wherever bars lie, no label leaves the picture. */
static void test_labels_stay_inside(void **state)
{
        g_autoptr(GRand) chance = g_rand_new_with_seed(7);

        (void) state;
        for (unsigned round = 0; round < 300; round++) {
                g_autoptr(GString) list = g_string_new("[");
                g_autofree char *name = g_strnfill((gsize) g_rand_int_range(chance, 1, 64), 'n');
                int from = g_rand_int_range(chance, 2000, 100000), to = g_rand_int_range(chance, from, 101000);
                g_auto(Startup) startup = {0};
                g_autoptr(GString) out = g_string_new(NULL);
                const char *label;
                double x, width;
                bool is_end;

                g_string_append_printf(list,
                                       "{\"name\":\"%s\",\"state\":\"failed\",\"text\":\"needs %s\",\"requested\":2000,"
                                       "\"deps_ready\":%d,\"slot\":%d,\"settled\":%d}]",
                                       name, name, from, from, to);
                fill(&startup, metrics, list->str, "[]");
                plot_format(&startup, out);
                label = strstr(out->str, "<text class=\"label bad");
                assert_non_null(label);
                x = g_ascii_strtod(strstr(label, "x=\"") + 3, NULL);
                is_end = strstr(label, "text-anchor=\"end\"") != NULL;
                label = strchr(label, '>') + 1;
                width = (double) g_utf8_strlen(label, strchr(label, '<') - label) * 12 * 0.625;
                assert_true(is_end ? x - width >= 19 && x <= 1261 : x >= 19 && x + width <= 1261);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_chain),
                cmocka_unit_test(test_long_chain),
                cmocka_unit_test(test_order),
                cmocka_unit_test(test_plot),
                cmocka_unit_test(test_hostile),
                cmocka_unit_test(test_odd),
                cmocka_unit_test(test_labels_stay_inside),
        };

        /* Where a comma stands in numbers, SVG still wants a point; without such a locale this does nothing. */
        (void) setlocale(LC_ALL, "de_DE.UTF-8");
        return cmocka_run_group_tests(tests, NULL, NULL);
}
