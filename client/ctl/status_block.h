/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: `status NAME…`: one block a component, laid out as systemctl's, and the exit status 3 for one that is not
 * ready. Does not own: the page of the container (status.c). */
#pragma once

#include "ctl.h"

int status_blocks(Ctl *ctl);
