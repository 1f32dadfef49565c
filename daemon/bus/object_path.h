/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: object paths from names and back (sd_bus_path_encode).
 * Does not own: which prefixes there are (dbus/names.h). */
#pragma once

/* The path of object NAME below PREFIX, newly allocated, or NULL. */
char *object_path_make(const char *prefix, const char *name);
/* The name in PATH below PREFIX, newly allocated, or NULL: not one. */
char *object_path_find_name(const char *prefix, const char *path);
