/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what is said to somebody who asked, while the container runs, for a key that leads nowhere for him (§20, §29,
 * §46). Does not own: finding that out (plan), nor what check says about references (plan/unresolved). */
#pragma once

#include "plan/plan.h"

/* ROUTE may be NULL. Adds one finding: -ENOENT for what is not there, else -EBADMSG. */
int unfound_report(const Plan *plan, const char *key, const char *route, Found found, DiagList *diags) MUST_CHECK;
