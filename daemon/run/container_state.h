/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the states of the container as a whole (§62) and which may follow which.
 * Does not own: Degraded, which stands beside them (container). */
#pragma once

#include <stdbool.h>

typedef enum ContainerState {
        CONTAINER_CREATED,
        CONTAINER_LOADING,
        CONTAINER_VALIDATING,
        CONTAINER_GATING,
        CONTAINER_STARTING,
        CONTAINER_RUNNING,
        CONTAINER_RELOADING,
        CONTAINER_DRAINING,
        CONTAINER_STOPPING,
        CONTAINER_STOPPED,
        CONTAINER_FAILED,
        CONTAINER_N_,
} ContainerState;

extern const char *const container_state_names[CONTAINER_N_];

bool container_state_may_follow(ContainerState from, ContainerState to);
