/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: where a component's standard output and error go: a descriptor for the child, and, for the console alone, the
 * other end of it, cut into bounded lines (P16, P17).
 * Does not own: how a line is shown; the LineHandler (observe/console) does. Journal and files are handed to the child
 * as they are: the daemon never copies those bytes. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "loop.h"

#define OUTPUT_LINE_MAX (64 * 1024)

typedef enum OutputTarget {
        OUTPUT_TO_NULL,
        OUTPUT_TO_JOURNAL,
        OUTPUT_TO_FILE,
        OUTPUT_TO_FILE_APPEND,
        OUTPUT_TO_LINES,
        OUTPUT_TO_N_
} OutputTarget;

typedef struct Output Output;

/* One line without its newline, raw bytes; N_LOST lines before it were dropped because they came faster than 1 MiB/s. A
 * line longer than OUTPUT_LINE_MAX comes in pieces, each but the last with "…" at its end. LINE is NULL when there is
 * nothing but N_LOST to tell. The output may be freed inside. */
typedef void (*LineHandler)(const char *line, size_t n_line, uint32_t n_lost, void *userdata);

/* A descriptor for the child; the caller's to close. Files are opened without following a last symbolic link, with
 * mode 0640 less the daemon's umask. */
int output_open(OutputTarget target, const char *path, const char *identifier) MUST_CHECK;

/* For OUTPUT_TO_LINES: a pipe. *RET_FD is the child's end; HANDLER is called for each line until all copies of that are
 * closed. It is read whatever is lost: a component waits for us only when it writes more than 100 MB/s. */
int output_new_lines(Loop *loop, LineHandler handler, void *userdata, Output **ret, int *ret_fd) MUST_CHECK;
/* Hands over what is in the pipe still (1 MiB at most) and what is left without a newline. */
void output_free(Output *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Output, output_free)

/* Is the journal there to take a stream? */
int output_has_journal(void);
