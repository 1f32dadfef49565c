/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that have members, and files of variables. */
#include "conf/codec.h"
#include "loading.h"

typedef struct Case {
        ValueCodec codec;
        const char *text;
        const char *members; /* "name=text;…" in order, "name;" for what is no text; NULL: refused */
        uint32_t line;       /* where it is refused */
} Case;

static const Case cases[] = {
        {CODEC_PLAIN, "{\"a\": 1}", "", 0},
        {CODEC_JSON, "{}", "", 0},
        {CODEC_JSON, " [ ] ", "", 0},
        {CODEC_JSON, "\"text\"", "", 0}, /* a scalar is the whole text, and has no member */
        {CODEC_JSON, "{\"a\": {\"b\": [1, -2.50e+3, \"x\"]}}", "a;a.b;a.b.0=1;a.b.1=-2.50e+3;a.b.2=x;", 0},
        {CODEC_JSON, "{\"t\": true, \"f\": false, \"n\": null, \"e\": \"\"}", "e=;f=false;n;t=true;", 0},
        {CODEC_JSON, "{\"s\": \"\\u00e4\\ud83d\\ude00\\n\\\"\\/\"}", "s=ä😀\n\"/;", 0},
        {CODEC_JSON, "", NULL, 1},
        {CODEC_JSON, "{\"a\": 1,\n\"b\" 2}", NULL, 2},
        {CODEC_JSON, "{\"a\": 1}\n x", NULL, 2},
        {CODEC_JSON, "[1,]", NULL, 1},
        {CODEC_JSON, "{'a': 1}", NULL, 1},
        {CODEC_JSON, "[01]", NULL, 1},
        {CODEC_JSON, "[1.]", NULL, 1},
        {CODEC_JSON, "[1e]", NULL, 1},
        {CODEC_JSON, "[-]", NULL, 1},
        {CODEC_JSON, "[+1]", NULL, 1},
        {CODEC_JSON, "[NaN]", NULL, 1},
        {CODEC_JSON, "[\"a\nb\"]", NULL, 1},
        {CODEC_JSON, "[\"\\x\"]", NULL, 1},
        {CODEC_JSON, "[\"\\u12\"]", NULL, 1},
        {CODEC_JSON, "[\"\\ud800\"]", NULL, 1},
        {CODEC_JSON, "[\"\\udc00\"]", NULL, 1},
        {CODEC_JSON, "[\"\\ud800\\u0041\"]", NULL, 1},
        {CODEC_JSON, "[\"\\u0000\"]", NULL, 1}, /* no argument can hold it */
        {CODEC_JSON, "[\"", NULL, 1},
        {CODEC_JSON, "[\"\\", NULL, 1},
        {CODEC_JSON, "{\n\"a\": 1,\n\"a\": 2}", NULL, 3},
        {CODEC_JSON, "{\"a.b\": 1,\n\"a\": {\"b\": 2}}", NULL, 2}, /* one name for two */
        {CODEC_KEYFILE, "# c\n[db]\nhost = a b \nport=\\s1\\\\\n[x y]\nk=", "db.host=a b;db.port= 1\\;x y.k=;", 0},
        {CODEC_KEYFILE, "[a]\nk=1\n[b]\n[a]\nl=2\r\n", "a.k=1;a.l=2;", 0},
        {CODEC_KEYFILE, "k=1\n", NULL, 1},
        {CODEC_KEYFILE, "[a]\n\nword\n", NULL, 3},
        {CODEC_KEYFILE, "[a]\n=1\n", NULL, 2},
        {CODEC_KEYFILE, "[a\n", NULL, 1},
        {CODEC_KEYFILE, "[]\n", NULL, 1},
        {CODEC_KEYFILE, "[a]b\n", NULL, 1},
        {CODEC_KEYFILE, "[a]\nk=\\x\n", NULL, 2},
        {CODEC_KEYFILE, "[a]\nk=1\nk=2\n", NULL, 3},
        {CODEC_ENV, "", "", 0},
        {CODEC_ENV, "A=1\n# B=2\n; C=3\n\n  D = 4 5 \t\nE=", "A=1;D=4 5;E=;", 0},
        {CODEC_ENV, "A='x\ny' z\nB=\"a\\\"b\\$\\c\\\nd\"\nC=a\\\nb\\ \nF=1", "A=x\ny z;B=a\"b$\\cd;C=ab ;F=1;", 0},
        {CODEC_ENV, "A=1\r\nB=2\r\n", "A=1;B=2;", 0},
        {CODEC_ENV, "A=1\nword\nB=2\nword", NULL, 2},
        {CODEC_ENV, "A=\\", "A=;", 0},
        {CODEC_ENV, "\nA=1\nA=2", NULL, 3},
        {CODEC_ENV, "\n9=1", NULL, 2},
        {CODEC_ENV, "=1", NULL, 1},
        {CODEC_ENV, "\nA='x\n\n", NULL, 2},
        {CODEC_ENV, "A=\"x\\", NULL, 1},
};

