/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "builder_list.h"

#include <stdlib.h>
#include <string.h>

typedef struct Word {
        const char *text;
        size_t n_name;
        uint32_t place;
} Word;

static int compare_names(const Word *a, const Word *b)
{
        int order = memcmp(a->text, b->text, MIN(a->n_name, b->n_name));

        return order != 0 ? order : (a->n_name > b->n_name) - (a->n_name < b->n_name);
}

static int compare_words(const void *a, const void *b)
{
        const Word *one = a, *other = b;
        int order = compare_names(one, other);

        return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

const char *const *builder_list_texts(const Chain *const *chains, size_t n_chains, Arena *arena)
{
        g_autofree Word *words = NULL;
        uint32_t n = 0, n_texts = 0;
        const char **texts;

        for (size_t i = 0; i < n_chains; i++)
                n += chains[i]->n;
        texts = arena_new(arena, const char *, n + 1);
        if (n == 0)
                return texts;
        words = g_new(Word, n);
        n = 0;
        for (size_t i = 0; i < n_chains; i++)
                for (const ChainItem *item = chains[i]->first; item; item = item->next) {
                        words[n] = (Word){.text = item->data, .n_name = strcspn(item->data, "="), .place = n};
                        n++;
                }
        qsort(words, n, sizeof(Word), compare_words);
        for (uint32_t i = 0; i < n; i++)
                if (i + 1 == n || compare_names(&words[i], &words[i + 1]) != 0)
                        texts[n_texts++] = words[i].text;
        return texts;
}

const uint8_t *builder_list_statuses(const Chain *chain, Arena *arena, uint32_t *ret_n)
{
        bool is_there[256] = {false};
        uint8_t statuses[256];
        uint32_t n = 0;

        for (const ChainItem *item = chain->first; item; item = item->next)
                is_there[*(const uint8_t *) item->data] = true;
        /* 0 counts without being written. */
        for (unsigned status = 1; status < 256; status++)
                if (is_there[status])
                        statuses[n++] = (uint8_t) status;
        *ret_n = n;
        return arena_copy(arena, statuses, n);
}

const Limit *builder_list_limits(const Chain *chain, Arena *arena, uint32_t *ret_n)
{
        const Limit *last[RLIM_NLIMITS] = {NULL};
        Limit limits[RLIM_NLIMITS];
        uint32_t n = 0;

        for (const ChainItem *item = chain->first; item; item = item->next) {
                const Limit *limit = item->data;

                /* A negative resource is an empty assignment (assign_clear). */
                if (limit->resource < 0)
                        last[-1 - limit->resource] = NULL;
                else
                        last[limit->resource] = limit;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(last); i++)
                if (last[i])
                        limits[n++] = *last[i];
        *ret_n = n;
        return arena_copy(arena, limits, n * sizeof(Limit));
}

typedef struct Place {
        Ref ref;
        uint32_t place;
} Place;

static int compare_refs(const Ref *a, const Ref *b)
{
        int order = (int) a->kind - (int) b->kind;

        if (order == 0)
                order = strcmp(a->key, b->key);
        return order != 0 ? order : g_strcmp0(a->route, b->route);
}

static int compare_places(const void *a, const void *b)
{
        const Place *one = a, *other = b;
        int order = compare_refs(&one->ref, &other->ref);

        return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

Ref *builder_list_refs(const Chain *chains, uint32_t n_kinds, uint32_t *ret_n)
{
        g_autofree Place *places = NULL;
        uint32_t n = 0, n_refs = 0;
        Ref *refs;

        *ret_n = 0;
        for (uint32_t i = 0; i < n_kinds; i++)
                n += chains[i].n;
        if (n == 0)
                return NULL;
        places = g_new(Place, n);
        n = 0;
        for (uint32_t i = 0; i < n_kinds; i++)
                for (const ChainItem *item = chains[i].first; item; item = item->next) {
                        const Link *link = item->data;

                        places[n] = (Place){.ref = {(RefKind) i, link->key, link->route, item->origin, link->spec},
                                            .place = n};
                        n++;
                }
        qsort(places, n, sizeof(Place), compare_places);
        refs = g_new(Ref, n);
        for (uint32_t i = 0; i < n; i++)
                if (i == 0 || compare_refs(&places[i - 1].ref, &places[i].ref) != 0)
                        refs[n_refs++] = places[i].ref;
        *ret_n = n_refs;
        return refs;
}

Provide *builder_list_provides(const Chain *chain, uint32_t *ret_n)
{
        g_autofree Ref *refs = builder_list_refs(chain, 1, ret_n);
        Provide *provides = *ret_n > 0 ? g_new(Provide, *ret_n) : NULL;

        for (uint32_t i = 0; i < *ret_n; i++)
                provides[i] = (Provide){.key = refs[i].key, .route = refs[i].route, .origin = refs[i].origin};
        return provides;
}

typedef struct Weighed {
        Contribution contribution;
        uint32_t place;
} Weighed;

static int compare_weighed(const void *a, const void *b)
{
        const Weighed *one = a, *other = b;
        int order = strcmp(one->contribution.key, other->contribution.key);

        return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

const Contribution *builder_list_contributions(const Chain *chain, Arena *arena, uint32_t *ret_n)
{
        g_autofree Weighed *weighed = g_new(Weighed, MAX(chain->n, 1));
        Contribution *contributions = chain->n > 0 ? arena_new(arena, Contribution, chain->n) : NULL;
        uint32_t n = 0;

        for (const ChainItem *item = chain->first; item; item = item->next) {
                weighed[n] = (Weighed){.contribution = *(const Contribution *) item->data, .place = n};
                n++;
        }
        if (n > 0)
                qsort(weighed, n, sizeof(Weighed), compare_weighed);
        *ret_n = 0;
        for (uint32_t i = 0; i < n; i++)
                if (i + 1 == n || strcmp(weighed[i].contribution.key, weighed[i + 1].contribution.key) != 0)
                        contributions[(*ret_n)++] = weighed[i].contribution;
        return contributions;
}

const HookSpec *builder_list_hooks(const Chain chains[HOOK_N_], Arena *arena)
{
        HookSpec *spec = NULL;

        for (Hook hook = 0; hook < HOOK_N_; hook++) {
                HookLine *line;

                if (chains[hook].n == 0)
                        continue;
                if (!spec)
                        spec = arena_new(arena, HookSpec, 1);
                spec->n_lines[hook] = chains[hook].n;
                spec->lines[hook] = line = arena_new(arena, HookLine, chains[hook].n);
                for (const ChainItem *item = chains[hook].first; item; item = item->next)
                        *line++ = (HookLine){.argv = item->data, .origin = item->origin};
        }
        return spec;
}

static int compare_credentials(const void *a, const void *b)
{
        const Credential *one = a, *other = b;

        return strcmp(one->name, other->name);
}

const CredentialSpec *builder_list_credentials(const Chain *chain, Arena *arena)
{
        g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
        CredentialSpec *spec;
        Credential *list;
        GHashTableIter iter;
        void *credential;

        if (chain->n == 0)
                return NULL;
        for (const ChainItem *item = chain->first; item; item = item->next)
                g_hash_table_replace(by_name, (void *) ((const Credential *) item->data)->name, (void *) item->data);
        spec = arena_new(arena, CredentialSpec, 1);
        spec->list = list = arena_new(arena, Credential, g_hash_table_size(by_name));
        g_hash_table_iter_init(&iter, by_name);
        while (g_hash_table_iter_next(&iter, NULL, &credential))
                list[spec->n++] = *(const Credential *) credential;
        qsort(list, spec->n, sizeof(Credential), compare_credentials);
        return spec;
}
