/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "assign.h"

#include <string.h>

#include "file_cache.h"
#include "foreign_key.h"
#include "kind.h"

typedef struct KindOps {
        KindParser parse;
        size_t size;      /* what an empty assignment clears */
        bool takes_empty; /* an empty assignment is a value */
} KindOps;

static const KindOps kinds[KIND_N_] = {
        [KIND_TEXT] = {kind_parse_text, sizeof(char *), false},
        [KIND_VALUE] = {kind_parse_text, sizeof(char *), true},
        [KIND_WORD] = {kind_parse_word, sizeof(int), false},
        [KIND_BOOL] = {kind_parse_bool, sizeof(bool), false},
        [KIND_INT] = {kind_parse_int, sizeof(int), false},
        [KIND_COUNT] = {kind_parse_count, sizeof(uint32_t), false},
        [KIND_OCTAL] = {kind_parse_octal, sizeof(uint32_t), false},
        [KIND_DURATION] = {kind_parse_duration, sizeof(uint64_t), false},
        [KIND_SIZE] = {kind_parse_size, sizeof(uint64_t), false},
        [KIND_COUNT_OR_INFINITY] = {kind_parse_count_or_infinity, sizeof(uint64_t), false},
        [KIND_QUOTA] = {kind_parse_quota, sizeof(uint64_t), false},
        [KIND_SIGNAL] = {kind_parse_signal, sizeof(int), false},
        [KIND_LIMIT] = {kind_parse_limit, 0, false},
        [KIND_PATH] = {kind_parse_path, sizeof(char *), false},
        [KIND_ACCOUNT] = {kind_parse_account, sizeof(char *), false},
        [KIND_OUTPUT] = {kind_parse_output, sizeof(OutputKind), false},
        [KIND_NAME] = {kind_parse_name, sizeof(char *), false},
        [KIND_KEY] = {kind_parse_name, sizeof(char *), false},
        [KIND_SCOPE] = {kind_parse_scope, sizeof(ScopeWord), false},
        [KIND_PROBE] = {kind_parse_probe, sizeof(char *), false},
        [KIND_COMMAND] = {kind_parse_command, sizeof(char **), false},
        [KIND_HOOK] = {kind_parse_hook, sizeof(Chain), false},
        [KIND_CONDITION] = {kind_parse_condition, sizeof(Chain), false},
        [KIND_ENVIRONMENT] = {kind_parse_environment, sizeof(Chain), false},
        [KIND_VARIABLES] = {kind_parse_variables, sizeof(Chain), false},
        [KIND_LABELS] = {kind_parse_labels, sizeof(Chain), false},
        [KIND_STATUSES] = {kind_parse_statuses, sizeof(Chain), false},
        [KIND_REFS] = {kind_parse_refs, sizeof(Chain), false},
        [KIND_PROVIDES] = {kind_parse_provides, sizeof(Chain), false},
        [KIND_CONTRIBUTIONS] = {kind_parse_contributions, sizeof(Chain), false},
        [KIND_ROUTE] = {kind_parse_route, sizeof(char *), false},
        [KIND_ROUTES] = {kind_parse_routes, sizeof(Chain), false},
        [KIND_CARDINALITY] = {kind_parse_cardinality, sizeof(Cardinality), false},
        [KIND_TARGET] = {kind_parse_target, sizeof(Chain), false},
        [KIND_NAMES] = {kind_parse_names, sizeof(Chain), false},
        [KIND_GLOBS] = {kind_parse_globs, sizeof(Chain), false},
        [KIND_PATHS] = {kind_parse_paths, sizeof(Chain), false},
        [KIND_LISTEN] = {kind_parse_listen, sizeof(Chain), false},
        [KIND_PORTS] = {kind_parse_ports, sizeof(Chain), false},
        [KIND_PUBLISH] = {kind_parse_publish, sizeof(Chain), false},
        [KIND_ENVIRONMENT_FILE] = {kind_parse_environment_file, sizeof(Chain), false},
        [KIND_CREDENTIAL] = {kind_parse_credential, sizeof(Chain), false},
        [KIND_LOG_LEVEL] = {kind_parse_log_level, sizeof(int), false},
};

