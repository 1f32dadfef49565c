/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what every verb of reevectl is given, and the exit statuses.
 * Does not own: the verbs (verb.h). */
#pragma once

#include "option.h"
#include "text.h"

#define MUST_CHECK __attribute__((warn_unused_result))

/* Verbs return these; run and check return what the program they executed returned. */
typedef enum ExitStatus {
        EXIT_OK = 0,
        EXIT_OTHER = 1,
        EXIT_USAGE = 2,
        EXIT_NOT_READY = 3, /* status NAME, as systemctl has it; 3 is also "configuration" of check and run */
} ExitStatus;

typedef struct Ctl {
        Options options;
        const char *const *names; /* what stands behind the verb, NULL-terminated, borrowed from options */
        size_t n_names;
        Screen out, err;
        struct Bus *bus;       /* NULL until ctl_connect() */
        const char *where; /* which container, for messages; set with bus */
} Ctl;

/* "reevectl: …" and a newline on standard error, control characters escaped. */
void ctl_error(const Ctl *ctl, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same without colour and not with --quiet. */
void ctl_note(const Ctl *ctl, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Writes TEXT to standard output. EXIT_OK, or EXIT_OTHER with a message: a full disk must not look like success. */
int ctl_print(const Ctl *ctl, const GString *text) MUST_CHECK;

static inline bool ctl_has(const Ctl *ctl, unsigned bits)
{
        return options_has(&ctl->options, bits);
}
