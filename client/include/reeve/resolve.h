/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: looking up what provides a key while the program runs, and the answers.
 * Does not own: what was injected at the start and takes no call at all (reeve/given.h).
 *
 * Answers are kept, and taken from there until the daemon says that they hold no longer: a second resolve costs no
 * journey. What the daemon has sent by the time of a call counts, even if reeve_process() was not called since. */
#ifndef REEVE_RESOLVE_H
#define REEVE_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include <reeve/ops.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An answer: does not change, may be kept, and outlives the component. */
typedef struct reeve_resolution reeve_resolution;
/* A question under way. */
typedef struct reeve_lookup reeve_lookup;

/* RESOLUTION is borrowed; reeve_resolution_ref() keeps it. Look at reeve_resolution_error() first. */
typedef void (*reeve_resolved_fn)(reeve_component *component, const reeve_resolution *resolution, void *userdata);

/* Asks who provides KEY (ROUTE: NULL where it has none). A component that is not running is started, and answers
 * once it is ready. ON_RESOLVED is called once by reeve_process(), never inside this call; not at all if it is
 * cancelled. TIMEOUT_USEC: the daemon gives up after that long, and is waited for a quarter of a second more; 0 and
 * UINT64_MAX: no limit. RET (NULL: not wanted) is valid until ON_RESOLVED is called, or cancelled.
 * -ENOTCONN: outside reeve. -ECONNRESET: the connection is lost. -EINVAL: KEY or ROUTE is malformed. -ENOBUFS,
 * -ENOMEM. */
int reeve_resolve(reeve_component *component, const char *key, const char *route, uint64_t timeout_usec,
                  reeve_resolved_fn on_resolved, void *userdata, reeve_lookup **ret);
/* The same, but that KEY is not known, or its condition not met, is an answer: see reeve_resolution_is_found(). */
int reeve_try_resolve(reeve_component *component, const char *key, const char *route, uint64_t timeout_usec,
                      reeve_resolved_fn on_resolved, void *userdata, reeve_lookup **ret);
/* ON_RESOLVED will not be called. NULL is fine. */
void reeve_lookup_cancel(reeve_lookup *lookup);

/* The blocking forms, for programs that may wait: no callback runs meanwhile, what arrives is kept for
 * reeve_process(). RET is the caller's to unref. As reeve_resolve(); also what the daemon refused with (see
 * reeve_resolution_error(); reeve_refusal() has the text), -ETIMEDOUT, and -EINTR: a signal handler ran. */
int reeve_resolve_wait(reeve_component *component, const char *key, const char *route, uint64_t timeout_usec,
                       reeve_resolution **ret);
int reeve_try_resolve_wait(reeve_component *component, const char *key, const char *route, uint64_t timeout_usec,
                           reeve_resolution **ret);
/* Why the last blocking form failed, in the daemon's words; "" if it did not say. Valid until the next one. */
const char *reeve_refusal(const reeve_component *component);

/* Answers without asking: 0 and an answer that holds now (the caller's to unref), or -ENOENT. Neither blocks nor
 * sends. */
int reeve_resolve_cached(reeve_component *component, const char *key, const char *route, reeve_resolution **ret);
/* KEY is not needed any more: forgets the answer, and the daemon does not tell when it changes. Errors as
 * reeve_status(). */
int reeve_release(reeve_component *component, const char *key, const char *route);

/* 0: there is an answer. Else -ENOENT: not known · -ENODATA: its condition is not met · -EDEADLK: to wait for it
 * would be to wait for oneself · -EREMOTEIO: it does not start · -ESHUTDOWN: the container stops · -EACCES: a secret
 * that is not yours · -ETIMEDOUT · -ECONNRESET · -EINVAL · -EBADMSG: the answer made no sense · -ENOMEM. */
int reeve_resolution_error(const reeve_resolution *resolution);
/* The D-Bus name of the error and its text, "" without one. */
const char *reeve_resolution_error_name(const reeve_resolution *resolution);
const char *reeve_resolution_message(const reeve_resolution *resolution);
/* False after an error, and where reeve_try_resolve() found nothing. */
bool reeve_resolution_is_found(const reeve_resolution *resolution);
/* The D-Bus path of the instance at the daemon, "/" if none was found. */
const char *reeve_resolution_instance(const reeve_resolution *resolution);
/* The name of its component, "" if none was found. */
const char *reeve_resolution_component(const reeve_resolution *resolution);
/* Its endpoints: a value has the one "value". Never NULL, and valid as long as RESOLUTION. */
const reeve_endpoints *reeve_resolution_endpoints(const reeve_resolution *resolution);
/* Short for the value of one of them, or NULL. */
const char *reeve_resolution_endpoint(const reeve_resolution *resolution, const char *name);
reeve_resolution *reeve_resolution_ref(const reeve_resolution *resolution);
void reeve_resolution_unref(reeve_resolution *resolution);

#ifdef __cplusplus
}
#endif
#endif
