/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "endpoint_rule.h"

#include <string.h>

#include "base/names.h"
#include "conf/template_name.h"
#include "lookup.h"

/* A machine-made file that is wrong all through is told so a thousand times. */
enum { FINDINGS_MAX = 1000 };

/* One template of one component. */
typedef struct Speaker {
        Planning *planning;
        const Definition *definition;
        uint32_t component;
        const EndpointUse *use;
        uint32_t n_found;
} Speaker;

static Diag *report(Speaker *speaker, DiagCode code, const char *problem)
{
        Diag *diag = diag_error(speaker->planning->diags, code, speaker->use->origin, "${%.200s} in %s of '%s' %s",
                                speaker->use->text, speaker->use->what, speaker->definition->name, problem);

        diag_set_component(diag, speaker->definition->name, speaker->definition->module->name);
        speaker->n_found++;
        return diag;
}

/* NAME is an endpoint of SPEC with something behind it. */
static bool has_part(const EndpointSpec *spec, const char *name)
{
        g_autofree char *whole = g_strndup(name, strcspn(name, "."));

        return strchr(name, '.') && endpoint_spec_find(spec, whole);
}

/* NEAREST is what was meant, or NULL: then all that there is, if that is not much, helps. */
static void suggest(Diag *diag, const char *key, const char *name, const EndpointSpec *spec)
{
        const char *names[DECLARED_ENDPOINTS_MAX], *nearest;
        uint32_t n = spec ? spec->n : 0;

        for (uint32_t i = 0; i < n; i++) {
                names[i] = spec->list[i].name;
                diag_add_candidate(diag, names[i]);
        }
        nearest = name_nearest(names, n, name);
        if (has_part(spec, name))
                diag_set_hint(diag, "of an endpoint on TCP there are .host and .port, of one on a Unix socket .path");
        else if (nearest)
                diag_set_hint(diag, "did you mean '${%s.%s}'?", key, nearest);
        else if (strcmp(key, "self") == 0)
                diag_set_hint(diag, "declare it: Listen=%s=tcp:127.0.0.1:0, AllocatePort=%s or Publish=%s=TEXT", name,
                              name, name);
        else
                diag_set_hint(diag, "an endpoint is declared by Listen=, AllocatePort= or Publish=; one that is "
                                    "published at run time is in the environment only (REEVE_REF_…)");
}

/* KEY is "self", or what the endpoint's OWNER is referred to as. */
static void check_declared(Speaker *speaker, const TemplateName *name, const char *key, const Definition *owner)
{
        const DeclaredEndpoint *endpoint = endpoint_spec_find(owner->endpoints, name->rest);
        bool is_tcp = endpoint && (endpoint->kind == ENDPOINT_TCP || endpoint->kind == ENDPOINT_PORT);
        g_autofree char *problem = NULL;
        Diag *diag;

        if (!endpoint) {
                problem = g_strdup_printf("is not defined: '%s' declares no endpoint '%.63s'", owner->name, name->rest);
                diag = report(speaker, DIAG_INVALID_VALUE, problem);
                suggest(diag, key, name->rest, owner->endpoints);
                if (owner != speaker->definition)
                        diag_add_source(diag, owner->name, owner->origin);
        } else if ((name->part == PART_PATH && endpoint->kind != ENDPOINT_UNIX) ||
                   ((name->part == PART_HOST || name->part == PART_PORT) && !is_tcp)) {
                problem = g_strdup_printf("is not defined: '%s' is %s and has no .%s", endpoint->name,
                                          is_tcp                            ? "an address and a port"
                                          : endpoint->kind == ENDPOINT_UNIX ? "a path"
                                                                            : "a text",
                                          endpoint_part_names[name->part]);
                diag = report(speaker, DIAG_INVALID_VALUE, problem);
                diag_set_hint(diag, "write ${%s.%s}", key, endpoint->name);
                diag_add_source(diag, endpoint->name, endpoint->origin);
        }
}

