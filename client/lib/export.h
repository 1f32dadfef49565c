/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the mark of what the library exports; everything else is hidden. libreeve.sym names the versions.
 * Does not own: the declarations (client/include). */
#pragma once

#define REEVE_EXPORT __attribute__((visibility("default")))
