/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the members of a value that is more than a plain text (Codec=): their names, and what each is as a text.
 * Does not own: the value, nor how a template asks for one. Hostile bytes are ordinary input; nothing of them is ever
 * quoted in a message, for they may be a secret. The daemon reads no other JSON, so its reader stands here. */
#pragma once

#include "arena.h"
#include "env_file.h"
#include "value.h"

/* JSON deeper than this is refused, and so are more members than that. A member with a longer name is not kept. */
#define JSON_MAX_DEPTH 64
#define CODEC_MAX_MEMBERS 10000
#define CODEC_MAX_NAME 255

/* Where readers put what they find. */
typedef struct CodecSink {
        GArray *members; /* of ValueMember */
        Arena *arena;
        uint32_t bad_line; /* of a file of variables: the first that is none; 0: there is none */
} CodecSink;

/* TEXT is NULL for what is no text. */
void codec_sink_add(CodecSink *sink, const char *name, const char *text, uint32_t line);

/* TEXT is valid UTF-8 without NUL. Sorted by name, in ARENA. -EINVAL: *RET_PROBLEM says what, and where. */
int codec_read(ValueCodec codec, const char *text, Arena *arena, const ValueMember **ret, uint32_t *ret_n,
               FileProblem *ret_problem) MUST_CHECK;

/* Objects and arrays are walked: {"a": [{"b": 1}]} is a.0.b. -EINVAL. */
int codec_read_json(const char *text, CodecSink *sink, FileProblem *ret_problem) MUST_CHECK;