static void report_plural(Speaker *speaker, const Ref *ref, const char *key)
{
        Diag *diag = report(speaker, DIAG_INVALID_VALUE, "has no one value: the reference may be bound to several");

        diag_set_key(diag, ref->key, ref->route);
        diag_add_source(diag, key, ref->origin);
        diag_set_hint(diag, "let the program look at REEVE_REF_…_COUNT and the numbered variables, or let the "
                            "reference take one: Cardinality=1..1");
}

/* §23, §50: what it stands for is there at the spawn only if that waits for it to be ready. */
static void check_reference(Speaker *speaker, const TemplateName *name)
{
        static const char *const problems[REF_N_] = {
                [REF_WANTS] = "may have no value: what is only wanted may be absent",
                [REF_AFTER] = "may have no value: After= waits for no readiness",
                [REF_RESOLVES] = "may have no value: what is looked up at run time is not waited for",
        };
        const Ref *ref = name->ref;
        g_autofree char *key = g_strconcat(ref->key, ref->route ? ":" : "", ref->route, NULL);
        Found found;

        if (ref->spec && ref_is_plural(ref)) {
                report_plural(speaker, ref, key);
                return;
        }
        if (problems[ref->kind]) {
                Diag *diag = report(speaker, DIAG_INVALID_VALUE, problems[ref->kind]);

                diag_set_key(diag, ref->key, ref->route);
                diag_add_source(diag, key, ref->origin);
                if (ref->kind == REF_WANTS)
                        diag_set_hint(diag,
                                      "write Requires=%s, or let the program look at the variables REEVE_REF_…, which "
                                      "are not set when it is absent",
                                      key);
                else
                        diag_set_hint(diag, "write Requires=%s", key);
                return;
        }
        found = lookup_key(speaker->planning, ref->key, ref->route, speaker->definition->module);
        if (found.outcome == OUTCOME_GROUP)
                found = plan_find_ref(speaker->planning->plan, speaker->component, ref);
        if (found.outcome == OUTCOME_COMPONENT || found.outcome == OUTCOME_SKIPPED)
                check_declared(speaker, name, key, speaker->planning->components[found.component]);
        else if (found.outcome == OUTCOME_NO_NODE)
                (void) report(speaker, DIAG_INVALID_VALUE, "is not defined: the container has no such endpoint");
}

/* The longest key there is that TEXT begins with, or NULL. */
static const Key *find_known_key(const Registry *registry, const char *text)
{
        g_autofree char *prefix = g_strdup(text);
        const Key *key = NULL;
        char *end;

        prefix[strcspn(prefix, ":")] = '\0';
        while (!key && (end = strrchr(prefix, '.')) != NULL) {
                *end = '\0';
                key = registry_find_key(registry, prefix);
        }
        return key;
}

static void check_nothing(Speaker *speaker)
{
        const Wiring *wiring = speaker->definition->wiring;
        const char *text = speaker->use->text;
        g_autofree char *key = g_strndup(text, strcspn(text, ".:"));
        g_autofree char *problem = g_strdup_printf("is not defined: '%s' refers to no key of that name",
                                                   speaker->definition->name);
        g_autofree const char **keys = g_new(const char *, wiring->n_refs + 1);
        Diag *diag = report(speaker, DIAG_INVALID_VALUE, problem);
        const Key *known = find_known_key(speaker->planning->plan->registry, text);
        const char *nearest = NULL;

        diag_set_key(diag, known ? known->name : key, NULL);
        if (known) {
                diag_set_hint(diag, "declare it: Requires=%s", known->name);
                return;
        }
        for (uint32_t i = 0; i < wiring->n_refs; i++)
                keys[i] = wiring->refs[i].key;
        if (speaker->planning->guess_budget >= wiring->n_refs) {
                speaker->planning->guess_budget -= wiring->n_refs;
                nearest = name_nearest(keys, wiring->n_refs, key);
        }
        if (nearest)
                diag_set_hint(diag, "did you mean '${%s%s}'?", nearest, text + strlen(key));
        else
                diag_set_hint(diag, "${KEY.ENDPOINT} is for a KEY of Requires=; $${ is a literal ${");
}

