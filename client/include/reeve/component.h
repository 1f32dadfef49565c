/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the component itself, and what it says to the daemon: that it is ready, how it is, what it publishes.
 * Does not own: what it is told (reeve/ops.h), what it asks (reeve/resolve.h), when it is served (reeve/loop.h). */
#ifndef REEVE_COMPONENT_H
#define REEVE_COMPONENT_H

#include <stdbool.h>
#include <stdint.h>

#include <reeve/ops.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the component of this process. Inside reeve ($REEVE_BUS_FD is there) it takes the connection, which exists
 * once: the descriptor is closed on exec from now on, as are those of reeve_listen_fd(), and the variable is removed
 * from the environment. Nothing is waited for and no hook is called before reeve_process(). OPS (copied; NULL: no
 * hooks) and USERDATA go to every hook.
 * -EINVAL: OPS has no size, or REEVE_BUS_FD is no number. -EOPNOTSUPP: OPS has a hook that this version of the
 * library does not know. -EBADF: REEVE_BUS_FD is not open. -EMFILE, -ENFILE, -ENOMEM. */
int reeve_component_new(const reeve_ops *ops, void *userdata, reeve_component **ret);

/* Closes the connection, which ends the component in the daemon's eyes. Lookups end without a call of their
 * callbacks. A reeve_reply that is kept stays valid until it is answered. NULL is fine; may be called inside a hook. */
void reeve_component_free(reeve_component *component);

/* There is a daemon at the other end: false outside reeve, and once the connection is lost. */
bool reeve_is_connected(const reeve_component *component);

/* "I am ready", for a component without start hooks; with on_post_construct or on_startup it is ready when
 * on_startup is answered, and this changes nothing. Outside reeve: READY=1 to $NOTIFY_SOCKET, where there is one.
 * The same errors as reeve_status(). */
int reeve_ready(reeve_component *component);

/* A line for whoever looks, such as `reevectl status`. TEXT: up to 4 KiB.
 * -EINVAL: not UTF-8, or more than a line. -E2BIG: longer.
 * -ENOBUFS: 1024 messages are waiting for a daemon that does not read, or nobody calls reeve_process().
 * -ECONNRESET: the connection is lost. -ENOMEM.
 * Outside reeve: what sending to $NOTIFY_SOCKET gave, 0 where there is none. */
int reeve_status(reeve_component *component, const char *text);

/* What is under way (a start or a stop) may take USEC from now on, at least. Errors as reeve_status(). */
int reeve_extend_timeout(reeve_component *component, uint64_t usec);

/* Gives the component an endpoint NAME ([a-z][a-z0-9_-]{0,62}) with VALUE (up to 4 KiB), or a new value for it.
 * Others see it while the component is ready. Say it before you are ready, and those that require you start with it.
 * -EINVAL: NAME or VALUE is malformed. -E2BIG: VALUE is too long. -ENOSPC: more than 64 names. Else as
 * reeve_status(). Outside reeve: X_REEVE_PUBLISH=NAME=VALUE to $NOTIFY_SOCKET, where there is one. */
int reeve_publish(reeve_component *component, const char *name, const char *value);

/* WATCHDOG=1 to $NOTIFY_SOCKET. 0 where there is no watchdog. -EAGAIN: its queue is full, say it again later. */
int reeve_watchdog(reeve_component *component);

/* How often reeve_watchdog() is to be said: half of WatchdogSec=. UINT64_MAX: nobody waits for it. */
uint64_t reeve_watchdog_usec(const reeve_component *component);

/* Has reeve_process() say it in time by itself, as long as your loop turns; reeve_get_timeout() knows of it. */
void reeve_watchdog_auto(reeve_component *component, bool is_on);

/* Ends reeve_run(). Outside reeve on_shutdown and on_pre_destroy come first, as far as their counterparts were
 * called; inside the daemon has called them by itself before it ends a component. May be called from a signal
 * handler and from any thread while the component exists. */
void reeve_stop(reeve_component *component);

/* Life is over: on_pre_destroy was answered, a start hook failed outside reeve, the connection is lost, or
 * reeve_stop() is done. A loop of your own ends then. RET_ERROR (NULL: not wanted) is why: 0, or a negative errno. */
bool reeve_is_finished(const reeve_component *component, int *ret_error);

#ifdef __cplusplus
}
#endif
#endif
