/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: judging one ConditionX= (§46): the machine is looked at, nothing is run.
 * Does not own: what becomes of a component whose condition is not met. */
#pragma once

#include <stdbool.h>

#include "base/cleanup.h"

/* KEY is the whole key; VALUE may begin with `!`. 0 and *RET, or -EINVAL: *RET_PROBLEM, static, says what. */
int condition_judge(const char *key, const char *value, bool *ret, const char **ret_problem) MUST_CHECK;