static void check_use(Speaker *speaker)
{
        g_auto(TemplateName) name = template_name_find(speaker->planning->plan->registry, speaker->definition->wiring,
                                                       speaker->use->text);

        switch (name.kind) {
        case NAME_VALUE:
        case NAME_MEMBER:
                break;
        case NAME_OWN:
                check_declared(speaker, &name, "self", speaker->definition);
                break;
        case NAME_ENDPOINT:
                check_reference(speaker, &name);
                break;
        case NAME_NOTHING:
                check_nothing(speaker);
                break;
        }
}

static int find_index(const EndpointSpec *spec, const char *name)
{
        const DeclaredEndpoint *endpoint = endpoint_spec_find(spec, name);

        return endpoint ? (int) (endpoint - spec->list) : -1;
}

/* By endpoint: a bit for each of the same component that its Publish= speaks of. */
static void find_spoken(const EndpointSpec *spec, uint64_t spoken[static DECLARED_ENDPOINTS_MAX])
{
        for (uint32_t i = 0; i < spec->n_uses; i++) {
                const EndpointUse *use = &spec->uses[i];
                int from, to;

                if (!use->publishes || !g_str_has_prefix(use->text, "self."))
                        continue;
                from = find_index(spec, use->publishes);
                to = find_index(spec, use->text + strlen("self."));
                if (from >= 0 && to >= 0)
                        spoken[from] |= UINT64_C(1) << to;
        }
}

/* RING: those that are left when all that speak of nothing unsettled are settled, again and again: each of them speaks
 * of another one. */
static void report_ring(Speaker *speaker, const uint64_t *spoken, uint64_t ring)
{
        const EndpointSpec *spec = speaker->definition->endpoints;
        const Definition *definition = speaker->definition;
        uint64_t seen = 0;
        int first, at = __builtin_ctzll(ring);
        Diag *diag;

        while (!(seen >> at & 1)) {
                seen |= UINT64_C(1) << at;
                at = __builtin_ctzll(spoken[at] & ring);
        }
        diag = diag_error(speaker->planning->diags, DIAG_CYCLE, spec->list[at].origin,
                          "the endpoint '%s' of '%s' is published as a text in which it occurs itself",
                          spec->list[at].name, definition->name);
        diag_set_component(diag, definition->name, definition->module->name);
        first = at;
        do {
                diag_add_step(diag, spec->list[at].name, "publish", spec->list[at].origin);
                at = __builtin_ctzll(spoken[at] & ring);
        } while (at != first);
        diag_add_step(diag, spec->list[at].name, NULL, spec->list[at].origin);
        speaker->n_found++;
}

static void check_rings(Speaker *speaker)
{
        const EndpointSpec *spec = speaker->definition->endpoints;
        uint64_t spoken[DECLARED_ENDPOINTS_MAX] = {0}, left = 0, before;

        find_spoken(spec, spoken);
        for (uint32_t i = 0; i < spec->n; i++)
                left |= spoken[i] ? UINT64_C(1) << i : 0;
        do {
                before = left;
                for (uint32_t i = 0; i < spec->n; i++)
                        if (!(spoken[i] & left))
                                left &= ~(UINT64_C(1) << i);
        } while (left != before);
        if (left)
                report_ring(speaker, spoken, left);
}

void endpoint_rule_check(Planning *planning)
{
        Speaker speaker = {.planning = planning};

        for (uint32_t i = 0; i < planning->plan->n_components; i++) {
                const EndpointSpec *spec = planning->components[i]->endpoints;

                speaker.definition = planning->components[i];
                speaker.component = i;
                for (uint32_t j = 0; spec && j < spec->n_uses && speaker.n_found < FINDINGS_MAX; j++) {
                        speaker.use = &spec->uses[j];
                        check_use(&speaker);
                }
                if (spec && spec->n_uses > 0 && speaker.n_found < FINDINGS_MAX)
                        check_rings(&speaker);
        }
}
