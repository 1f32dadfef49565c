/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What a newer program knows may be longer; what we do not know has to be unused. */
static int take_ops(reeve_component *component, const reeve_ops *ops)
{
        const unsigned char *bytes = (const unsigned char *) ops;

        if (!ops)
                return 0;
        if (ops->size < sizeof(ops->size))
                return -EINVAL;
        for (size_t i = sizeof(reeve_ops); i < ops->size; i++)
                if (bytes[i] != 0)
                        return -EOPNOTSUPP;
        memcpy(&component->ops, ops, ops->size < sizeof(reeve_ops) ? ops->size : sizeof(reeve_ops));
        component->ops.size = sizeof(reeve_ops);
        return 0;
}

int core_new(const reeve_ops *ops, void *userdata, reeve_component **ret)
{
        reeve_component *component = calloc(1, sizeof(reeve_component));
        int r;

        if (!component)
                return -ENOMEM;
        component->n_refs = 1;
        component->userdata = userdata;
        component->connection.epoll_fd = component->connection.wake_fd = -1;
        r = take_ops(component, ops);
        if (r < 0) {
                core_unref(component);
                return r;
        }
        *ret = component;
        return 0;
}

void core_unref(reeve_component *component)
{
        if (--component->n_refs > 0)
                return;
        for (size_t i = 0; i < PUBLISHED_MAX; i++)
                free(component->published[i]);
        free(component->refusal);
        free(component);
}

uint64_t core_now(void)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t) now.tv_sec * UINT64_C(1000000) + (uint64_t) now.tv_nsec / 1000;
}
