/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/names.h"
#include "base/tcp_address.h"
#include "kind.h"
#include "naming.h"
#include "words.h"

int kind_parse_path(const Assignment *assignment, void *target)
{
        if (assignment->value[0] != '/') {
                diag_set_hint(assign_error(assignment, "is not an absolute path"), "begin it with /");
                return -EBADMSG;
        }
        return kind_parse_text(assignment, target);
}

int kind_parse_account(const Assignment *assignment, void *target)
{
        if (!account_is_valid(assignment->value)) {
                (void) assign_error(assignment, "is neither a name nor a number of an account");
                return -EBADMSG;
        }
        return kind_parse_text(assignment, target);
}

int kind_parse_output(const Assignment *assignment, void *target)
{
        ProcessSpec *spec = (ProcessSpec *) (void *) ((char *) target - offsetof(ProcessSpec, output));
        const char *value = assignment->value, *colon = strchr(value, ':'), *nearest;
        g_autofree char *word = colon ? g_strndup(value, (gsize) (colon - value)) : g_strdup(value);
        int kind = name_find(output_kind_names, OUTPUT_N_, word);
        bool takes_path = kind == OUTPUT_FILE || kind == OUTPUT_APPEND;
        Diag *diag;

        if (kind < 0 || (colon != NULL) != takes_path) {
                diag = assign_error(assignment, "is no place for output");
                nearest = kind < 0 ? name_nearest(output_kind_names, OUTPUT_N_, word) : NULL;
                if (nearest)
                        diag_set_hint(diag, "did you mean '%s'?", nearest);
                else
                        diag_set_hint(diag, "write auto, journal, console, null, file:/PATH or append:/PATH");
                return -EBADMSG;
        }
        if (takes_path && colon[1] != '/') {
                diag_set_hint(assign_error(assignment, "names no absolute path"), "write %s:/PATH", word);
                return -EBADMSG;
        }
        spec->output = (OutputKind) kind;
        spec->output_path = takes_path ? arena_text(assignment->context->arena, colon + 1) : NULL;
        return 0;
}

int kind_parse_name(const Assignment *assignment, void *target)
{
        if (!name_is_valid(assignment->value)) {
                g_autofree char *valid = name_to_valid(assignment->value);

                diag_set_hint(assign_error(assignment, "is not a name"), "a name is [a-z][a-z0-9_.-]{0,62}%s%s%s",
                              valid ? ", such as '" : "", valid ? valid : "", valid ? "'" : "");
                return -EBADMSG;
        }
        return kind_parse_text(assignment, target);
}

int kind_parse_scope(const Assignment *assignment, void *target)
{
        int word = name_find(scope_names, SCOPE_KIND, assignment->value);
        ScopeWord scope = {.scope = SCOPE_KIND};
        int r;

        if (word >= 0)
                scope.scope = (Scope) word;
        else {
                r = kind_parse_name(assignment, &scope.kind);
                if (r < 0)
                        return r;
        }
        *(ScopeWord *) target = scope;
        return 0;
}

int kind_parse_probe(const Assignment *assignment, void *target)
{
        static const char *const later[] = {"http:", "exec:", "log:"};
        const char *value = assignment->value;
        bool has_template = strstr(value, "${") != NULL;
        TcpAddress address;

        for (size_t i = 0; i < G_N_ELEMENTS(later); i++)
                if (g_str_has_prefix(value, later[i])) {
                        (void) diag_error(assignment->diags, DIAG_NOT_AVAILABLE, assignment->origin,
                                          "%s=%s… is not available yet", assignment->key->name, later[i]);
                        return -EBADMSG;
                }
        if (g_str_has_prefix(value, "unix:")) {
                if (!has_template && (value[5] != '/' || g_str_has_suffix(value, "/"))) {
                        diag_set_hint(assign_error(assignment, "is not the address of a socket"), "write unix:/PATH");
                        return -EBADMSG;
                }
        } else if (g_str_has_prefix(value, "tcp:")) {
                if (!has_template && tcp_address_parse(value + 4, &address) < 0) {
                        diag_set_hint(assign_error(assignment, "is not the address of a socket"),
                                      "write tcp:ADDRESS:PORT with a number for the address: 127.0.0.1 or [::1]");
                        return -EBADMSG;
                }
        } else {
                diag_set_hint(assign_error(assignment, "is no probe"), "write unix:/PATH or tcp:ADDRESS:PORT");
                return -EBADMSG;
        }
        return kind_parse_text(assignment, target);
}

static int report_command(const Assignment *assignment, const char *problem, const char *hint)
{
        Diag *diag =
                diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin, "the command has %s", problem);

        if (hint)
                diag_set_hint(diag, "%s", hint);
        return -EBADMSG;
}

/* What the kernel refuses to execute whatever the machine (execve(2), limits on arguments). */
static const char *find_too_long(char *const *words, size_t n_words)
{
        enum { WORD_MAX_BYTES = 128 * 1024 - 1, ALL_MAX_BYTES = 1536 * 1024 };
        size_t total = 0;

        for (size_t i = 0; i < n_words; i++) {
                size_t n = strlen(words[i]);

                if (n > WORD_MAX_BYTES)
                        return "a word of more than 131071 bytes, which no program can be given";
                total += n + 1 + sizeof(char *);
        }
        return total > ALL_MAX_BYTES ? "more and longer words than a program can be given" : NULL;
}

int kind_parse_command(const Assignment *assignment, void *target)
{
        g_auto(GStrv) words = NULL;
        const char *problem, **argv;
        size_t n;

        if (strchr("-@:+!|", assignment->value[0])) {
                g_autofree char *prefix =
                        g_strdup_printf("the prefix %c, which systemd knows and Reeve does not", assignment->value[0]);

                return report_command(
                        assignment, prefix,
                        assignment->key && assignment->key->kind == KIND_HOOK
                                ? "where a failure is not to count, write /bin/sh -c 'COMMAND || true'"
                                : "instead of - see SuccessExitStatus= and Restart=, instead of + and ! see User=");
        }
        if (words_split_command(assignment->value, &words, &problem) < 0)
                return report_command(assignment, problem, NULL);
        if (!words[0] || !words[0][0])
                return report_command(assignment, "no program", NULL);
        if (words[0][0] != '/' && strchr(words[0], '/') && !g_str_has_prefix(words[0], "${"))
                return report_command(assignment, "a program with a relative path",
                                      "write its absolute path, or its name alone to have it looked up in PATH");
        n = g_strv_length(words);
        problem = find_too_long(words, n);
        if (problem)
                return report_command(assignment, problem, "hand it over in a file");
        argv = arena_new(assignment->context->arena, const char *, n + 1);
        for (size_t i = 0; i < n; i++)
                argv[i] = arena_text(assignment->context->arena, words[i]);
        *(const char *const **) target = argv;
        return 0;
}

int kind_parse_hook(const Assignment *assignment, void *target)
{
        const char *const *argv;
        int r = kind_parse_command(assignment, &argv);

        if (r == 0)
                chain_add(target, assignment->context->scratch, argv, assignment->origin);
        return r;
}
