/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "definition.h"

const char *const component_type_names[TYPE_N_] = {
        [TYPE_SIMPLE] = "simple", [TYPE_NOTIFY] = "notify",   [TYPE_REEVE] = "reeve",
        [TYPE_DBUS] = "dbus",     [TYPE_ONESHOT] = "oneshot", [TYPE_EXTERNAL] = "external",
        [TYPE_MODULE] = "module",
};

const ComponentTypeFacts component_types[TYPE_N_] = {
        [TYPE_ONESHOT] = {.is_done_when_ready = true},
        [TYPE_EXTERNAL] = {.is_foreign = true},
        [TYPE_MODULE] = {.is_done_when_ready = true},
};

const char *const scope_names[SCOPE_N_] = {
        [SCOPE_SINGLETON] = "singleton",
        [SCOPE_REQUEST] = "request",
        [SCOPE_TRANSIENT] = "transient",
        [SCOPE_KIND] = "kind",
};

const char *const start_mode_names[START_N_] = {
        [START_EAGER] = "eager",
        [START_LAZY] = "lazy",
};

const char *const startup_policy_names[POLICY_N_] = {
        [POLICY_STRICT] = "strict",
        [POLICY_WARN] = "warn",
        [POLICY_IGNORE] = "ignore",
};

const char *const restart_mode_names[RESTART_N_] = {
        [RESTART_NEVER] = "never",
        [RESTART_ON_FAILURE] = "on-failure",
        [RESTART_ALWAYS] = "always",
};

const char *const on_give_up_names[GIVE_UP_N_] = {
        [GIVE_UP_DEGRADE] = "degrade",
        [GIVE_UP_SHUTDOWN] = "shutdown",
};

const char *const output_kind_names[OUTPUT_N_] = {
        [OUTPUT_AUTO] = "auto", [OUTPUT_JOURNAL] = "journal", [OUTPUT_CONSOLE] = "console",
        [OUTPUT_NULL] = "null", [OUTPUT_FILE] = "file",       [OUTPUT_APPEND] = "append",
};

const char *const hook_names[HOOK_N_] = {
        [HOOK_POST_CONSTRUCT] = "post-construct",
        [HOOK_STARTUP] = "startup",
        [HOOK_SHUTDOWN] = "shutdown",
        [HOOK_PRE_DESTROY] = "pre-destroy",
};

const char *const hook_keys[HOOK_N_] = {
        [HOOK_POST_CONSTRUCT] = "ExecPostConstruct=",
        [HOOK_STARTUP] = "ExecStartup=",
        [HOOK_SHUTDOWN] = "ExecShutdown=",
        [HOOK_PRE_DESTROY] = "ExecPreDestroy=",
};

uint32_t definition_n_lines(const Definition *definition, Hook hook)
{
        return definition->life->hooks ? definition->life->hooks->n_lines[hook] : 0;
}

bool definition_takes_time_to_stop(const Definition *definition)
{
        return definition->argv || definition_n_lines(definition, HOOK_SHUTDOWN) > 0 ||
               definition_n_lines(definition, HOOK_PRE_DESTROY) > 0;
}

const Condition *definition_unmet(const Definition *definition)
{
        for (uint32_t i = 0; i < definition->n_conditions; i++)
                if (!definition->conditions[i].is_met)
                        return &definition->conditions[i];
        return NULL;
}
