/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "schema.h"

#include <string.h>

#include "base/names.h"
#include "module_draft.h"
#include "reference_draft.h"
#include "schema_rows.h"

#define MODULE(name_, kind_, field_, fallback_, doc_, ...)                                                             \
        ROW(name_, kind_, SELF, ModuleKeys, field_, fallback_, doc_, __VA_ARGS__)
#define NAMED(name_, kind_, field_, doc_, ...) ROW(name_, kind_, SELF, NamedDraft, field_, NULL, doc_, __VA_ARGS__)
#define REFERENCE(name_, kind_, field_, fallback_, doc_, ...)                                                          \
        ROW(name_, kind_, SELF, ReferenceDraft, field_, fallback_, doc_, __VA_ARGS__)

static const SchemaKey module_keys[] = {
        MODULE("Name", NAME, name, NULL, "The module's name; the file's name without NN- and .module where not given.",
               MARK(ModuleKeys, name_origin)),
        MODULE("Description", TEXT, description, NULL, "One line for people."),
        MODULE("Documentation", TEXT, documentation, NULL, "Where to read more."),
        MODULE("Requires", NAMES, requires, NULL, "Modules that are to be settled before anything of this one starts."),
        MODULE("Visibility", WORD, visibility, "public", "private: its keys are seen inside it only.",
               WORDS(visibility_names, 0)),
        MODULE("StartupErrorPolicy", WORD, policy, NULL,
               "strict, warn or ignore, for components that say nothing; the container's where "
               "not given.",
               WORDS(startup_policy_names, 0), MARK(ModuleKeys, policy_origin)),
        MODULE("Resources", NAMES, resources, NULL, "Resources it needs; each is to be configured by [Resource NAME]."),
        MODULE("Environment", ENVIRONMENT, environment, NULL, "Variables for all its components."),
        LATER("Strategy", "What restarts together."),
        LATER("StartLimitBurst", "Restarts of its components together."),
        LATER("StartLimitIntervalSec", "The time that StartLimitBurst= counts in."),
        LATER("OnGiveUp", "When no restart is left."),
        MODULE("ExecPostConstruct", HOOK, hooks[HOOK_POST_CONSTRUCT], NULL,
               "Commands, run before the first component of the module is spawned."),
        MODULE("ExecStartup", HOOK, hooks[HOOK_STARTUP], NULL, "The same, after those of ExecPostConstruct=."),
        MODULE("ExecShutdown", HOOK, hooks[HOOK_SHUTDOWN], NULL, "Run when the last of its components is gone."),
        MODULE("ExecPreDestroy", HOOK, hooks[HOOK_PRE_DESTROY], NULL, "The same, after those of ExecShutdown=."),
        LATER("Overlay", "yes: may replace components of other modules."),
        MODULE("FormatVersion", INT, format_version, "1", "The version of this format that the file is written for.",
               RANGE(1, 1)),
        {0},
};

static const SchemaKey list_keys[] = {
        {.name = "ExecStart",
         .kind = KIND_COMMANDS,
         .doc = "A command; the component is named after its program. May stand many times."},
        {0},
};

static const SchemaKey value_keys[] = {
        NAMED("Value", VALUE, text, "The value itself.", MARK(NamedDraft, text_origin)),
        NAMED("File", PATH, path, "A file that holds it; one final newline is left off.",
              MARK(NamedDraft, path_origin)),
        NAMED("Codec", WORD, codec, "What ${NAME.MEMBER} finds in it: plain, json, keyfile or env.",
              WORDS(value_codec_names, 0)),
        NAMED("Secret", BOOL, is_secret, "yes: never shown, and handed over as a file only, to who requires it."),
        {0},
};

static const SchemaKey alias_keys[] = {
        NAMED("Target", KEY, text, "The key that this name stands for.", MARK(NamedDraft, text_origin)),
        {0},
};

static const SchemaKey kind_keys[] = {
        NAMED("Parent", NAME, text, "The kind of scope that this one lives in; the container where not given.",
              MARK(NamedDraft, text_origin)),
        LATER("MaxCount", "How many may be open at once."),
        LATER("IdleTimeoutSec", "When an unused one is closed."),
        {0},
};

static const SchemaKey resource_keys[] = {
        LATER("Url", "sqlite:… or postgresql:…"),
        LATER("PasswordFile", "Where its password lies."),
        LATER("InitScript", "Run when it is empty."),
        LATER("TimeoutSec", "How long it may take."),
        LATER("Required", "Whether the container starts without it."),
        {0},
};

static const SchemaKey gate_keys[] = {
        LATER("ExecStart", "The program that judges."),    LATER("Required", "Whether its failure stops the start."),
        LATER("Priority", "Order among gates."),           LATER("TimeoutSec", "How long it may take."),
        LATER("SkipIn", "Environments it is not run in."), {0},
};

static const SchemaKey contracts_keys[] = {
        LATER("Directory", "Where the baselines are."),
        LATER("Require", "Whether a missing or broken contract is an error."),
        LATER("Waivers", "A file of exceptions with dates."),
        {0},
};

static const SchemaKey key_keys[] = {
        NAMED("Routes", ROUTES, routes,
              "All routes that there may be: any other is an error, also where * would take it."),
        {0},
};