void assign_defaults(AssignContext *context, const SchemaSection *section, SchemaGroup group, void *base)
{
        g_auto(DiagList) diags;

        diag_list_init(&diags);
        for (const SchemaKey *key = section->keys; key->name; key++) {
                Assignment assignment = {
                        .context = context, .diags = &diags, .section = section, .key = key, .value = key->fallback};

                if (key->fallback && key->group == group) {
                        int r = kinds[key->kind].parse(&assignment, (char *) base + key->offset);

                        g_assert(r == 0); /* a default in the table that its own kind does not accept */
                }
        }
}

void assign_context_init(AssignContext *context, Arena *arena, Arena *scratch)
{
        const SchemaSection *section = schema_find_section(SCHEMA_MODULE_FILE, "Component");

        *context = (AssignContext){.arena = arena, .scratch = scratch, .files = file_cache_new()};
        assign_defaults(context, section, GROUP_SELF, &context->component);
        assign_defaults(context, section, GROUP_PROCESS, &context->process);
        assign_defaults(context, section, GROUP_LIFE, &context->life);
}

void assign_context_done(AssignContext *context)
{
        g_clear_pointer(&context->files, g_hash_table_unref);
}

static int assign_clear(const Assignment *assignment, void *target)
{
        const SchemaKey *key = assignment->key;
        Assignment fallback = *assignment;

        if (key->kind == KIND_LIMIT) {
                /* The limits share a chain; a later item without a value takes its resource out again. */
                Limit *none = arena_new(assignment->context->scratch, Limit, 1);

                none->resource = -1 - (int) key->min;
                chain_add(target, assignment->context->scratch, none, assignment->origin);
                return 0;
        }
        if (key->kind == KIND_CONDITION) {
                Chain *chain = target, kept = {0};

                for (const ChainItem *item = chain->first; item; item = item->next)
                        if (!g_str_equal(((const Condition *) item->data)->key, key->name))
                                chain_add(&kept, assignment->context->scratch, item->data, item->origin);
                *chain = kept;
                return 0;
        }
        memset(target, 0, kinds[key->kind].size);
        if (!key->fallback)
                return 0;
        fallback.value = key->fallback;
        return kinds[key->kind].parse(&fallback, target);
}

/* Notes where the key was given, or that it no longer is. */
static void assign_mark(const Assignment *assignment, void *self, bool is_clearing)
{
        const SchemaKey *key = assignment->key;
        Origin *mark = (Origin *) (void *) ((char *) self + key->mark - 1);

        /* A mark that several keys share says that there was one of them. */
        if (!is_clearing)
                *mark = assignment->origin;
        else if (key->group == GROUP_SELF && !schema_kinds[key->kind].is_list)
                *mark = (Origin){0};
}

int assign_key(const Assignment *assignment, void *self, void *base)
{
        const SchemaKey *key = assignment->key;
        const KindOps *kind = &kinds[key->kind];
        void *target = (char *) base + key->offset;
        bool is_clearing = *assignment->value == '\0' && !kind->takes_empty;
        int r;

        r = is_clearing ? assign_clear(assignment, target) : kind->parse(assignment, target);
        /* A command that is wrong was given all the same; a word that is wrong left the default in place. */
        if (key->mark > 0 && (r == 0 || key->kind != KIND_WORD))
                assign_mark(assignment, self, is_clearing);
        return r;
}

