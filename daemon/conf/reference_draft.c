/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "reference_draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "naming.h"

/* Between the component's name and its own. */
static const char *find_slash(const char *name)
{
        return strchr(name, '/');
}

static bool check_name(const EntryContext *context, const char *name)
{
        const char *slash = find_slash(name);
        g_autofree char *component = slash ? g_strndup(name, (gsize) (slash - name)) : NULL;

        if (slash && name_is_valid(component) && name_is_valid(slash + 1))
                return true;
        diag_set_hint(diag_error(&context->module->diags, DIAG_INVALID_VALUE, context->origin,
                                 "'%.200s' is not COMPONENT/NAME", name),
                      "write [Reference COMPONENT/NAME]: whose reference it is, and a name for it; a name is "
                      "[a-z][a-z0-9_.-]{0,62}");
        return false;
}

ReferenceDraft *reference_draft_open(const EntryContext *context, const char *name)
{
        DraftSet *set = &context->module->references;
        ReferenceDraft *draft = g_hash_table_lookup(set->by_name, name);

        if (draft)
                return draft;
        draft = arena_new(context->context->scratch, ReferenceDraft, 1);
        assign_defaults(context->context, context->section, GROUP_SELF, draft);
        draft->name = arena_text(context->context->arena, name);
        draft->origin = context->origin;
        if (check_name(context, name)) {
                g_ptr_array_add(set->items, draft);
                g_hash_table_insert(set->by_name, (void *) draft->name, draft);
        }
        return draft;
}

static int compare_tests(const void *a, const void *b)
{
        const LabelTest *one = a, *other = b;

        return one->kind != other->kind ? (int) one->kind - (int) other->kind : strcmp(one->text, other->text);
}

static void append_test(GString *text, const LabelTest *test)
{
        if (text->len > 0)
                g_string_append_c(text, ' ');
        switch (test->kind) {
        case LABEL_DIFFERS:
                g_string_append_printf(text, "%.*s!=%s", (int) test->n_name, test->text, test->text + test->n_name + 1);
                break;
        case LABEL_PRESENT:
        case LABEL_ABSENT:
                g_string_append_printf(text, "%shas:%s", test->kind == LABEL_ABSENT ? "!" : "", test->text);
                break;
        case LABEL_EQUALS:
        case LABEL_N_:
                g_string_append(text, test->text);
                break;
        }
}

/* The order of the tests means nothing (§7). */
static void make_tests(const ReferenceDraft *draft, AssignContext *context, RefSpec *spec)
{
        g_autofree LabelTest *tests = g_new(LabelTest, MAX(draft->target.n, 1));
        g_autoptr(GString) text = g_string_new(NULL);
        uint32_t n = 0;

        for (const ChainItem *item = draft->target.first; item; item = item->next)
                tests[n++] = *(const LabelTest *) item->data;
        qsort(tests, n, sizeof(LabelTest), compare_tests);
        for (uint32_t i = 0; i < n; i++)
                if (i == 0 || compare_tests(&tests[i - 1], &tests[i]) != 0) {
                        tests[spec->n_tests++] = tests[i];
                        append_test(text, &tests[i]);
                }
        spec->tests = arena_copy(context->arena, tests, spec->n_tests * sizeof(LabelTest));
        spec->target = arena_text(context->arena, text->str);
}

static Link *make_link(const ReferenceDraft *draft, AssignContext *context)
{
        RefSpec *spec = arena_new(context->arena, RefSpec, 1);
        Link *link = arena_new(context->scratch, Link, 1);

        *spec = (RefSpec){.name = find_slash(draft->name) + 1,
                          .cardinality = draft->cardinality,
                          .is_soft = draft->is_soft,
                          .excludes_self = draft->excludes_self};
        make_tests(draft, context, spec);
        *link = (Link){.key = draft->key ? draft->key : spec->name, .route = draft->route, .spec = spec};
        return link;
}

static ComponentDraft *find_component(ModuleDraft *module, const ReferenceDraft *draft)
{
        g_autofree char *name = g_strndup(draft->name, (gsize) (find_slash(draft->name) - draft->name));
        ComponentDraft *component = g_hash_table_lookup(module->components.by_name, name);
        g_autoptr(GPtrArray) names = NULL;
        const char *nearest;
        Diag *diag;

        if (component && !component->is_cleared)
                return component;
        diag = diag_error(&module->diags, DIAG_INVALID_VALUE, draft->origin,
                          "[Reference %s] is of a component that this module does not declare", draft->name);
        diag_set_component(diag, name, module->name);
        if (module->diags.items->len > MODULE_FEW_FINDINGS)
                return NULL;
        names = g_ptr_array_new();
        for (guint i = 0; i < module->components.items->len; i++)
                g_ptr_array_add(names, (void *) ((const ComponentDraft *) module->components.items->pdata[i])->name);
        nearest = name_nearest((const char *const *) names->pdata, names->len, name);
        if (nearest)
                diag_set_hint(diag, "did you mean [Reference %s%s]?", nearest, find_slash(draft->name));
        else
                diag_set_hint(diag, "a component's references stand in its own module, or in a drop-in of it");
        return NULL;
}

static char *describe(const ComponentDraft *component, const Link *link)
{
        return g_strconcat(component->name, "/", link->key, link->route ? ":" : "", link->route, NULL);
}

/* What COMPONENT is bound to so far, into BOUND: "component/key:route" → ChainItem. */
static void note_component(GHashTable *bound, const ComponentDraft *component)
{
        static const RefKind kinds[] = {REF_REQUIRES, REF_WANTS};

        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
                for (ChainItem *item = component->wiring.refs[kinds[i]].first; item; item = item->next)
                        g_hash_table_insert(bound, describe(component, item->data), item);
}

/* Its variables and templates go by the key, so there is one reference to each. */
static bool check_twice(ModuleDraft *module, GHashTable *bound, const ComponentDraft *component,
                        const ReferenceDraft *draft, const Link *link)
{
        g_autofree char *what = describe(component, link);
        const ChainItem *before = g_hash_table_lookup(bound, what);
        Diag *diag;

        if (!before)
                return true;
        diag = diag_error(&module->diags, DIAG_DUPLICATE_KEY, draft->origin,
                          "'%s' refers to '%s' twice, here and in line %u", component->name,
                          strchr(what, '/') + 1, before->origin.line);
        diag_set_component(diag, component->name, module->name);
        diag_set_key(diag, link->key, link->route);
        diag_add_source(diag, link->key, before->origin);
        diag_add_source(diag, draft->name, draft->origin);
        diag_set_hint(diag, "keep one of them: [Reference] stands in place of the word in Requires= or Wants=");
        return false;
}

void reference_draft_finish(ModuleDraft *module, AssignContext *context)
{
        g_autoptr(GHashTable) bound = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        for (guint i = 0; i < module->references.items->len; i++) {
                const ReferenceDraft *draft = module->references.items->pdata[i];
                ComponentDraft *component = find_component(module, draft);
                Chain *chain;
                Link *link;

                if (module->diags.items->len >= module->max_findings)
                        return;
                if (!component || draft->is_damaged)
                        continue;
                if (g_hash_table_add(seen, component))
                        note_component(bound, component);
                link = make_link(draft, context);
                if (!check_twice(module, bound, component, draft, link))
                        continue;
                chain = &component->wiring.refs[link->spec->cardinality.min > 0 ? REF_REQUIRES : REF_WANTS];
                chain_add(chain, context->scratch, link, draft->origin);
                g_hash_table_insert(bound, describe(component, link), chain->last);
        }
}