static const SchemaKey interceptor_keys[] = {
        LATER("Priority", "Order among interceptors, 0..200."), LATER("Operations", "What it looks at."),
        LATER("Component", "The component that judges."),       LATER("ExecStart", "Or the program that does."),
        LATER("TimeoutSec", "How long it may take."),           {0},
};

static const SchemaKey reference_keys[] = {
        REFERENCE("Key", KEY, key, NULL, "What is referred to; NAME where not given."),
        REFERENCE("Route", ROUTE, route, NULL, "By which route."),
        REFERENCE("Cardinality", CARDINALITY, cardinality, "1..1",
                  "How many: at least MIN, or it is an error; the best MAX where there are more."),
        REFERENCE("Policy", WORD, policy, "static",
                  "static: chosen when the configuration is read; a new choice restarts the component.",
                  WORDS(ref_policy_names, 1U << REF_DYNAMIC)),
        LATER("Greedy", "Whether better ones are taken at once."),
        REFERENCE("Target", TARGET, target, NULL, "Tests of labels, all of which are to hold for who is taken."),
        REFERENCE("Soft", BOOL, is_soft, "no", "yes: counts only what is to be started for another reason."),
        REFERENCE("ExcludeSelf", BOOL, excludes_self, "no",
                  "yes: leaves the component itself out of a group that it contributes to."),
        {0},
};

static const SchemaKey no_keys[] = {{0}};

#define LIST(name_, scope_, start_, doc_)                                                                              \
        {                                                                                                              \
                .name = (name_), .doc = (doc_), .free_keys = "NAME=COMMAND: the component NAME", .keys = list_keys,    \
                .role = ROLE_LIST, .scope = SCOPE_##scope_, .start = START_##start_                                    \
        }
#define SECTION(name_, argument_, keys_, role_, doc_)                                                                  \
        {                                                                                                              \
                .name = (name_), .argument = (argument_), .doc = (doc_), .keys = (keys_), .role = ROLE_##role_         \
        }

const SchemaSection schema_sections[] = {
        SECTION("Module", NULL, module_keys, MODULE, "What holds for the whole file."),
        SECTION("Component", "NAME", schema_component_keys, COMPONENT, "One component, in full."),
        LIST("Singletons", SINGLETON, EAGER, "Components in short: one instance each, started with the container."),
        LIST("Lazy", SINGLETON, LAZY, "The same, started when something needs them."),
        LIST("Transient", TRANSIENT, LAZY, "The same, a new instance each time."),
        LIST("Request", REQUEST, LAZY, "The same, one instance in each request."),
        {.name = "Values",
         .doc = "Values in short.",
         .free_keys = "NAME=TEXT: the value NAME",
         .keys = no_keys,
         .role = ROLE_VALUES},
        SECTION("Value", "NAME", value_keys, VALUE, "One value: a key without a process."),
        SECTION("Alias", "NAME", alias_keys, ALIAS, "Another name for a key."),
        SECTION("Scope", "KIND", kind_keys, KIND, "A kind of scope."),
        SECTION("Key", "NAME", key_keys, KEY, "What is known about a key."),
        SECTION("Reference", "COMPONENT/NAME", reference_keys, REFERENCE,
                "One reference of a component, in full: in place of a word of Requires= or Wants=."),
        SECTION("Resource", "NAME", resource_keys, LATER, "Something outside that modules need."),
        SECTION("Gate", "NAME", gate_keys, LATER, "A check before anything is started."),
        SECTION("Contracts", NULL, contracts_keys, LATER, "Interfaces that must not break."),
        SECTION("Interceptor", "NAME", interceptor_keys, LATER, "Somebody who is asked before operations."),
        {.name = "Container",
         .doc = "Settings of the daemon.",
         .keys = schema_container_keys,
         .file = SCHEMA_SETTINGS_FILE,
         .role = ROLE_CONTAINER},
};

const size_t schema_n_sections = G_N_ELEMENTS(schema_sections);

const SchemaSection *schema_find_section(SchemaFile file, const char *name)
{
        for (size_t i = 0; i < schema_n_sections; i++)
                if (schema_sections[i].file == file && g_str_equal(schema_sections[i].name, name))
                        return &schema_sections[i];
        return NULL;
}

const SchemaKey *schema_find_key(const SchemaSection *section, const char *name)
{
        for (const SchemaKey *key = section->keys; key->name; key++)
                if (key->name[0] == name[0] && g_str_equal(key->name, name))
                        return key;
        return NULL;
}

const char *schema_nearest_section(SchemaFile file, const char *name)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new();

        for (size_t i = 0; i < schema_n_sections; i++)
                if (schema_sections[i].file == file)
                        g_ptr_array_add(words, (void *) schema_sections[i].name);
        return name_nearest((const char *const *) words->pdata, words->len, name);
}

const char *schema_nearest_key(const SchemaSection *section, const char *name)
{
        g_autoptr(GPtrArray) words = g_ptr_array_new();

        for (const SchemaKey *key = section->keys; key->name; key++)
                g_ptr_array_add(words, (void *) key->name);
        return name_nearest((const char *const *) words->pdata, words->len, name);
}

const SchemaSection *schema_find_owner(SchemaFile file, const char *key)
{
        for (size_t i = 0; i < schema_n_sections; i++)
                if (schema_sections[i].file == file && schema_find_key(&schema_sections[i], key))
                        return &schema_sections[i];
        return NULL;
}
