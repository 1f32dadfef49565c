/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the shape of a text: sections, keys, values, lines, comments, continued lines.
 * Does not own: any meaning, nor duplicates; it knows no word of any section. Hostile bytes are ordinary input. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/cleanup.h"
#include "base/diag.h"

typedef struct IniEntry {
        const char *key;
        const char *value; /* joined and stripped; may be empty */
        uint32_t line;
} IniEntry;

typedef struct IniSection {
        const char *name;
        const char *argument; /* [Component catalog]: "catalog"; NULL: none */
        uint32_t line;
        uint32_t first, n_entries; /* in Ini.entries */
        uint32_t n_errors;         /* lines of it that could not be read */
} IniSection;

typedef struct Ini {
        const char *file; /* interned */
        GArray *sections; /* of IniSection */
        GArray *entries;  /* of IniEntry */
} Ini;

/* Findings kept of one file; one more says that there were more. */
#define INI_MAX_ERRORS 1000

/* Reads BYTES, which is changed in place: all strings of *RET lie in it. N_BYTES + 1 bytes must be writable. FILE is
 * interned. 0, or -EBADMSG with the findings in DIAGS; *RET then still holds every line that could be read. */
int ini_parse(char *bytes, size_t n_bytes, const char *file, Ini *ret, DiagList *diags) MUST_CHECK;
void ini_done(Ini *ini);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ini, ini_done)
