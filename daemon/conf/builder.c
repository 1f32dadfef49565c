/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder.h"

#include <string.h>

#include "base/names.h"
#include "builder_list.h"

/* Most components of a file are declared alike: one that equals the one before shares it. */
static const void *keep(const Builder *builder, const void *before, const void *spec, size_t n_bytes)
{
        return before && memcmp(before, spec, n_bytes) == 0 ? before : arena_copy(builder->arena, spec, n_bytes);
}

/* Copied as a block, so that equal ones are equal in their padding too. */
static void fill_life(const Builder *builder, const LifeDraft *draft, LifeSpec *life)
{
        memcpy(life, &draft->spec, sizeof(*life));
        life->hooks = builder_list_hooks(draft->hooks, builder->arena);
        life->success_status = builder_list_statuses(&draft->success_status, builder->arena, &life->n_success_status);
}

static const LifeSpec *make_life(Builder *builder, const LifeDraft *draft)
{
        LifeSpec life;

        fill_life(builder, draft, &life);
        builder->last_life = keep(builder, builder->last_life, &life, sizeof(life));
        return builder->last_life;
}

/* Each component has its own list, so one long one of a module would be held ten thousand times. */
enum { VARIABLES_MAX = 1000 };

static const char *const *make_environment(const Builder *builder, const ProcessDraft *draft)
{
        static const Chain nothing = {0};
        const Chain *chains[] = {&builder->draft->keys.environment, &draft->environment, &draft->environment_files};
        uint32_t n;

        if (chains[0]->n > VARIABLES_MAX)
                chains[0] = &nothing; /* reported for the module */
        if (chains[1]->n == 0 && chains[2]->n == 0 && builder->process)
                return builder->process->environment;
        n = chains[0]->n + chains[1]->n + chains[2]->n;
        if (n > VARIABLES_MAX) {
                diag_set_hint(diag_error(builder->diags, DIAG_INVALID_VALUE,
                                         (chains[1]->last ? chains[1] : chains[2])->last->origin,
                                         "Environment= comes to %u variables, those of its module and of "
                                         "EnvironmentFile= included; %u is the most",
                                         n, (unsigned) VARIABLES_MAX),
                              "put them into a file that the program reads");
                return builder->process ? builder->process->environment : NULL;
        }
        return builder_list_texts(chains, G_N_ELEMENTS(chains), builder->arena);
}

static const ProcessSpec *make_process(Builder *builder, const ProcessDraft *draft)
{
        const Chain *pass[] = {&draft->pass_environment};
        bool has_none = pass[0]->n == 0 && builder->process && !*builder->process->pass_environment;
        ProcessSpec process;

        memcpy(&process, &draft->spec, sizeof(process));
        process.environment = make_environment(builder, draft);
        process.pass_environment = has_none ? builder->process->pass_environment
                                            : builder_list_texts(pass, G_N_ELEMENTS(pass), builder->arena);
        process.credentials = builder_list_credentials(&draft->credentials, builder->arena);
        process.limits = builder_list_limits(&draft->limits, builder->arena, &process.n_limits);
        builder->last_process = keep(builder, builder->last_process, &process, sizeof(process));
        return builder->last_process;
}

void builder_init(Builder *builder, Arena *arena, const AssignContext *context, const Settings *settings)
{
        *builder = (Builder){.arena = arena, .context = context, .policy = settings ? settings->policy : POLICY_STRICT};
        builder->life = make_life(builder, &context->life);
        builder->wiring = arena_new(arena, Wiring, 1);
}

static const ModuleRef *make_names(const Builder *builder, const Chain *chain, uint32_t *ret_n)
{
        g_autofree Ref *refs = builder_list_refs(chain, 1, ret_n);
        ModuleRef *names = arena_new(builder->arena, ModuleRef, *ret_n);

        for (uint32_t i = 0; i < *ret_n; i++)
                names[i] = (ModuleRef){.name = refs[i].key, .origin = refs[i].origin};
        return names;
}

Module *builder_make_module(Builder *builder, const ModuleDraft *draft, bool is_loaded)
{
        Module *module = arena_new(builder->arena, Module, 1);

        module->name = draft->name;
        module->origin = draft->origin;
        module->description = draft->keys.description;
        module->documentation = draft->keys.documentation;
        module->is_private = draft->keys.visibility == VISIBILITY_PRIVATE;
        module->is_loaded = is_loaded;
        module->n_drop_ins = draft->drop_ins->len;
        module->drop_ins = arena_copy(builder->arena, draft->drop_ins->pdata, sizeof(char *) * draft->drop_ins->len);

        module->requires = make_names(builder, &draft->keys.requires, &module->n_requires);
        module->resources = make_names(builder, &draft->keys.resources, &module->n_resources);
        return module;
}

