/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: whether what one text names is there, and may stand there: values, their members, the daemon's environment,
 * credentials. Does not own: which texts there are (reference_check), nor endpoints (plan/endpoint_rule). */
#pragma once

#include "module_draft.h"
#include "registry_data.h"

/* "Did you mean" costs a walk over all names: not for every line of a broken machine-made file. */
#define MAX_SUGGESTIONS 100

/* Where the text stands. */
typedef struct TextCheck {
        const Registry *registry;
        const Module *module;
        const Definition *definition; /* of the component; NULL: none, or several of one name */
        const char *component;        /* or NULL: the module's own keys */
        const char *what;             /* the key, with its "=" */
        Origin origin;
        DiagList *diags;
        guint n_before; /* of the findings, other modules' */
} TextCheck;

/* So much is wrong with the module that the rest is left out. */
bool text_check_is_enough(const TextCheck *check);
void text_check_decorate(const TextCheck *check, Diag *diag, const char *key);
/* Each ${…} of TEXT. */
void text_check_templates(TextCheck *check, const char *text);
/* LoadCredential=NAME */
void text_check_credential(const TextCheck *check, const char *name);