const SchemaKey *assign_find(const SchemaSection *section, const IniEntry *entry, Origin origin, DiagList *diags)
{
        const SchemaKey *key = schema_find_key(section, entry->key);
        const SchemaSection *owner;
        const char *nearest, *foreign;
        Diag *diag;

        if (g_str_has_prefix(entry->key, "X-"))
                return NULL;
        if (key && key->kind == KIND_LATER) {
                diag = diag_error(diags, DIAG_NOT_AVAILABLE, origin, "%s= in [%s] is not available yet", key->name,
                                  section->name);
                diag_set_hint(diag, "this version knows the key but does nothing with it: leave it out");
                return NULL;
        }
        if (key)
                return key;
        diag = diag_error(diags, DIAG_UNKNOWN_KEY, origin, "there is no key '%.200s' in [%s]", entry->key,
                          section->name);
        owner = schema_find_owner(section->file, entry->key);
        nearest = schema_nearest_key(section, entry->key);
        foreign = section->role == ROLE_COMPONENT ? foreign_key_hint(entry->key) : NULL;
        if (foreign)
                diag_set_hint(diag, "%s", foreign);
        else if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else if (owner)
                diag_set_hint(diag, "%.200s= belongs in [%s%s%s]", entry->key, owner->name, owner->argument ? " " : "",
                              owner->argument ? owner->argument : "");
        else
                diag_set_hint(diag, "`reeved --schema` lists the keys; names that begin with X- are ignored");
        return NULL;
}

bool assign_note(GHashTable *seen, const SchemaSection *section, const char *argument, const IniEntry *entry,
                 Origin origin, DiagList *diags)
{
        const IniEntry *before = g_hash_table_lookup(seen, entry->key);
        Diag *diag;

        /* An empty assignment clears what stood before, in an earlier file as a rule, and makes way for a new one. */
        if (!before || *before->value == '\0') {
                g_hash_table_insert(seen, (void *) entry->key, (void *) entry);
                return false;
        }
        diag = diag_error(diags, DIAG_DUPLICATE_KEY, origin, "%.200s= is given twice in [%s%s%.200s], first in line %u",
                          entry->key, section->name, argument ? " " : "", argument ? argument : "", before->line);
        diag_add_source(diag, entry->key, (Origin){origin.file, before->line});
        diag_add_source(diag, entry->key, origin);
        diag_set_hint(diag, "keep one of them; a drop-in may override it");
        return true;
}

static const SchemaSection *report_section(SchemaFile file, const IniSection *section, Origin origin, DiagList *diags)
{
        static const char *const units[] = {"Unit", "Service", "Install", "Socket", NULL};
        Diag *diag = diag_error(diags, DIAG_UNKNOWN_KEY, origin, "there is no section [%.200s]", section->name);
        const char *nearest = schema_nearest_section(file, section->name);

        if (nearest)
                diag_set_hint(diag, "did you mean [%s]?", nearest);
        else if (schema_find_section(file == SCHEMA_MODULE_FILE ? SCHEMA_SETTINGS_FILE : SCHEMA_MODULE_FILE,
                                     section->name))
                diag_set_hint(diag, "[%s] belongs in %s", section->name,
                              file == SCHEMA_MODULE_FILE ? "reeved.conf" : "a module file");
        else if (g_strv_contains(units, section->name))
                diag_set_hint(diag, "this is a unit file's section; a component is declared in [Component NAME]");
        else
                diag_set_hint(diag, "`reeved --schema` lists the sections; names that begin with X- are ignored");
        return NULL;
}

const SchemaSection *assign_find_section(SchemaFile file, const Ini *ini, const IniSection *section, DiagList *diags)
{
        const SchemaSection *schema = schema_find_section(file, section->name);
        Origin origin = {ini->file, section->line};
        Diag *diag;

        if (g_str_has_prefix(section->name, "X-") || *section->name == '\0')
                return NULL;
        if (!schema)
                return report_section(file, section, origin, diags);
        if (schema->role == ROLE_LATER) {
                diag = diag_error(diags, DIAG_NOT_AVAILABLE, origin, "[%s] is not available yet", schema->name);
                diag_set_hint(diag, "this version knows the section but does nothing with it: leave it out");
                return NULL;
        }
        if (schema->argument && !section->argument) {
                diag = diag_error(diags, DIAG_SYNTAX_ERROR, origin, "[%s] needs a name", schema->name);
                diag_set_hint(diag, "write [%s %s]", schema->name, schema->argument);
                return NULL;
        }
        if (!schema->argument && section->argument) {
                diag = diag_error(diags, DIAG_SYNTAX_ERROR, origin, "[%s] takes no name", schema->name);
                diag_set_hint(diag, "write [%s]", schema->name);
                return NULL;
        }
        return schema;
}
