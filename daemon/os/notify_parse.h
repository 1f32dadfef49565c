/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the bytes of one sd_notify(3) datagram → fields. Pure; hostile input is its ordinary input.
 * Does not own: the socket. Unknown fields are skipped, malformed known ones are dropped and counted. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <glib.h>

#define NOTIFY_STATUS_MAX 4096
/* Of one datagram; the rest of them, and a longer one, count as malformed. */
#define NOTIFY_PUBLISH_MAX 64
#define NOTIFY_PUBLISH_MAX_BYTES 4200
/* Longer wishes are cut to this, so that a time in the future can be had by adding it to the clock. */
#define NOTIFY_EXTEND_MAX INT64_MAX

typedef struct NotifyMessage {
        bool ready, stopping, reloading;
        bool watchdog, watchdog_trigger; /* WATCHDOG=1, WATCHDOG=trigger */
        bool has_watchdog_usec;
        bool has_errno;
        int error;                 /* ERRNO= */
        pid_t main_pid;            /* MAINPID=, 0: not said */
        uint64_t watchdog_usec;    /* WATCHDOG_USEC= */
        uint64_t extend_usec;      /* EXTEND_TIMEOUT_USEC=, 0: not said */
        char **publish;            /* X_REEVE_PUBLISH=, as they stand; NULL-terminated, or NULL: none */
        char *status;              /* STATUS=, escaped, at most NOTIFY_STATUS_MAX bytes, or NULL */
        uint32_t n_malformed; /* known fields with a bad value, lines with a NUL; a datagram dropped whole counts 1 */
} NotifyMessage;

void notify_parse(const char *bytes, size_t n_bytes, NotifyMessage *ret);
void notify_message_done(NotifyMessage *message);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NotifyMessage, notify_message_done)
