/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the D-Bus wire format: a call as bytes, and bytes as a message whose body is JSON values, the one form in which
 * verbs read and print what the daemon says. Dictionaries become objects, structs become arrays, variants what they
 * hold; unsigned numbers that JSON cannot carry (infinity) become null.
 * Does not own: the connection (link.h). Hostile bytes are -EBADMSG. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "ctl.h"
#include "json.h"

#define WIRE_HEAD_BYTES 16
/* Both of the specification; a signature in a header field need not be one. */
#define WIRE_MESSAGE_BYTES_MAX (UINT32_C(128) << 20)
#define WIRE_SIGNATURE_BYTES_MAX 255

typedef enum WireType {
        WIRE_CALL = 1,
        WIRE_RETURN = 2,
        WIRE_ERROR = 3,
        WIRE_SIGNAL = 4,
} WireType;

typedef struct WireTarget {
        const char *destination, *path, *interface, *member;
} WireTarget;

typedef struct WireMessage {
        WireType type;
        uint32_t reply_serial;
        const char *path, *interface, *member, *error; /* NULL or borrowed from fields */
        JsonArray *fields;
        JsonArray *body; /* one element an argument */
} WireMessage;

/* Appends a call that starts no service. TYPES and what follows are as of sd_bus_message_append(): b i u t s o g, and
 * a{sv} of these, given as a count and then name, type, value for each. -EINVAL: other types. */
int wire_append_call(GString *out, uint32_t serial, const WireTarget *target, const char *types,
                     va_list list) MUST_CHECK;

/* How many bytes the message has that begins with WIRE_HEAD_BYTES at HEAD. */
int wire_size(const void *head, size_t *ret) MUST_CHECK;

/* BYTES are those of one message. */
int wire_parse(const void *bytes, size_t size, WireMessage **ret) MUST_CHECK;
void wire_message_free(WireMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WireMessage, wire_message_free)
