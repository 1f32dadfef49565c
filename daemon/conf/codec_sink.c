/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "codec.h"

#include <string.h>

void codec_sink_add(CodecSink *sink, const char *name, const char *text, uint32_t line)
{
        ValueMember member = {.line = line};

        if (strnlen(name, CODEC_MAX_NAME + 1) > CODEC_MAX_NAME || sink->members->len > CODEC_MAX_MEMBERS)
                return;
        member.name = arena_text(sink->arena, name);
        member.text = arena_text(sink->arena, text);
        g_array_append_val(sink->members, member);
}
