/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/discard.h"

/* There is nothing to close nor to remove. */
void discard_begin(Loop *loop)
{
        (void) loop;
}

void discard_end(Loop *loop)
{
        (void) loop;
}
