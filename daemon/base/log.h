/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the daemon's own log lines on standard error, and the level below which nothing is formatted (C-44).
 * Does not own: run events (observe/event_log) nor diagnostics. Layers 0 to 3 do not log: they return or emit. */
#pragma once

#include <stdbool.h>
#include <syslog.h>

/* The only global of the daemon: LOG_ERR … LOG_DEBUG. */
extern int log_level;
/* Lines begin with "<N>" for the journal instead of nothing. */
extern bool log_prefix;

#define log_at(level, ...)                                                                                             \
        do {                                                                                                           \
                if ((level) <= log_level)                                                                              \
                        log_write((level), __VA_ARGS__);                                                               \
        } while (0)
#define log_error(...) log_at(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)

/* One line, control characters escaped, one write(2); never blocks for good: a full pipe drops the line. */
void log_write(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));
