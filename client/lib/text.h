/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a text must be to go into a message.
 * Does not own: what is said in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 as D-Bus wants it. */
bool text_is_utf8(const char *text);
/* The same without control characters, so that it cannot be more than one line anywhere. */
bool text_is_line(const char *text);
/* [a-z][a-z0-9_-]{0,62} */
bool text_is_endpoint_name(const char *text);
/* A copy of at most MAX bytes that is UTF-8 in any case; NULL: no memory. */
char *text_printable(const char *text, size_t max);
