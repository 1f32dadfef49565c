/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: single values as text (§9): yes and no, numbers, durations, sizes, shares, modes, signals, resource limits.
 * Does not own: ranges of a key and messages about them.
 * All return 0 and *RET, -EINVAL: not of that form, or -ERANGE: of that form, but more than can be held. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

#include "base/cleanup.h"

int scalar_parse_bool(const char *text, bool *ret) MUST_CHECK;
int scalar_parse_int(const char *text, int64_t *ret) MUST_CHECK;
int scalar_parse_octal(const char *text, uint32_t *ret) MUST_CHECK;

/* systemd.time(7): "1min 30s", "1.5h", "500ms"; a bare number is seconds; "infinity" is UINT64_MAX. µs. */
int scalar_parse_duration(const char *text, uint64_t *ret_usec) MUST_CHECK;

/* K, M, G, T of 1024; "infinity" is UINT64_MAX. Bytes. */
int scalar_parse_size(const char *text, uint64_t *ret) MUST_CHECK;

/* "20%" or "12.5%", in hundredths of a per cent */
int scalar_parse_percent(const char *text, uint64_t *ret) MUST_CHECK;

/* SIGTERM, TERM, 15, SIGRTMIN+3 */
int scalar_parse_signal(const char *text, int *ret) MUST_CHECK;
/* SIG… names for "did you mean". Static. */
const char *const *scalar_signal_names(size_t *ret_n);

/* SOFT:HARD or one value for both; "infinity". RESOURCE says the unit: bytes with K…T, µs or seconds as a duration, or
 * a plain number. -EDOM: soft is more than hard. */
int scalar_parse_limit(int resource, const char *text, struct rlimit *ret) MUST_CHECK;