void builder_set_module(Builder *builder, const ModuleDraft *draft, const Module *module, DiagList *diags)
{
        builder->draft = draft;
        builder->module = module;
        builder->diags = diags;
        builder->process = NULL;
        if (draft->keys.environment.n > VARIABLES_MAX)
                diag_set_hint(diag_error(diags, DIAG_INVALID_VALUE, draft->keys.environment.last->origin,
                                         "Environment= comes to %u variables; %u is the most",
                                         draft->keys.environment.n, (unsigned) VARIABLES_MAX),
                              "put them into a file that the programs read");
        builder->process = make_process(builder, &builder->context->process);
}

static Diag *component_error(const Builder *builder, const ComponentDraft *draft, Origin at, const char *text)
{
        Diag *diag = diag_error(builder->diags, DIAG_INVALID_VALUE, at.file ? at : draft->origin, "component '%s' %s",
                                draft->name, text);

        diag_set_component(diag, draft->name, builder->module->name);
        return diag;
}

static void check_external(const Builder *builder, const ComponentDraft *draft)
{
        if (draft->marks.exec.file)
                (void) component_error(builder, draft, draft->marks.exec,
                                       "has Type=external and ExecStart=; somebody else starts it");
        if (!draft->marks.probe.file)
                diag_set_hint(component_error(builder, draft, (Origin){0}, "has Type=external and no ReadyProbe="),
                              "write ReadyProbe=unix:/PATH or tcp:ADDRESS:PORT: where it answers when it is ready");
        if (builder_first_socket(draft).file)
                diag_set_hint(component_error(builder, draft, builder_first_socket(draft),
                                              "has Type=external, and Listen= or AllocatePort= for a process of ours"),
                              "say where it is with Publish=NAME=ADDRESS:PORT");
        if (draft->marks.process.file)
                (void) component_error(builder, draft, draft->marks.process,
                                       "has Type=external, so there is no process this could be for");
}

/* It is called; where would a command line come in, and which of the two would have failed? */
static void check_called(const Builder *builder, const ComponentDraft *draft)
{
        for (Hook hook = 0; draft->life && hook < HOOK_N_; hook++) {
                const ChainItem *first = draft->life->hooks[hook].first;
                g_autofree char *text = g_strdup_printf("has Type=reeve and %s", hook_keys[hook]);

                if (first)
                        diag_set_hint(component_error(builder, draft, first->origin, text),
                                      "answer the hook over the connection, or use Type=notify");
        }
}

static void check_component(const Builder *builder, const ComponentDraft *draft)
{
        const ComponentTypeFacts *type = &component_types[draft->type];

        if (draft->type == TYPE_EXTERNAL)
                check_external(builder, draft);
        else {
                Diag *diag;

                if (!draft->marks.exec.file && !draft->marks.is_damaged)
                        diag_set_hint(component_error(builder, draft, (Origin){0}, "has no ExecStart="),
                                      "write ExecStart=/PATH/TO/PROGRAM");
                if (draft->marks.probe.file) {
                        diag = diag_error(builder->diags, DIAG_NOT_AVAILABLE, draft->marks.probe,
                                          "ReadyProbe= is not available yet but for Type=external");
                        diag_set_hint(diag, "write ExecStartup= with a command that ends well as soon as it works");
                        diag_set_component(diag, draft->name, builder->module->name);
                }
        }
        if (draft->type == TYPE_REEVE)
                check_called(builder, draft);
        if ((type->is_foreign || type->is_done_when_ready) && draft->life && draft->life->spec.watchdog > 0)
                diag_set_hint(component_error(builder, draft, draft->marks.watchdog,
                                              "has WatchdogSec=, but nothing runs while it is ready"),
                              "leave it out; Type=simple and Type=notify can be watched");
        if (type->is_done_when_ready && builder_first_socket(draft).file) {
                Diag *diag = component_error(builder, draft, builder_first_socket(draft),
                                             "has Listen= or AllocatePort=, but nothing runs while it is ready");

                diag->severity = SEVERITY_WARNING; /* it may well serve those who wait, and be started again */
                diag_set_hint(diag, "Type=simple or Type=notify is for a program that goes on serving");
        }
        /* §45 */
        if (draft->marks.start.file && draft->start == START_EAGER && draft->scope.scope != SCOPE_SINGLETON)
                diag_set_hint(component_error(builder, draft, draft->marks.start,
                                              "has Start=eager, but its scope is not singleton"),
                              "leave Start= out: an instance starts when its scope asks for it");
}

