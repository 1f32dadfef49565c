/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: what a component is told: the four hooks of its life, how its dynamic references come and go, and how to
 * answer.
 * Does not own: when they are called; reeve_process() does that (reeve/loop.h). */
#ifndef REEVE_OPS_H
#define REEVE_OPS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct reeve_component reeve_component;
typedef struct reeve_reply reeve_reply;
typedef struct reeve_endpoints reeve_endpoints;

/* What a hook returns that is not done yet: the reply is kept, and reeve_reply_done() ends it. */
#define REEVE_LATER 1

/* A hook returns 0: done. A negative errno: failed. REEVE_LATER: reeve_reply_done() will say; others are served
 * meanwhile. REPLY is valid until the hook returns, or until it is answered. Answered inside the hook, what is
 * returned does not matter. */
typedef int (*reeve_hook_fn)(reeve_component *component, reeve_reply *reply, void *userdata);
/* PROVIDER: the name of the component behind KEY. The arguments are valid until the function returns. */
typedef int (*reeve_bind_fn)(reeve_component *component, const char *key, const char *provider,
                             const reeve_endpoints *endpoints, reeve_reply *reply, void *userdata);
typedef int (*reeve_unbind_fn)(reeve_component *component, const char *key, const char *provider, reeve_reply *reply,
                               void *userdata);
typedef int (*reeve_suspend_fn)(reeve_component *component, const char *key, reeve_reply *reply, void *userdata);
typedef int (*reeve_resume_fn)(reeve_component *component, const char *key, const reeve_endpoints *endpoints,
                               reeve_reply *reply, void *userdata);

/* Every member but the first may be NULL. It grows at its end only: .size says how much of it the program knows. */
typedef struct reeve_ops {
        size_t size; /* sizeof(reeve_ops) */

        /* The four of a life, each at most once, in this order. A start hook that fails is a failed start. The stop
         * goes on whatever a stop hook says. With on_post_construct or on_startup, answering on_startup is being
         * ready. */
        reeve_hook_fn on_post_construct; /* what was injected is there; what you require is ready */
        reeve_hook_fn on_startup;
        reeve_hook_fn on_shutdown;    /* if on_startup was done; who requires you has gone, what you require is there */
        reeve_hook_fn on_pre_destroy; /* if on_post_construct was done, after a failed start too; then the end */

        /* Dynamic references: never two at once. A replacement binds the new one before it unbinds the old one. */
        reeve_bind_fn on_bind;
        reeve_unbind_fn on_unbind;
        reeve_suspend_fn on_suspend; /* its provider is being started again */
        reeve_resume_fn on_resume;

        /* What was resolved for KEYS (ends in NULL; empty: everything) holds no longer: resolve again when you need
         * it. */
        void (*on_invalidated)(reeve_component *component, const char *const *keys, void *userdata);
        /* The daemon has gone, or broke off. No hook comes any more; ending the process is the usual answer. ERROR:
         * -ECONNRESET or what went wrong. Not called by reeve_component_free(), and never outside reeve. */
        void (*on_disconnected)(reeve_component *component, int error, void *userdata);
} reeve_ops;

/* Ends a hook that returned REEVE_LATER: ERROR is 0, or a negative errno with MESSAGE (NULL: the text of the errno;
 * at most 4 KiB of it). REPLY is gone afterwards, whatever is returned.
 * -ECONNRESET: nobody waits any more. -EINVAL: ERROR is positive, which counts as failed. Where memory is short now
 * the answer is sent later, by reeve_process(). */
int reeve_reply_done(reeve_reply *reply, int error, const char *message);
/* When the daemon gives up waiting for the answer; see reeve_extend_timeout(). UINT64_MAX: never. */
uint64_t reeve_reply_deadline(const reeve_reply *reply);

/* The value of endpoint NAME, or NULL. Valid as long as the endpoints are. */
const char *reeve_endpoints_get(const reeve_endpoints *endpoints, const char *name);
/* The I-th, from 0: 0, or -ENOENT beyond the last. */
int reeve_endpoints_at(const reeve_endpoints *endpoints, size_t i, const char **ret_name, const char **ret_value);

#ifdef __cplusplus
}
#endif
#endif
