/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the sockets that were opened for the process.
 * Does not own: closing them. */
#pragma once

/* None of them gets into the programs that this one starts. */
void listen_close_on_exec(void);
