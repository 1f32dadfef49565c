/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder.h"

#include <string.h>

#include "template.h"

/* The templates of one component being gone through. */
typedef struct Gathering {
        const Builder *builder;
        GArray *uses; /* of EndpointUse, or NULL: none so far */
        const char *what, *publishes;
        Origin origin;
} Gathering;

static void on_part(const TemplatePart *part, void *userdata)
{
        Gathering *gathering = userdata;
        EndpointUse use = {
                .what = gathering->what, .publishes = gathering->publishes, .origin = gathering->origin};

        if (part->kind != TEMPLATE_SELF && part->kind != TEMPLATE_ENDPOINT)
                return;
        use.text = part->kind == TEMPLATE_SELF
                           ? arena_text_n(gathering->builder->arena, part->name - strlen("self."),
                                          part->n_name + strlen("self."))
                           : arena_text_n(gathering->builder->arena, part->name, part->n_name);
        if (!gathering->uses)
                gathering->uses = g_array_new(FALSE, FALSE, sizeof(EndpointUse));
        g_array_append_val(gathering->uses, use);
}

static void gather(Gathering *gathering, const char *what, Origin origin, const char *text)
{
        const char *problem;

        if (!strstr(text, "${"))
                return;
        gathering->what = what;
        gathering->origin = origin;
        (void) !template_visit(text, on_part, gathering, &problem); /* text_check reports what is malformed */
}

static void gather_words(Gathering *gathering, const char *what, Origin origin, const char *const *words)
{
        for (; words && *words; words++)
                gather(gathering, what, origin, *words);
}

static void gather_all(Gathering *gathering, const ComponentDraft *draft)
{
        gather_words(gathering, "ExecStart=", draft->marks.exec, draft->argv);
        if (draft->probe)
                gather(gathering, "ReadyProbe=", draft->marks.probe, draft->probe);
        if (draft->process)
                for (const ChainItem *item = draft->process->environment.first; item; item = item->next)
                        gather(gathering, "Environment=", item->origin, item->data);
        for (Hook hook = 0; draft->life && hook < HOOK_N_; hook++)
                for (const ChainItem *item = draft->life->hooks[hook].first; item; item = item->next)
                        gather_words(gathering, hook_keys[hook], item->origin, item->data);
        if (!draft->wiring.endpoints)
                return;
        for (const ChainItem *item = draft->wiring.endpoints->publish.first; item; item = item->next) {
                const DeclaredEndpoint *endpoint = item->data;

                gathering->publishes = endpoint->name;
                gather(gathering, "Publish=", endpoint->origin, endpoint->text);
        }
}

static Diag *error(const Builder *builder, const ComponentDraft *draft, DiagCode code, Origin origin, const char *text)
{
        Diag *diag = diag_error(builder->diags, code, origin, "component '%s' %s", draft->name, text);

        diag_set_component(diag, draft->name, builder->module->name);
        return diag;
}

static void report_double(const Builder *builder, const ComponentDraft *draft, const DeclaredEndpoint *before,
                          const DeclaredEndpoint *endpoint)
{
        g_autofree char *text = g_strdup_printf("declares the endpoint '%s' twice", endpoint->name);
        Diag *diag = error(builder, draft, DIAG_DUPLICATE_NAME, endpoint->origin, text);

        diag_add_source(diag, before->name, before->origin);
        diag_add_source(diag, endpoint->name, endpoint->origin);
        diag_set_hint(diag, "a drop-in that is to replace it clears the list first, with an empty assignment");
}

/* The lists laid one behind the other; a name that is there already is left out. */
static void make_list(const Builder *builder, const ComponentDraft *draft, EndpointSpec *spec)
{
        const EndpointDraft *endpoints = draft->wiring.endpoints;
        const Chain *chains[] = {&endpoints->listen, &endpoints->ports, &endpoints->publish};
        DeclaredEndpoint list[DECLARED_ENDPOINTS_MAX];

        for (size_t i = 0; i < G_N_ELEMENTS(chains); i++) {
                for (const ChainItem *item = chains[i]->first; item; item = item->next) {
                        const DeclaredEndpoint *endpoint = item->data, *before;

                        spec->list = list;
                        before = endpoint_spec_find(spec, endpoint->name);
                        if (before)
                                report_double(builder, draft, before, endpoint);
                        else if (spec->n < DECLARED_ENDPOINTS_MAX)
                                list[spec->n++] = *endpoint;
                        else {
                                (void) error(builder, draft, DIAG_LIMIT, endpoint->origin,
                                             "declares more than 64 endpoints");
                                break;
                        }
                }
                if (i == 0)
                        spec->n_listen = spec->n;
        }
        spec->list = arena_copy(builder->arena, list, spec->n * sizeof(*list));
}

const EndpointSpec *builder_make_endpoints(Builder *builder, const ComponentDraft *draft)
{
        Gathering gathering = {.builder = builder};
        EndpointSpec *spec;

        gather_all(&gathering, draft);
        if (!draft->wiring.endpoints && !gathering.uses)
                return NULL;
        spec = arena_new(builder->arena, EndpointSpec, 1);
        if (draft->wiring.endpoints)
                make_list(builder, draft, spec);
        if (gathering.uses) {
                spec->n_uses = gathering.uses->len;
                spec->uses = arena_copy(builder->arena, gathering.uses->data, spec->n_uses * sizeof(EndpointUse));
                g_array_unref(gathering.uses);
        }
        return spec;
}

Origin builder_first_socket(const ComponentDraft *draft)
{
        const EndpointDraft *endpoints = draft->wiring.endpoints;
        const ChainItem *item = !endpoints                ? NULL
                                : endpoints->listen.first ? endpoints->listen.first
                                                          : endpoints->ports.first;

        return item ? item->origin : (Origin){0};
}
