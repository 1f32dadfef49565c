/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "env_file.h"
#include "file_cache.h"
#include "kind.h"
#include "naming.h"

/* One file of variables being read, for the first key that names it. */
typedef struct Reading {
        const Assignment *assignment;
        CachedFile *file;
} Reading;

/* It is no template: a $ in a file is a $. */
static void on_variable(const char *name, const char *value, uint32_t line, void *userdata)
{
        const Reading *reading = userdata;
        const AssignContext *context = reading->assignment->context;
        g_autoptr(GString) text = g_string_new(name);

        g_string_append_c(text, '=');
        for (; *value; value++)
                g_string_append(text, *value == '$' ? "$$" : (const char[]){*value, '\0'});
        chain_add(&reading->file->variables, context->scratch, arena_text_n(context->arena, text->str, text->len),
                  origin_at(reading->file->path, line));
}

static void on_ignored(uint32_t line, void *userdata)
{
        const Reading *reading = userdata;
        const Assignment *assignment = reading->assignment;
        Diag *diag = diag_add(assignment->diags, SEVERITY_WARNING, DIAG_SYNTAX_ERROR,
                              origin_at(reading->file->path, line),
                              "this line of a file of variables has no =, and is passed over");

        diag_add_source(diag, assignment->key->name, assignment->origin);
        diag_set_hint(diag, "write NAME=VALUE, or # in front of a comment");
}

static int read_variables(const Assignment *assignment, CachedFile *file)
{
        static const EnvFileHandlers handlers = {.on_variable = on_variable, .on_ignored = on_ignored};
        Reading reading = {.assignment = assignment, .file = file};
        FileProblem mistake;
        Diag *diag;

        file->is_parsed = true;
        if (!g_utf8_validate_len(file->text.bytes, file->text.n_bytes, NULL)) {
                (void) diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin,
                                  "%s=%.200s is not UTF-8 text", assignment->key->name, assignment->value);
                return -EBADMSG;
        }
        if (env_file_parse(file->text.bytes, file->text.n_bytes, &handlers, &reading, &mistake) == 0)
                return 0;
        diag = diag_error(assignment->diags, DIAG_SYNTAX_ERROR, origin_at(file->path, mistake.line),
                          "this line of a file of variables has %s", mistake.text);
        diag_add_source(diag, assignment->key->name, assignment->origin);
        return -EBADMSG;
}

int kind_parse_environment_file(const Assignment *assignment, void *target)
{
        bool may_be_missing = assignment->value[0] == '-';
        const char *path = assignment->value + may_be_missing;
        CachedFile *file;
        Diag *diag;

        if (*path != '/') {
                diag_set_hint(assign_error(assignment, "is not an absolute path"),
                              "begin it with /, or with -/ where the file may be missing");
                return -EBADMSG;
        }
        file = file_cache_get(assignment->context->files, path);
        if (file->error == -ENOENT && may_be_missing)
                return 0;
        if (file->error < 0) {
                diag = diag_error(assignment->diags, DIAG_FILE_ERROR, assignment->origin,
                                  "%s=%.200s cannot be read: %s", assignment->key->name, assignment->value,
                                  file->problem);
                if (file->error == -ENOENT)
                        diag_set_hint(diag, "with %s=-%.200s it may be missing", assignment->key->name, path);
                return -EBADMSG;
        }
        if (!file->is_parsed && read_variables(assignment, file) < 0)
                return -EBADMSG;
        for (const ChainItem *item = file->variables.first; item; item = item->next)
                chain_add(target, assignment->context->scratch, item->data, item->origin);
        return 0;
}

/* What systemd takes for an ID, and no folder has a meaning for. */
static bool is_id(const char *id)
{
        size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

        return n > 0 && n <= NAME_MAX_BYTES && id[n] == '\0' && id[0] != '.';
}

int kind_parse_credential(const Assignment *assignment, void *target)
{
        const AssignContext *context = assignment->context;
        const char *colon = strchr(assignment->value, ':'), *path = colon ? colon + 1 : NULL;
        g_autofree char *id = colon ? g_strndup(assignment->value, (gsize) (colon - assignment->value))
                                    : g_strdup(assignment->value);
        Credential *credential = arena_new(context->scratch, Credential, 1);
        CachedFile *file;

        if (!(path ? is_id(id) : name_is_valid(id))) {
                diag_set_hint(assign_error(assignment, "does not begin with a name for a credential"),
                              "write ID:/PATH with an ID of letters, digits and _.-, or the name of a value");
                return -EBADMSG;
        }
        if (path && *path != '/') {
                diag_set_hint(assign_error(assignment, "names no absolute path"), "write %s:/PATH", id);
                return -EBADMSG;
        }
        *credential = (Credential){.name = arena_text(context->arena, id), .origin = assignment->origin};
        if (path) {
                file = file_cache_get(context->files, path);
                if (file->error < 0) {
                        (void) diag_error(assignment->diags, DIAG_FILE_ERROR, assignment->origin,
                                          "%s=%.200s cannot be read: %s", assignment->key->name, assignment->value,
                                          file->problem);
                        return -EBADMSG;
                }
                if (!file->kept)
                        file->kept = arena_text_n(context->arena, file->text.bytes, file->text.n_bytes);
                credential->bytes = file->kept;
                credential->n_bytes = file->text.n_bytes;
        }
        chain_add(target, context->scratch, credential, assignment->origin);
        return 0;
}
