/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: which secrets an instance is handed, as files in $CREDENTIALS_DIRECTORY: those of LoadCredential=, and the
 * secret values that it requires or wants. From before its spawn until it is down for good.
 * Does not own: writing them (os/credential). */
#pragma once

#include <sys/types.h>

#include "engine.h"

/* Writes them for a new incarnation. *RET is the folder, newly allocated, or NULL: there are none. */
int secret_hand_over(const Engine *engine, Instance *instance, uid_t uid, gid_t gid, char **ret) MUST_CHECK;
/* The folder of the incarnation that runs, newly allocated, or NULL. */
char *secret_folder(const Engine *engine, const Instance *instance);
/* Removes them. */
void secret_take_back(const Engine *engine, Instance *instance);
