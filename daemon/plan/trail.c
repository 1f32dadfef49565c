/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trail.h"

#include "base/names.h"
#include "lookup.h"

enum { ALIAS_STEPS_MAX = 16 }; /* of one edge */

char *trail_label(const Planning *planning, uint32_t node)
{
        const char *name = plan_node_name(planning->plan, node);

        return plan_is_barrier(planning->plan, node) ? g_strdup_printf("module %s", name) : g_strdup(name);
}

/* §39: through a group: where it is contributed to. */
static void add_group(const Planning *planning, Diag *diag, const Edge *edge, const char *key)
{
        const Contribution *contribution =
                !key || plan_is_barrier(planning->plan, edge->to)
                        ? NULL
                        : wiring_find_contribution(planning->components[edge->to]->wiring, key);

        if (contribution)
                diag_add_step(diag, contribution->key, "group", contribution->origin);
}

void trail_add_edge(const Planning *planning, Diag *diag, const Edge *edge)
{
        g_autofree char *label = trail_label(planning, edge->from);
        const char *key = edge->key;

        diag_add_step(diag, label, name_of(edge_kind_names, EDGE_N_, (int) edge->kind), edge->origin);
        for (int i = 0; key && i < ALIAS_STEPS_MAX; i++) {
                const Alias *alias = lookup_alias(planning, key);

                if (!alias)
                        break;
                diag_add_step(diag, alias->name, "alias", alias->target_origin);
                key = alias->target;
        }
        add_group(planning, diag, edge, key);
}

void trail_add_end(const Planning *planning, Diag *diag, uint32_t node, Origin at)
{
        g_autofree char *label = trail_label(planning, node);

        diag_add_step(diag, label, NULL, at);
}

void trail_add_gap(Diag *diag)
{
        diag_add_step(diag, DIAG_GAP, NULL, origin_at(NULL, 0));
}
