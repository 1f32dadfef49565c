/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "assignment.h"

Diag *assign_error(const Assignment *assignment, const char *problem)
{
        return assign_word_error(assignment, assignment->value, problem);
}

Diag *assign_word_error(const Assignment *assignment, const char *word, const char *problem)
{
        return diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin, "%s='%.200s' %s",
                          assignment->key ? assignment->key->name : "ExecStart", word, problem);
}

void chain_add(Chain *chain, Arena *arena, const void *data, Origin origin)
{
        ChainItem *item = arena_new(arena, ChainItem, 1);

        item->data = data;
        item->origin = origin;
        if (chain->last)
                chain->last->next = item;
        else
                chain->first = item;
        chain->last = item;
        chain->n++;
}
