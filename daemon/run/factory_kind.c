/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which factory a definition has: above all of them, for they share what factory.c has. */
#include "factory.h"

const Factory *factory_of(const Definition *definition)
{
        return definition->type == TYPE_EXTERNAL ? &factory_external : &factory_exec;
}
