/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

#include "conf/template_name.h"
#include "endpoint.h"

typedef struct Lookup {
        const Engine *engine;
        const Instance *instance;
        char *text; /* what was found last, where it had to be made */
} Lookup;

/* Of "127.0.0.1:80", "[::1]:80" and "/a/b". */
static char *take_part(const char *address, EndpointPart part)
{
        const char *colon = strrchr(address, ':');
        size_t n_host = colon ? (size_t) (colon - address) : 0;
        bool is_v6 = n_host > 2 && address[0] == '[' && colon[-1] == ']';

        if (part == PART_PATH || !colon)
                return g_strdup(address);
        if (part == PART_PORT)
                return g_strdup(colon + 1);
        return is_v6 ? g_strndup(address + 1, n_host - 2) : g_strndup(address, n_host);
}

static const char *find_endpoint(const Lookup *lookup, const TemplateName *name)
{
        const Engine *engine = lookup->engine;
        Found found;

        if (name->kind == NAME_OWN)
                return endpoint_find_own(lookup->instance, name->rest);
        found = plan_find_ref(engine->plan, lookup->instance->node, name->ref);
        if (found.outcome != OUTCOME_COMPONENT)
                return NULL;
        return endpoint_find(&engine->instances[found.component], name->rest);
}

static const char *look_up_dotted(Lookup *lookup, const char *text)
{
        g_auto(TemplateName) name = template_name_find(lookup->engine->plan->registry,
                                                       engine_definition(lookup->engine, lookup->instance)->wiring,
                                                       text);
        const ValueMember *member;
        const char *address;

        switch (name.kind) {
        case NAME_VALUE:
                return name.value->is_secret ? NULL : name.value->text;
        case NAME_MEMBER:
                member = name.value->is_secret ? NULL : value_find_member(name.value, name.rest);
                return member ? member->text : NULL;
        case NAME_OWN:
        case NAME_ENDPOINT:
                address = find_endpoint(lookup, &name);
                if (!address || name.part == PART_WHOLE)
                        return address;
                g_free(lookup->text);
                return lookup->text = take_part(address, name.part);
        case NAME_NOTHING:
                break;
        }
        return NULL;
}

static const char *look_up(const TemplatePart *part, void *userdata)
{
        g_autofree char *name = part->kind == TEMPLATE_SELF
                                        ? g_strdup_printf("self.%.*s", (int) part->n_name, part->name)
                                        : g_strndup(part->name, part->n_name);

        return part->kind == TEMPLATE_ENV ? getenv(name) : look_up_dotted(userdata, name);
}

int expand_text(const Engine *engine, const Instance *instance, const char *text, char **ret)
{
        Lookup lookup = {.engine = engine, .instance = instance};
        int r = template_expand(text, look_up, &lookup, ret);

        g_free(lookup.text);
        return r;
}

/* 0: done; -EAGAIN: it speaks of one that has not got its text yet. */
static int publish(Engine *engine, Instance *instance, const DeclaredEndpoint *endpoint)
{
        g_autofree char *text = NULL;
        int r = expand_text(engine, instance, endpoint->text, &text);

        if (r == -ENOENT)
                return -EAGAIN;
        return r < 0 ? r : endpoint_set(engine, instance, ENDPOINT_DECLARED, endpoint->name, text);
}

/* Each round settles at least one, for there are no rings; most need one round. */
int expand_published(Engine *engine, Instance *instance, const DeclaredEndpoint **ret_failed)
{
        const EndpointSpec *spec = engine_definition(engine, instance)->endpoints;
        uint64_t done = 0, before;
        uint32_t left;

        do {
                before = done;
                left = 0;
                for (uint32_t i = 0; spec && i < spec->n; i++) {
                        int r;

                        if (spec->list[i].kind != ENDPOINT_TEXT || (done >> i & 1))
                                continue;
                        r = publish(engine, instance, &spec->list[i]);
                        if (r == 0) {
                                done |= UINT64_C(1) << i;
                                continue;
                        }
                        left++;
                        *ret_failed = &spec->list[i];
                        if (r != -EAGAIN)
                                return r;
                }
        } while (left > 0 && done != before);
        return left > 0 ? -ENOENT : 0;
}
