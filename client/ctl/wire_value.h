/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: D-Bus values out of bytes. Does not own: messages (wire.h). Whatever does not fit is -EBADMSG. */
#pragma once

#include "ctl.h"
#include "json.h"

typedef struct WireCursor {
        const uint8_t *bytes; /* borrowed; alignment counts from here */
        size_t size, at;
        bool is_big_endian;
        int level;
} WireCursor;

/* What stands behind one complete type, or NULL: that is none. */
const char *wire_skip_type(const char *types);

int wire_pad(WireCursor *cursor, size_t alignment) MUST_CHECK;
int wire_read_number(WireCursor *cursor, unsigned n_bytes, uint64_t *ret) MUST_CHECK;
/* One complete type of TYPES, which must be well formed, and behind it. */
int wire_read_value(WireCursor *cursor, const char **types, JsonNode **ret) MUST_CHECK;
