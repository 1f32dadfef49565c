/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the syntax of files of variables, as EnvironmentFile= of systemd.exec(5) has it: NAME=VALUE lines, '…' and "…"
 * over several lines, a backslash at the end of a line, # and ; comments.
 * Does not own: reading the file. Nothing of it is ever quoted in a message. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* Something is wrong in a line; borrowed. */
typedef struct FileProblem {
        uint32_t line;
        const char *text; /* static: "a string that is not closed" */
} FileProblem;

typedef struct EnvFileHandlers {
        void (*on_variable)(const char *name, const char *value, uint32_t line, void *userdata);
        /* A line that is neither a variable nor a comment, which systemd passes over. */
        void (*on_ignored)(uint32_t line, void *userdata);
} EnvFileHandlers;

/* BYTES are valid UTF-8. 0, or -EINVAL at the first mistake. */
int env_file_parse(const char *bytes, size_t n_bytes, const EnvFileHandlers *handlers, void *userdata,
                   FileProblem *ret_problem) MUST_CHECK;