static const Wiring *make_wiring(const Builder *builder, const WiringDraft *draft)
{
        g_autofree Ref *refs = NULL;
        g_autofree Provide *provides = NULL;
        uint32_t n_refs, n_provides;
        Wiring *wiring;

        refs = builder_list_refs(draft->refs, REF_N_, &n_refs);
        provides = builder_list_provides(&draft->provides, &n_provides);
        if (n_refs == 0 && n_provides == 0 && draft->contributions.n == 0)
                return builder->wiring;
        wiring = arena_new(builder->arena, Wiring, 1);
        wiring->refs = arena_copy(builder->arena, refs, n_refs * sizeof(Ref));
        wiring->n_refs = n_refs;
        wiring->provides = arena_copy(builder->arena, provides, n_provides * sizeof(Provide));
        wiring->n_provides = n_provides;
        wiring->contributions =
                builder_list_contributions(&draft->contributions, builder->arena, &wiring->n_contributions);
        return wiring;
}

static const Condition *make_conditions(const Builder *builder, const Chain *chain)
{
        Condition *conditions = chain->n > 0 ? arena_new(builder->arena, Condition, chain->n) : NULL;
        uint32_t n = 0;

        for (const ChainItem *item = chain->first; item; item = item->next)
                conditions[n++] = *(const Condition *) item->data;
        return conditions;
}

static StartupPolicy find_policy(const Builder *builder, const ComponentDraft *draft)
{
        return draft->marks.policy.file                  ? draft->policy
               : builder->draft->keys.policy_origin.file ? builder->draft->keys.policy
                                                         : builder->policy;
}

Definition *builder_make_component(Builder *builder, const ComponentDraft *draft)
{
        Definition *definition = arena_new(builder->arena, Definition, 1);
        const Chain *labels[] = {&draft->labels};

        check_component(builder, draft);
        *definition = (Definition){
                .name = draft->name,
                .module = builder->module,
                .origin = draft->origin,
                .type = draft->type,
                .scope = draft->scope.scope,
                .start = draft->scope.scope == SCOPE_SINGLETON ? draft->start : START_LAZY,
                .policy = find_policy(builder, draft),
                .priority = draft->priority,
                .scope_kind = draft->scope.kind,
                .description = draft->description,
                .documentation = draft->documentation,
                .labels = draft->labels.n > 0 ? builder_list_texts(labels, 1, builder->arena) : NULL,
                .argv = component_types[draft->type].is_foreign ? NULL : draft->argv,
                .probe = draft->probe,
                .wiring = make_wiring(builder, &draft->wiring),
                .process = draft->process ? make_process(builder, draft->process) : builder->process,
                .life = draft->life ? make_life(builder, draft->life) : builder->life,
                .endpoints = builder_make_endpoints(builder, draft),
                .conditions = make_conditions(builder, &draft->conditions),
                .n_conditions = draft->conditions.n,
        };
        return definition;
}

/* Its components pull it; where there are none it starts by itself. */
Definition *builder_make_hooks(Builder *builder)
{
        const ModuleDraft *draft = builder->draft;
        const HookSpec *hooks = builder_list_hooks(draft->keys.hooks, builder->arena);
        g_autofree char *name = NULL;
        Definition *definition;
        LifeSpec life;
        bool is_empty = true;
        Hook first = 0;

        if (!hooks)
                return NULL;
        while (hooks->n_lines[first] == 0)
                first++;
        for (guint i = 0; i < draft->components.items->len; i++)
                is_empty &= ((const ComponentDraft *) draft->components.items->pdata[i])->is_cleared;
        fill_life(builder, &builder->context->life, &life);
        life.hooks = hooks;
        name = g_strconcat("module:", builder->module->name, NULL);
        definition = arena_new(builder->arena, Definition, 1);
        *definition = (Definition){
                .name = arena_text(builder->arena, name),
                .module = builder->module,
                .origin = hooks->lines[first]->origin,
                .type = TYPE_MODULE,
                .start = is_empty ? START_EAGER : START_LAZY,
                .policy = draft->keys.policy_origin.file ? draft->keys.policy : builder->policy,
                .wiring = builder->wiring,
                .process = builder->process,
                .life = arena_copy(builder->arena, &life, sizeof(life)),
        };
        return definition;
}
