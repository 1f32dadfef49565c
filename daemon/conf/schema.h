/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: every section and key of module files and reeved.conf, as const data: kind of value, where it goes, default,
 * doc. Does not own: how a kind is parsed (assign.c) nor what a key means. A later issue makes a key available by
 * changing its row. The reference page and `reeved --schema` are made from here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/json.h"
#include "schema_kind.h"

/* Which struct of the draft an offset counts from. */
typedef enum SchemaGroup { GROUP_SELF, GROUP_PROCESS, GROUP_LIFE, GROUP_ENDPOINTS, GROUP_N_ } SchemaGroup;

typedef struct SchemaWords {
        const char *const *words;
        uint32_t n_words;
        uint32_t later; /* a bit for each word that is not available yet */
} SchemaWords;

typedef struct SchemaKey {
        const char *name;
        const char *doc;
        const char *fallback; /* default as text, or NULL: none */
        const SchemaWords *words;
        int64_t min, max; /* both 0: any; durations in µs; KIND_LIMIT: min is RLIMIT_… */
        SchemaKind kind;
        SchemaGroup group;
        uint16_t offset;
        uint16_t mark; /* offset of an Origin in the draft + 1; 0: none */
} SchemaKey;

typedef enum SchemaFile { SCHEMA_MODULE_FILE, SCHEMA_SETTINGS_FILE, SCHEMA_FILE_N_ } SchemaFile;

/* What the loader makes of a section. */
typedef enum SchemaRole {
        ROLE_LATER, /* not available yet */
        ROLE_MODULE,
        ROLE_COMPONENT,
        ROLE_LIST,
        ROLE_VALUES,
        ROLE_VALUE,
        ROLE_ALIAS,
        ROLE_KIND,
        ROLE_KEY,
        ROLE_REFERENCE,
        ROLE_CONTAINER,
        ROLE_N_,
} SchemaRole;

typedef struct SchemaSection {
        const char *name;
        const char *argument; /* what stands behind the name, for documentation; NULL: nothing may */
        const char *doc;
        const char
                *free_keys; /* what any other name stands for: "a command", "a value"; NULL: other names are errors */
        const SchemaKey *keys; /* ends with a row without a name */
        SchemaFile file;
        SchemaRole role;
        uint8_t scope, start; /* of a list's components: Scope, StartMode */
} SchemaSection;

extern const SchemaSection schema_sections[];
extern const size_t schema_n_sections;

const SchemaSection *schema_find_section(SchemaFile file, const char *name);
const SchemaKey *schema_find_key(const SchemaSection *section, const char *name);
/* The nearest name, or NULL; borrowed. */
const char *schema_nearest_section(SchemaFile file, const char *name);
const char *schema_nearest_key(const SchemaSection *section, const char *name);
/* Another section that has this key, or NULL. */
const SchemaSection *schema_find_owner(SchemaFile file, const char *key);

/* `reeved --schema`, the reference page, and --json */
void schema_format(GString *out);
void schema_format_markdown(GString *out);
void schema_to_json(Json *json);
