/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "codec.h"
#include "file.h"

/* What File= holds, or NULL after a finding, which never shows any of it. */
static const char *read_value_file(const Builder *builder, const NamedDraft *draft)
{
        g_auto(FileText) text = {0};
        const char *problem;
        Diag *diag;
        size_t n;

        if (file_read(draft->path, false, &text, &problem) < 0) {
                diag = diag_error(builder->diags, DIAG_FILE_ERROR, draft->path_origin,
                                  "value '%s' cannot be read from %.200s: %s", draft->name, draft->path, problem);
                diag_set_key(diag, draft->name, NULL);
                return NULL;
        }
        n = text.n_bytes;
        if (!g_utf8_validate_len(text.bytes, n, NULL)) {
                diag = diag_error(builder->diags, DIAG_INVALID_VALUE, draft->path_origin,
                                  "value '%s' in %.200s is not UTF-8 text", draft->name, draft->path);
                diag_set_key(diag, draft->name, NULL);
                return NULL;
        }
        if (n > 0 && text.bytes[n - 1] == '\n')
                n--;
        return arena_text_n(builder->arena, text.bytes, n);
}

/* The line is one of the file, or, for what stands in the module itself, that of Value=. */
static void read_members(const Builder *builder, const NamedDraft *draft, Value *value)
{
        Origin origin = draft->path ? origin_at(g_intern_string(draft->path), 0) : draft->text_origin;
        FileProblem problem;
        Diag *diag;

        if (codec_read(value->codec, value->text, builder->arena, &value->members, &value->n_members, &problem) == 0)
                return;
        value->is_damaged = true;
        if (draft->path)
                origin.line = problem.line;
        diag = diag_error(builder->diags, DIAG_SYNTAX_ERROR, origin, "value '%s' is not Codec=%s: it has %s",
                          draft->name, value_codec_names[value->codec], problem.text);
        diag_set_key(diag, draft->name, NULL);
        if (draft->path)
                diag_add_source(diag, draft->name, draft->path_origin);
}

Value *builder_make_value(Builder *builder, const NamedDraft *draft)
{
        Value *value = arena_new(builder->arena, Value, 1);
        const char *text = draft->text;

        if (draft->text_origin.file && draft->path_origin.file)
                (void) diag_error(builder->diags, DIAG_INVALID_VALUE, draft->path_origin,
                                  "value '%s' has both Value= and File=", draft->name);
        else if (!draft->text_origin.file && !draft->path_origin.file)
                (void) diag_error(builder->diags, DIAG_INVALID_VALUE, draft->origin,
                                  "value '%s' has neither Value= nor File=", draft->name);
        else if (draft->path)
                text = read_value_file(builder, draft);
        *value = (Value){
                .name = draft->name,
                .module = builder->module,
                .origin = draft->origin,
                .text = text ? text : "",
                .codec = draft->codec,
                .is_secret = draft->is_secret,
        };
        if (text)
                read_members(builder, draft, value);
        else
                value->is_damaged = true;
        return value;
}

Alias *builder_make_alias(Builder *builder, const NamedDraft *draft)
{
        Alias *alias = arena_new(builder->arena, Alias, 1);

        if (!draft->text_origin.file)
                diag_set_hint(diag_error(builder->diags, DIAG_INVALID_VALUE, draft->origin,
                                         "alias '%s' has no Target=", draft->name),
                              "write Target=KEY");
        *alias = (Alias){
                .name = draft->name,
                .target = draft->text ? draft->text : draft->name,
                .module = builder->module,
                .origin = draft->origin,
                .target_origin = draft->text_origin.file ? draft->text_origin : draft->origin,
        };
        return alias;
}

ScopeKind *builder_make_kind(Builder *builder, const NamedDraft *draft)
{
        ScopeKind *kind = arena_new(builder->arena, ScopeKind, 1);

        if (name_find(scope_names, SCOPE_N_, draft->name) >= 0 && !g_str_equal(draft->name, scope_names[SCOPE_KIND]))
                (void) diag_error(builder->diags, DIAG_INVALID_VALUE, draft->origin,
                                  "the kind of scope '%s' is built in", draft->name);
        *kind = (ScopeKind){
                .name = draft->name,
                .parent = draft->text,
                .module = builder->module,
                .origin = draft->origin,
                .parent_origin = draft->text_origin.file ? draft->text_origin : draft->origin,
        };
        return kind;
}

static int compare_texts(const void *a, const void *b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

KeyDeclaration *builder_make_key(Builder *builder, const NamedDraft *draft)
{
        KeyDeclaration *key = arena_new(builder->arena, KeyDeclaration, 1);
        const char **routes = draft->routes.n > 0 ? arena_new(builder->arena, const char *, draft->routes.n + 1) : NULL;
        uint32_t n = 0, n_routes = 0;

        for (const ChainItem *item = draft->routes.first; item; item = item->next)
                routes[n++] = item->data;
        if (n > 0)
                qsort(routes, n, sizeof(*routes), compare_texts);
        for (uint32_t i = 0; i < n; i++)
                if (i == 0 || !g_str_equal(routes[i], routes[n_routes - 1]))
                        routes[n_routes++] = routes[i];
        if (routes)
                routes[n_routes] = NULL;
        *key = (KeyDeclaration){
                .name = draft->name,
                .module = builder->module,
                .origin = draft->origin,
                .routes_origin = draft->routes.n > 0 ? draft->routes.first->origin : draft->origin,
                .routes = routes,
                .n_routes = n_routes,
        };
        return key;
}
