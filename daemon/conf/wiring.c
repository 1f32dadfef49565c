/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wiring.h"

#include <stdlib.h>
#include <string.h>

const char *const ref_kind_names[REF_N_] = {
        [REF_REQUIRES] = "requires",
        [REF_WANTS] = "wants",
        [REF_AFTER] = "after",
        [REF_RESOLVES] = "resolves",
};

Cardinality ref_cardinality(const Ref *ref)
{
        static const Cardinality of_kind[REF_N_] = {
                [REF_REQUIRES] = {1, 1},
                [REF_WANTS] = {0, 1},
                [REF_AFTER] = {0, CARDINALITY_ANY},
                [REF_RESOLVES] = {0, 1},
        };

        return ref->spec ? ref->spec->cardinality : of_kind[ref->kind];
}

bool ref_is_plural(const Ref *ref)
{
        return ref_cardinality(ref).max > 1;
}

/* As they are sorted. */
static int compare_ref(const void *a, const void *b)
{
        const Ref *one = a, *other = b;
        int order = (int) one->kind - (int) other->kind;

        if (order == 0)
                order = strcmp(one->key, other->key);
        if (order == 0 && (!one->route || !other->route))
                return (one->route != NULL) - (other->route != NULL);
        return order != 0 ? order : strcmp(one->route, other->route);
}

const Ref *wiring_find_bound(const Wiring *wiring, const char *key, const char *route)
{
        Ref sought = {.kind = REF_REQUIRES, .key = key, .route = route};
        const Ref *ref;

        if (wiring->n_refs == 0)
                return NULL;
        ref = bsearch(&sought, wiring->refs, wiring->n_refs, sizeof(Ref), compare_ref);
        if (ref)
                return ref;
        sought.kind = REF_WANTS;
        return bsearch(&sought, wiring->refs, wiring->n_refs, sizeof(Ref), compare_ref);
}

static int compare_key(const void *key, const void *contribution)
{
        return strcmp(key, ((const Contribution *) contribution)->key);
}

const Contribution *wiring_find_contribution(const Wiring *wiring, const char *key)
{
        return wiring->n_contributions == 0 ? NULL
                                            : bsearch(key, wiring->contributions, wiring->n_contributions,
                                                      sizeof(Contribution), compare_key);
}
