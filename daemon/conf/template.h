/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the grammar of ${…} in ExecStart=, Environment= and friends: finding the parts, and putting a text together.
 * Does not own: what a name stands for; the caller's lookup says. `$$` is `$`; a lone `$` is an error. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"

typedef enum TemplateKind {
        TEMPLATE_VALUE,    /* ${name}: a value */
        TEMPLATE_ENV,      /* ${env:NAME}: the daemon's own environment */
        TEMPLATE_SELF,     /* ${self.NAME} */
        TEMPLATE_ENDPOINT, /* ${KEY.ENDPOINT}, ${KEY:ROUTE.ENDPOINT} */
        TEMPLATE_PARAM,    /* ${param.NAME} */
        TEMPLATE_SCOPE,    /* ${scope.id} */
        TEMPLATE_N_,
} TemplateKind;

typedef struct TemplatePart {
        TemplateKind kind;
        const char *name; /* between the braces, not terminated */
        size_t n_name;
} TemplatePart;

/* Returns the text PART stands for, borrowed, or NULL: undefined. */
typedef const char *(*TemplateLookup)(const TemplatePart *part, void *userdata);

/* Calls VISIT for each ${…} of TEXT. 0, or -EINVAL: a malformed one; *RET_PROBLEM then says what, borrowed and static.
 */
int template_visit(const char *text, void (*visit)(const TemplatePart *part, void *userdata), void *userdata,
                   const char **ret_problem) MUST_CHECK;

/* 0 and *RET newly allocated, -EINVAL malformed, -ENOENT: LOOKUP knew a part not. */
int template_expand(const char *text, TemplateLookup lookup, void *userdata, char **ret) MUST_CHECK;
