/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a name may look like (§2) and how one is derived from a file's name (§11).
 * Does not own: which names there are. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define NAME_MAX_BYTES 63
#define ROUTE_MAX_BYTES 127

/* [a-z][a-z0-9_.-]{0,62}: components, modules, values, aliases, keys, kinds of scope */
bool name_is_valid(const char *name);
/* Letters, digits and ._@/+- ; "*" only where IS_PROVIDED (§19). */
bool route_is_valid(const char *route, bool is_provided);
/* [a-z][a-z0-9_-]{0,62}: no dot, so that ${KEY.ENDPOINT} has one reading */
bool endpoint_name_is_valid(const char *name);
/* The name of an environment variable: [A-Za-z_][A-Za-z0-9_]* */
bool variable_is_valid(const char *name, size_t n_name);
/* A user's or group's name or number, as far as its form goes. */
bool account_is_valid(const char *name);

/* /usr/lib/shop/UserService.bin → user-service. Newly allocated; it may still be no valid name. */
char *name_from_program(const char *path);
/* modules/10-web.module → web. Newly allocated; it may still be no valid name. */
char *name_from_module_file(const char *path);
/* The nearest valid form of a name for a hint, newly allocated, or NULL. */
char *name_to_valid(const char *name);
