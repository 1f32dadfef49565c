/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container_state.h"

#include <assert.h>

const char *const container_state_names[CONTAINER_N_] = {
        [CONTAINER_CREATED] = "created",       [CONTAINER_LOADING] = "loading",   [CONTAINER_VALIDATING] = "validating",
        [CONTAINER_GATING] = "gating",         [CONTAINER_STARTING] = "starting", [CONTAINER_RUNNING] = "running",
        [CONTAINER_RELOADING] = "reloading",   [CONTAINER_DRAINING] = "draining", [CONTAINER_STOPPING] = "stopping",
        [CONTAINER_STOPPED] = "stopped",       [CONTAINER_FAILED] = "failed",
};

#define BIT(state) (1u << CONTAINER_##state)

/* §62: one line forward, a way out to draining from anywhere, and to failed before anything runs for good. A container
 * that is held in failed (HoldOnFailure=) may still be drained. */
static const unsigned followers[CONTAINER_N_] = {
        [CONTAINER_CREATED] = BIT(LOADING) | BIT(DRAINING),
        [CONTAINER_LOADING] = BIT(VALIDATING) | BIT(FAILED) | BIT(DRAINING),
        [CONTAINER_VALIDATING] = BIT(GATING) | BIT(FAILED) | BIT(DRAINING),
        [CONTAINER_GATING] = BIT(STARTING) | BIT(FAILED) | BIT(DRAINING),
        [CONTAINER_STARTING] = BIT(RUNNING) | BIT(FAILED) | BIT(DRAINING),
        [CONTAINER_RUNNING] = BIT(RELOADING) | BIT(DRAINING),
        [CONTAINER_RELOADING] = BIT(RUNNING) | BIT(DRAINING),
        [CONTAINER_DRAINING] = BIT(STOPPING),
        [CONTAINER_STOPPING] = BIT(STOPPED) | BIT(FAILED),
        [CONTAINER_FAILED] = BIT(DRAINING),
};

bool container_state_may_follow(ContainerState from, ContainerState to)
{
        assert(from < CONTAINER_N_ && to < CONTAINER_N_);
        return (followers[from] & (1u << to)) != 0;
}
