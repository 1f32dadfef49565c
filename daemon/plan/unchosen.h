/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is said about a reference to a group that offers too few, or several equally good ones (§17, §22).
 * Does not own: choosing (choice). */
#pragma once

#include "planning.h"

/* OUTCOME_AMBIGUOUS or OUTCOME_TOO_FEW. One that may be bound to nothing is a notice. */
Diag *unchosen_report(Planning *planning, const Failure *failure);
