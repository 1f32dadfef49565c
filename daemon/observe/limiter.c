/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "limiter.h"

typedef struct Class {
        char *name;
        uint64_t begun;
        uint32_t n_passed, n_held;
        GList link; /* in `oldest`, by begun */
} Class;

struct Limiter {
        GHashTable *classes; /* name → Class, owned */
        GQueue oldest;
        char *swept; /* the name limiter_sweep() lent out */
};

static void class_free(Class *class)
{
        g_free(class->name);
        g_free(class);
}

Limiter *limiter_new(void)
{
        Limiter *limiter = g_new0(Limiter, 1);

        limiter->classes = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) class_free);
        return limiter;
}

void limiter_free(Limiter *limiter)
{
        if (!limiter)
                return;
        g_hash_table_unref(limiter->classes);
        g_free(limiter->swept);
        g_free(limiter);
}

static void drop(Limiter *limiter, Class *class)
{
        g_queue_unlink(&limiter->oldest, &class->link);
        g_hash_table_remove(limiter->classes, class->name);
}

static Class *add(Limiter *limiter, const char *name)
{
        Class *class = g_new0(Class, 1);

        if (g_hash_table_size(limiter->classes) >= LIMITER_CLASSES_MAX)
                drop(limiter, limiter->oldest.head->data);
        class->name = g_strdup(name);
        class->link.data = class;
        g_hash_table_insert(limiter->classes, class->name, class);
        g_queue_push_tail_link(&limiter->oldest, &class->link);
        return class;
}

bool limiter_pass(Limiter *limiter, const char *class_name, uint32_t burst, uint64_t now, uint32_t *ret_held)
{
        Class *class = g_hash_table_lookup(limiter->classes, class_name);

        if (!class) {
                class = add(limiter, class_name);
                class->begun = now;
        }
        if (now - class->begun >= LIMITER_INTERVAL_USEC) {
                *ret_held = class->n_held;
                class->begun = now;
                class->n_passed = 1;
                class->n_held = 0;
                g_queue_unlink(&limiter->oldest, &class->link);
                g_queue_push_tail_link(&limiter->oldest, &class->link);
                return true;
        }
        if (class->n_passed < burst) {
                class->n_passed++;
                *ret_held = 0;
                return true;
        }
        class->n_held++;
        return false;
}

const char *limiter_sweep(Limiter *limiter, uint64_t now, uint32_t *ret_held)
{
        while (limiter->oldest.head) {
                Class *class = limiter->oldest.head->data;
                uint32_t held = class->n_held;

                if (now - class->begun < LIMITER_INTERVAL_USEC)
                        return NULL;
                g_free(limiter->swept);
                limiter->swept = g_strdup(class->name);
                drop(limiter, class);
                if (held == 0)
                        continue;
                *ret_held = held;
                return limiter->swept;
        }
        return NULL;
}
