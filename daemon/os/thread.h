/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how a thread beside the loop's begins: with a small stack, and with all signals blocked, which are the loop's.
 * Does not own: what it does, nor what it shares (spawner, discard). Private to os. */
#pragma once

#include <pthread.h>

#include "base/cleanup.h"

#define THREAD_STACK_SIZE ((size_t) 256 * 1024)

int thread_begin(void *(*main)(void *userdata), void *userdata, pthread_t *ret) MUST_CHECK;
