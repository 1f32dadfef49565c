/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: one datagram socket a component (sd_notify(3)): bound in its run-time directory, read with a budget a turn
 * (P19-P21), its datagrams taken apart by a pure parser (notify_parse.h).
 * Does not own: whether the sender may say so (run asks process_has_member) and what a field means. */
#pragma once

#include <sys/types.h>

#include "base/cleanup.h"
#include "loop.h"
#include "notify_parse.h"

typedef struct NotifySocket NotifySocket;

/* SENDER is what the kernel says, not the message. MESSAGE is borrowed for the call. The socket may be freed inside. */
typedef void (*NotifyHandler)(NotifySocket *socket, pid_t sender, const NotifyMessage *message, void *userdata);

/* Binds PATH (an old socket there is replaced), owned by UID:GID with mode 0600. What is said there waits
 * for notify_listen(). */
int notify_new(Loop *loop, const char *path, uid_t uid, gid_t gid, NotifyHandler handler, void *userdata,
               NotifySocket **ret) MUST_CHECK;
/* As soon as there is a process that may say something: what was said before waits until then. Again: no effect. */
int notify_listen(NotifySocket *socket) MUST_CHECK;
/* While there is one more on its way, which cannot be told from a stranger yet: what is said waits again. */
void notify_hold(NotifySocket *socket);
/* Handles what was queued before this turn of the loop, within the budget; for the moment after an exit (READY then
 * exit is seen as such). */
void notify_drain(NotifySocket *socket);
/* Unlinks the path. */
void notify_free(NotifySocket *socket);
/* The same, where PATH is not bound again: some time before discard_end(). */
void notify_leave(NotifySocket *socket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NotifySocket, notify_free)
