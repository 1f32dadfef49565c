/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The first byte picks a codec, the rest is a value: a reader ends, keeps within its bounds, and what it finds is
 * sorted, each name once, in text that a process can be given. */
#include <stdlib.h>
#include <string.h>

#include "conf/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
        if (!condition)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        g_autofree char *text = size > 0 ? g_strndup((const char *) data + 1, size - 1) : g_strdup("");
        const ValueMember *members = NULL;
        uint32_t n = 0;
        FileProblem problem = {0};
        g_auto(Arena) arena;

        arena_init(&arena);
        if (!g_utf8_validate(text, -1, NULL))
                return 0;
        if (codec_read((ValueCodec) (size > 0 ? data[0] % CODEC_N_ : 0), text, &arena, &members, &n, &problem) < 0) {
                require(problem.text && problem.line > 0 && problem.line <= size + 1);
                return 0;
        }
        require(n <= CODEC_MAX_MEMBERS);
        for (uint32_t i = 0; i < n; i++) {
                require(strlen(members[i].name) <= CODEC_MAX_NAME);
                require(!members[i].text || g_utf8_validate(members[i].text, -1, NULL));
                require(i == 0 || strcmp(members[i - 1].name, members[i].name) < 0);
        }
        return 0;
}
