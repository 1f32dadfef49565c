/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what has been read so far of one module: the targets that the schema's rows point into. Lives for one load.
 * Does not own: strings that are to stay; those are in the registry's arena. A drop-in writes into the same drafts. */
#pragma once

#include "arena.h"
#include "definition.h"
#include "schema.h"

/* A list that assignments add to and an empty one clears. */
typedef struct ChainItem {
        struct ChainItem *next;
        const void *data; /* what it is, the key's kind says */
        Origin origin;
} ChainItem;

typedef struct Chain {
        ChainItem *first, *last;
        uint32_t n;
} Chain;

/* data of a chain of references: Requires=, Wants=, Provides= … */
typedef struct Link {
        const char *key, *route; /* route: or NULL */
        const RefSpec *spec;     /* of a [Reference], or NULL */
} Link;

typedef struct ScopeWord {
        Scope scope;
        const char *kind; /* or NULL */
} ScopeWord;

typedef struct ProcessDraft {
        ProcessSpec spec;
        Chain environment, pass_environment, limits; /* of char *, char *, Limit */
        Chain environment_files, credentials;        /* of char *, read already; of Credential */
} ProcessDraft;

typedef struct LifeDraft {
        LifeSpec spec;
        Chain success_status;  /* of uint8_t */
        Chain hooks[HOOK_N_];  /* of const char *const * */
} LifeDraft;

typedef struct EndpointDraft {
        Chain listen, ports, publish; /* of DeclaredEndpoint */
} EndpointDraft;

typedef struct WiringDraft {
        Chain refs[REF_N_]; /* of Link */
        Chain provides, contributions; /* of Link, of Contribution */
        EndpointDraft *endpoints; /* NULL: none */
} WiringDraft;

/* Where a key was given last; no file: nowhere. */
typedef struct ComponentMarks {
        Origin exec, scope, start, policy, probe, process, watchdog;
        bool is_damaged; /* a line that may have been ExecStart= could not be read */
} ComponentMarks;

typedef struct ComponentDraft {
        const char *name;
        Origin origin;
        const SchemaSection *notation; /* the section that declared it (§10) */
        bool is_derived;               /* the name comes from the program's (§11) */
        bool is_cleared;               /* a drop-in took it away */
        ComponentType type;
        ScopeWord scope;
        StartMode start;
        StartupPolicy policy;
        int priority;
        const char *description, *documentation, *probe;
        const char *const *argv;
        Chain labels, conditions; /* of char *, Condition */
        ComponentMarks marks;
        WiringDraft wiring;
        ProcessDraft *process; /* NULL: all defaults */
        LifeDraft *life;       /* NULL: all defaults */
} ComponentDraft;

/* A value, an alias, a kind of scope or a key: a name and one text, or a list. */
typedef struct NamedDraft {
        const char *name;
        Origin origin, text_origin, path_origin;
        const char *text, *path; /* Value= Target= Parent=; File= */
        const SchemaSection *notation;
        Chain routes; /* Routes=, of const char * */
        ValueCodec codec;
        bool is_secret;
} NamedDraft;
