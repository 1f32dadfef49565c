/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the command line: which options there are, which were given, what is a name and what a command.
 * Does not own: which verb takes which option (verb.h), nor what they mean. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Options every verb takes, and below them those that belong to some. */
typedef enum OptionBit {
        OPTION_USER = 1 << 0,
        OPTION_ADDRESS = 1 << 1,
        OPTION_HOST = 1 << 2,
        OPTION_JSON = 1 << 3,
        OPTION_NO_PAGER = 1 << 4,
        OPTION_NO_COLOR = 1 << 5,
        OPTION_QUIET = 1 << 6,
        OPTION_HELP = 1 << 7,
        OPTION_VERSION = 1 << 8,
        OPTION_GLOBAL = (1 << 9) - 1,
        OPTION_NO_BLOCK = 1 << 9,
        OPTION_WAIT = 1 << 10,
        OPTION_CASCADE = 1 << 11,
        OPTION_FOLLOW = 1 << 12,
        OPTION_SINCE = 1 << 13,
        OPTION_STRICT = 1 << 14,
        OPTION_ONLY = 1 << 15,
        OPTION_OVERLAY = 1 << 16,
        OPTION_PROPERTY = 1 << 17,
        OPTION_VALUE = 1 << 18,
        OPTION_TIMEOUT = 1 << 19,
} OptionBit;

typedef struct Options {
        unsigned given;      /* of OptionBit */
        const char *address; /* borrowed from argv, as the rest */
        const char *only;
        GPtrArray *properties; /* names, or NULL: all */
        uint64_t since;
        uint64_t timeout_usec;
        GPtrArray *words;   /* the verb, then its arguments; with PASS_UNKNOWN also what we do not know */
        GPtrArray *command; /* what stands behind "--", NULL-terminated, or NULL */
} Options;

/* Does the verb take options that we do not know, for a program it executes? */
typedef bool (*OptionPassesUnknown)(const char *verb);

/* 0, or -EINVAL with *RET_ERROR newly allocated: one sentence for the user. */
int options_parse(Options *options, int argc, char **argv, OptionPassesUnknown passes, char **ret_error);
void options_done(Options *options);

static inline bool options_has(const Options *options, unsigned bits)
{
        return (options->given & bits) != 0;
}

/* "--cascade", for messages; BIT is one bit. */
const char *option_name(unsigned bit);
/* What --help says of the options in MASK. */
void options_format(unsigned mask, GString *out);
