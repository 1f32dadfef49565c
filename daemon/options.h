/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the command line of reeved as values.
 * Does not own: what a mode does (offline, main). */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum Mode {
        MODE_RUN,
        MODE_CHECK,
        MODE_PLAN,
        MODE_STATES,
        MODE_SCHEMA,
        MODE_INTROSPECT,
        MODE_VERSION,
        MODE_HELP,
        MODE_N_,
} Mode;

typedef enum SchemaForm { SCHEMA_TEXT, SCHEMA_JSON, SCHEMA_MARKDOWN, SCHEMA_N_ } SchemaForm;

typedef struct Options {
        Mode mode;
        SchemaForm schema;
        bool is_user, is_foreground, is_json, is_strict, is_quiet;
        char **modules;           /* NULL: scanning, unless reeved.conf says otherwise */
        char **only;              /* or NULL */
        char *configuration;      /* --config: the one directory of reeved.conf, or NULL: the usual ones */
        char *runtime_directory;  /* never NULL in MODE_RUN */
        char *address;            /* of the private socket, or NULL: bus in the runtime directory */
        char *introspect;         /* object path */
} Options;

/* 0, or -EINVAL: what is wrong has been printed on standard error. */
int options_parse(Options *options, int argc, char **argv);
void options_done(Options *options);
void options_print_help(void);

/* The directories of FILE ("" or "modules"), rising priority, NULL-terminated. */
char **options_directories(const Options *options, const char *file);
