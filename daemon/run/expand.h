/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: texts with every ${…} filled in, as one instance sees it now: values, endpoints of its own and of what it
 * requires, the daemon's environment. Does not own: whether a template is sound: check has seen to that. */
#pragma once

#include "engine.h"

/* Newly allocated in *RET. -ENOENT: something in it has no text. */
int expand_text(const Engine *engine, const Instance *instance, const char *text, char **ret) MUST_CHECK;
/* Publish=: each becomes an endpoint of INSTANCE, whatever the order they are written in. *RET_FAILED: whose text
 * cannot be had. */
int expand_published(Engine *engine, Instance *instance, const DeclaredEndpoint **ret_failed) MUST_CHECK;