static char *read_case(const Case *given, FileProblem *problem)
{
        GString *out = g_string_new(NULL);
        const ValueMember *members = NULL;
        uint32_t n = 0;
        g_auto(Arena) arena;
        int r;

        arena_init(&arena);
        r = codec_read(given->codec, given->text, &arena, &members, &n, problem);
        for (uint32_t i = 0; r == 0 && i < n; i++)
                g_string_append_printf(out, "%s%s%s;", members[i].name, members[i].text ? "=" : "",
                                       members[i].text ? members[i].text : "");
        return g_string_free(out, r < 0);
}

/* §27: what a member of a value is, and where one that cannot be read is wrong */
static void test_members(void **state)
{
        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                FileProblem problem = {0};
                g_autofree char *members = read_case(&cases[i], &problem);

                if (g_strcmp0(members, cases[i].members) != 0 || (!members && problem.line != cases[i].line))
                        fail_msg("case %zu: %s, line %u: %s", i, members, problem.line,
                                 problem.text ? problem.text : "-");
        }
}

/* P39: input without bounds costs no more than a value may */
static void test_bounds(void **state)
{
        g_autoptr(GString) deep = g_string_new(NULL), many = g_string_new("[0"), level = g_string_new(NULL);
        g_autofree char *longest = g_strnfill(CODEC_MAX_NAME + 1, 'k');
        FileProblem problem;
        char *members;

        (void) state;
        for (unsigned i = 0; i < 100000; i++)
                g_string_append_c(deep, '[');
        assert_null(members = read_case(&(Case){CODEC_JSON, deep->str, NULL, 0}, &problem));
        assert_non_null(strstr(problem.text, "64"));
        for (unsigned i = 0; i < CODEC_MAX_MEMBERS; i++)
                g_string_append(many, ",\n0");
        g_string_append_c(many, ']');
        assert_null(members = read_case(&(Case){CODEC_JSON, many->str, NULL, 0}, &problem));
        assert_int_equal(problem.line, CODEC_MAX_MEMBERS + 1);
        g_string_printf(level, "{\"%s\": 1, \"a\": 2}", longest);
        members = read_case(&(Case){CODEC_JSON, level->str, NULL, 0}, &problem);
        assert_string_equal(members, "a=2;");
        g_free(members);
}

/* §27, §37: the place is that in the file, and a secret is not in the message */
static void test_file(void **state)
{
        g_auto(Sandbox) sandbox;
        g_autofree char *file = NULL, *text = NULL;
        const Diag *diag = NULL;

        (void) state;
        sandbox_init(&sandbox);
        file = g_strdup(sandbox_write(&sandbox, "settings.json", "{\"user\": \"me\",\n \"key\": s3cret}\n"));
        text = g_strdup_printf("[Value v]\nFile=%s\nCodec=json\nSecret=yes\n", file);
        sandbox_load_text(&sandbox, text);
        for (guint i = 0; i < sandbox.diags.items->len; i++) {
                diag = sandbox.diags.items->pdata[i];
                assert_null(strstr(diag->text, "s3cret"));
        }
        assert_non_null(diag);
        assert_int_equal(diag->code, DIAG_SYNTAX_ERROR);
        assert_string_equal(diag->origin.file, file);
        assert_int_equal(diag->origin.line, 2);
}

static const char *variable(const Sandbox *sandbox, const char *name)
{
        const Definition *definition = sandbox_component(sandbox, "c");
        g_autofree char *prefix = g_strconcat(name, "=", NULL);

        for (const char *const *entry = definition->process->environment; *entry; entry++)
                if (g_str_has_prefix(*entry, prefix))
                        return *entry + strlen(prefix);
        return NULL;
}

/* EnvironmentFile=: over Environment=, the later file over the earlier, no templates, a line without = is a warning */
static void test_environment_file(void **state)
{
        g_auto(Sandbox) sandbox;
        g_autofree char *one = NULL, *other = NULL, *text = NULL;

        (void) state;
        sandbox_init(&sandbox);
        one = g_strdup(sandbox_write(&sandbox, "one.env", "A=file\nB=${region}$x\nC=first\n"));
        other = g_strdup(sandbox_write(&sandbox, "other.env", "C=second\n"));
        text = g_strdup_printf("[Module]\nEnvironment=M=1 A=module\n[Component c]\nExecStart=/c\n"
                               "Environment=A=line D=1\nEnvironmentFile=%s\nEnvironmentFile=-/nonexistent/x\n"
                               "EnvironmentFile=%s\n",
                               one, other);
        sandbox_load_text(&sandbox, text);
        sandbox_assert_clean(&sandbox);
        assert_string_equal(variable(&sandbox, "A"), "file");
        assert_string_equal(variable(&sandbox, "B"), "$${region}$$x"); /* which comes out as it was */
        assert_string_equal(variable(&sandbox, "C"), "second");
        assert_string_equal(variable(&sandbox, "D"), "1");
        assert_string_equal(variable(&sandbox, "M"), "1");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_members),
                cmocka_unit_test(test_bounds),
                cmocka_unit_test(test_file),
                cmocka_unit_test(test_environment_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
