/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec.h"

#include <stdlib.h>
#include <string.h>

const char *const value_codec_names[CODEC_N_] = {
        [CODEC_PLAIN] = "plain",
        [CODEC_JSON] = "json",
        [CODEC_KEYFILE] = "keyfile",
        [CODEC_ENV] = "env",
};

static void on_variable(const char *name, const char *value, uint32_t line, void *userdata)
{
        codec_sink_add(userdata, name, value, line);
}

/* A value is written for us: what systemd passes over in a file of variables is a mistake here. */
static void on_ignored(uint32_t line, void *userdata)
{
        CodecSink *sink = userdata;

        if (sink->bad_line == 0)
                sink->bad_line = line;
}

static int read_env(const char *text, CodecSink *sink, FileProblem *problem)
{
        static const EnvFileHandlers handlers = {.on_variable = on_variable, .on_ignored = on_ignored};
        int r = env_file_parse(text, strlen(text), &handlers, sink, problem);

        if (sink->bad_line == 0)
                return r;
        *problem = (FileProblem){sink->bad_line, "a line that is neither NAME=VALUE nor a comment"};
        return -EINVAL;
}

/* As the Desktop Entry Specification has it, and GKeyFile reads it. */
static int unescape(const char *value, size_t n_value, GString *out)
{
        static const char letters[] = "sntr\\", bytes[] = " \n\t\r\\";

        for (size_t i = 0; i < n_value; i++) {
                const char *letter;

                if (value[i] != '\\') {
                        g_string_append_c(out, value[i]);
                        continue;
                }
                letter = i + 1 < n_value ? strchr(letters, value[i + 1]) : NULL;
                if (!letter)
                        return -EINVAL;
                g_string_append_c(out, bytes[letter - letters]);
                i++;
        }
        return 0;
}

static int read_keyfile_line(char *line, uint32_t number, GString *group, CodecSink *sink, const char **ret_problem)
{
        g_autoptr(GString) name = NULL, value = NULL;
        char *equals = strchr(line, '=');

        if (line[0] == '[') {
                size_t n = strcspn(line + 1, "[]");

                *ret_problem = "a group that is not [NAME]";
                g_string_truncate(group, 0);
                g_string_append_len(group, line + 1, (gssize) n);
                return n > 0 && line[1 + n] == ']' && line[2 + n] == '\0' ? 0 : -EINVAL;
        }
        *ret_problem = "neither a [group] nor KEY=VALUE";
        if (!equals || equals == line)
                return -EINVAL;
        *ret_problem = "a key before the first [group]";
        if (group->len == 0)
                return -EINVAL;
        *equals++ = '\0';
        g_strchomp(line);
        equals += strspn(equals, " \t");
        name = g_string_new(group->str);
        value = g_string_new(NULL);
        g_string_append_printf(name, ".%s", line);
        *ret_problem = "a backslash that begins none of \\s \\n \\t \\r \\\\";
        if (unescape(equals, strlen(equals), value) < 0)
                return -EINVAL;
        codec_sink_add(sink, name->str, value->str, number);
        return 0;
}

static int read_keyfile(const char *text, CodecSink *sink, FileProblem *problem)
{
        g_autoptr(GString) group = g_string_new(NULL);

        for (problem->line = 1; *text; problem->line++) {
                size_t n = strcspn(text, "\n");
                g_autofree char *line = g_strndup(text, n);

                g_strstrip(line);
                if (*line && *line != '#' &&
                    read_keyfile_line(line, problem->line, group, sink, &problem->text) < 0)
                        return -EINVAL;
                text += n + (text[n] == '\n');
        }
        return 0;
}

static int compare_members(const void *a, const void *b)
{
        const ValueMember *one = a, *other = b;
        int order = strcmp(one->name, other->name);

        return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* The first, as it stands in the file, that is given once more. */
static int find_double(const GArray *members, FileProblem *problem)
{
        *problem = (FileProblem){UINT32_MAX, "a member that was given before"};
        for (guint i = 1; i < members->len; i++) {
                const ValueMember *before = &g_array_index(members, ValueMember, i - 1), *member = before + 1;

                if (g_str_equal(before->name, member->name))
                        problem->line = MIN(problem->line, member->line);
        }
        return problem->line < UINT32_MAX ? -EINVAL : 0;
}

int codec_read(ValueCodec codec, const char *text, Arena *arena, const ValueMember **ret, uint32_t *ret_n,
               FileProblem *ret_problem)
{
        static int (*const readers[CODEC_N_])(const char *, CodecSink *, FileProblem *) = {
                [CODEC_JSON] = codec_read_json, [CODEC_KEYFILE] = read_keyfile, [CODEC_ENV] = read_env};
        g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(ValueMember));
        CodecSink sink = {.members = members, .arena = arena};
        int r = 0;

        if (readers[codec])
                r = readers[codec](text, &sink, ret_problem);
        if (r < 0)
                return r;
        if (members->len > CODEC_MAX_MEMBERS) {
                *ret_problem = (FileProblem){g_array_index(members, ValueMember, CODEC_MAX_MEMBERS).line,
                                             "more members than the 10000 that a value may have"};
                return -EINVAL;
        }
        if (members->len > 1)
                qsort(members->data, members->len, sizeof(ValueMember), compare_members);
        r = find_double(members, ret_problem);
        if (r < 0)
                return r;
        *ret = arena_copy(arena, members->data, members->len * sizeof(ValueMember));
        *ret_n = members->len;
        return 0;
}

static int compare_name(const void *name, const void *member)
{
        return strcmp(name, ((const ValueMember *) member)->name);
}

const ValueMember *value_find_member(const Value *value, const char *name)
{
        if (value->n_members == 0)
                return NULL;
        return bsearch(name, value->members, value->n_members, sizeof(ValueMember), compare_name);
}
