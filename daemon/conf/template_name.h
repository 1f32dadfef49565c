/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a ${…} names, as one component sees it: a value, a member of one, an endpoint of its own or of what it
 * refers to. Does not own: whether that is there (plan checks), nor the text (run/expand). */
#pragma once

#include "registry.h"
#include "template.h"

typedef enum NameKind {
        NAME_NOTHING,  /* neither a value nor anything that the component refers to */
        NAME_VALUE,
        NAME_MEMBER,   /* of a value, which may lack it */
        NAME_OWN,      /* ${self.NAME} */
        NAME_ENDPOINT, /* of what REF refers to */
} NameKind;

/* A part of an endpoint's address. */
typedef enum EndpointPart { PART_WHOLE, PART_HOST, PART_PORT, PART_PATH, PART_N_ } EndpointPart;
extern const char *const endpoint_part_names[PART_N_];

typedef struct TemplateName {
        NameKind kind;
        const Value *value;
        const Ref *ref;
        char *rest; /* owned: what stands behind the key: the member, or the endpoint without its part */
        EndpointPart part;
} TemplateName;

/* TEXT is what stands between the braces, "self." included. A value of that name comes first; then the longest key that
 * WIRING refers to and that TEXT begins with; then the longest name of a value with members. WIRING may be NULL. */
TemplateName template_name_find(const Registry *registry, const Wiring *wiring, const char *text);
void template_name_done(TemplateName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TemplateName, template_name_done)
