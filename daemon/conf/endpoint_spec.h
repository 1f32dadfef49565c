/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the endpoints that a component declares, and the templates in which it speaks of endpoints, its own and
 * others'. Does not own: what they are at run time (run/endpoint). */
#pragma once

#include <stdint.h>

#include "base/diag.h"

/* Of one component, of all kinds together. */
#define DECLARED_ENDPOINTS_MAX 64

typedef enum EndpointKind {
        ENDPOINT_TCP,  /* Listen=NAME=tcp:… */
        ENDPOINT_UNIX, /* Listen=NAME=unix:… */
        ENDPOINT_PORT, /* AllocatePort=NAME */
        ENDPOINT_TEXT, /* Publish=NAME=VALUE */
        ENDPOINT_KIND_N_,
} EndpointKind;

extern const char *const endpoint_kind_names[ENDPOINT_KIND_N_];

typedef struct DeclaredEndpoint {
        const char *name;
        EndpointKind kind;
        const char *text; /* ADDRESS:PORT; a path, or NULL for one in the run-time directory; NULL; templates */
        Origin origin;
} DeclaredEndpoint;

/* A ${…} with a dot in it, whatever it may turn out to be. */
typedef struct EndpointUse {
        const char *text;      /* between the braces */
        const char *what;      /* static: the key it stands in, with its "=" */
        const char *publishes; /* of Publish=: the endpoint's name; else NULL */
        Origin origin;
} EndpointUse;

typedef struct EndpointSpec {
        const DeclaredEndpoint *list; /* Listen= in the order written, which is that of the descriptors; AllocatePort=,
                                         Publish= */
        uint32_t n, n_listen;
        const EndpointUse *uses;
        uint32_t n_uses;
} EndpointSpec;

/* NULL: it declares none of that name. SPEC may be NULL. */
const DeclaredEndpoint *endpoint_spec_find(const EndpointSpec *spec, const char *name);
