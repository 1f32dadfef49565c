/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "random_fixture.h"

#include <stdlib.h>

Engine *engine_of(World *world)
{
        return &world->fixture.container->settle.engine;
}

uint32_t n_nodes(World *world)
{
        return engine_of(world)->plan->n_components;
}

Instance *nth(World *world, uint32_t node)
{
        return &engine_of(world)->instances[node];
}

bool has_process(const Instance *instance)
{
        return instance->live && instance->live->process;
}

static void add_refs(World *world, GString *text, uint32_t i)
{
        static const char *const kinds[] = {"Requires", "Requires", "Requires", "Wants", "After", "Resolves"};

        for (uint32_t j = 0; j < i; j++)
                if (g_rand_int_range(world->chance, 0, 4) == 0)
                        g_string_append_printf(text, "%s=c%u\n",
                                               kinds[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(kinds))], j);
        if (i + 1 < world->n && g_rand_int_range(world->chance, 0, 6) == 0)
                g_string_append_printf(text, "Resolves=c%u\n", i + 1); /* closes a cycle now and then (§41) */
}

static void add_hooks(World *world, GString *text)
{
        for (Hook hook = 0; hook < HOOK_N_; hook++)
                for (gint32 n = g_rand_int_range(world->chance, -2, 3); n > 0; n--)
                        g_string_append_printf(text, "%s/%s\n", hook_keys[hook], hook_names[hook]);
}

static void add_component(World *world, GString *text, uint32_t i)
{
        static const char *const types[] = {"simple", "notify", "notify", "notify", "oneshot", "external"};
        static const char *const restarts[] = {"never", "on-failure", "always", "always"};
        static const char *const delays[] = {"0", "1ms", "30ms"};
        static const char *const policies[] = {"warn", "warn", "warn",   "warn",   "warn",  "warn",
                                               "warn", "warn", "ignore", "ignore", "strict"};
        const char *type = types[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(types))];

        g_string_append_printf(
                text,
                "[Component c%u]\nType=%s\nTimeoutStartSec=80ms\nTimeoutStopSec=60ms\nRestart=%s\nRestartSec=%s\n"
                "RestartMaxDelaySec=50ms\nStartLimitBurst=%d\nStartRetries=%d\nStartupErrorPolicy=%s\nStart=%"
                "s\nPriority=%d\n",
                i, type, restarts[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(restarts))],
                delays[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(delays))],
                g_rand_boolean(world->chance) ? 100000 : 3, g_rand_int_range(world->chance, 0, 2),
                policies[g_rand_int_range(world->chance, 0, G_N_ELEMENTS(policies))],
                g_rand_int_range(world->chance, 0, 3) ? "eager" : "lazy", g_rand_int_range(world->chance, -2, 3));
        if (strcmp(type, "external") == 0)
                g_string_append_printf(text, "ReadyProbe=unix:/c%u\nProbeIntervalSec=20ms\n", i);
        else
                g_string_append_printf(text, "ExecStart=/c%u\n", i);
        if (strcmp(type, "external") != 0 && g_rand_boolean(world->chance))
                add_hooks(world, text);
        if (strcmp(type, "external") != 0 && strcmp(type, "oneshot") != 0 && g_rand_int_range(world->chance, 0, 3) == 0)
                g_string_append(text, "Listen=door=tcp:127.0.0.1:0\n");
        if (strcmp(type, "notify") == 0 && g_rand_int_range(world->chance, 0, 4) == 0)
                g_string_append(text, "WatchdogSec=40ms\n");
        if (i + 1 == world->n && g_rand_int_range(world->chance, 0, 4) == 0)
                g_string_append(text, "ConditionPathExists=/does/not/exist\n");
        add_refs(world, text, i);
}

void make_modules(World *world, char *texts[N_MODULES])
{
        uint32_t n_modules = (uint32_t) g_rand_int_range(world->chance, 1, N_MODULES + 1);

        for (uint32_t module = 0; module < N_MODULES; module++) {
                GString *text = g_string_new("[Module]\n");

                for (uint32_t other = 0; other < module && module < n_modules; other++)
                        if (g_rand_boolean(world->chance))
                                g_string_append_printf(text, "Requires=m%u\n", other);
                if (g_rand_int_range(world->chance, 0, 3) == 0)
                        add_hooks(world, text);
                for (uint32_t i = 0; i < world->n; i++)
                        if (i * n_modules / world->n == module)
                                add_component(world, text, i);
                texts[module] = g_string_free(text, FALSE);
        }
}

uint64_t random_usec(World *world, gint32 below_msec)
{
        return (uint64_t) g_rand_int_range(world->chance, 0, below_msec) * 1000;
}

static void random_behaviour(World *world, uint32_t i)
{
        FakeBehaviour behaviour = {.ready_usec = random_usec(world, 20), .exit_usec = FAKE_NEVER,
                                   .stop_usec = random_usec(world, 30)};
        g_autofree char *name = g_strdup_printf("c%u", i), *address = g_strdup_printf("unix:/c%u", i);

        switch (g_rand_int_range(world->chance, 0, 8)) {
        case 0:
                behaviour.ready_usec = FAKE_NEVER;
                break;
        case 1:
                behaviour.exit_usec = random_usec(world, 20);
                behaviour.code = CLD_EXITED;
                behaviour.status = g_rand_int_range(world->chance, 0, 2);
                break;
        case 2:
                behaviour.is_deaf = true;
                break;
        case 3:
        case 4:
                behaviour.has_survivors = true;
                break;
        default:
                break;
        }
        fake_os_set_behaviour(name, &behaviour);
        fake_os_set_probe(address, g_rand_int_range(world->chance, 0, 3) == 0 ? ECONNREFUSED : 0);
}

/* Of the hooks of NAME; mostly they end well. */
static void random_errands(World *world, const char *name)
{
        for (Hook hook = 0; hook < HOOK_N_; hook++) {
                FakeBehaviour behaviour = {
                        .ready_usec = FAKE_NEVER, .exit_usec = random_usec(world, 15), .code = CLD_EXITED};
                g_autofree char *errand = g_strdup_printf("%s:%s", name, hook_names[hook]);

                switch (g_rand_int_range(world->chance, 0, 12)) {
                case 0:
                        behaviour.status = 1;
                        break;
                case 1:
                        behaviour.exit_usec = random_usec(world, 200);
                        behaviour.is_deaf = g_rand_boolean(world->chance);
                        break;
                case 2:
                        behaviour.code = CLD_KILLED;
                        behaviour.status = SIGSEGV;
                        break;
                default:
                        break;
                }
                fake_os_set_behaviour(errand, &behaviour);
        }
}

void random_behaviours(World *world, uint32_t node)
{
        const char *name = plan_node_name(engine_of(world)->plan, node);

        if (name[0] == 'c')
                random_behaviour(world, (uint32_t) strtoul(name + 1, NULL, 10));
        random_errands(world, name);
}

