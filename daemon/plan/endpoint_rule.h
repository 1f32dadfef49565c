/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: whether each ${KEY.ENDPOINT} and ${self.NAME} has a text when it is needed: the key is required, so that its
 * provider is ready by then, the endpoint is declared, and no Publish= speaks of itself in the end.
 * Does not own: values and their members (conf/text_check). */
#pragma once

#include "planning.h"

void endpoint_rule_check(Planning *planning);
