/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/resource.h>

#include "draft.h"
#include "schema_rows.h"

#define SELF(name_, kind_, field_, fallback_, doc_, ...)                                                               \
        ROW(name_, kind_, SELF, ComponentDraft, field_, fallback_, doc_, __VA_ARGS__)
#define PROCESS(name_, kind_, field_, fallback_, doc_, ...)                                                            \
        ROW(name_, kind_, PROCESS, ProcessDraft, field_, fallback_, doc_, MARK(ComponentDraft, marks.process),         \
            __VA_ARGS__)
#define LIFE(name_, kind_, field_, fallback_, doc_, ...)                                                               \
        ROW(name_, kind_, LIFE, LifeDraft, field_, fallback_, doc_, __VA_ARGS__)
#define ENDPOINT(name_, kind_, field_, doc_) ROW(name_, kind_, ENDPOINTS, EndpointDraft, field_, NULL, doc_)
#define HOOK(name_, hook_, doc_)                                                                                       \
        LIFE(name_, HOOK, hooks[hook_], NULL, doc_, MARK(ComponentDraft, marks.process))
#define RLIMIT(name_, resource_, doc_) PROCESS(name_, LIMIT, limits, NULL, doc_, .min = (resource_))
#define CONDITION(name_, doc_) SELF(name_, CONDITION, conditions, NULL, doc_)

#define USEC_PER_SEC INT64_C(1000000)
/* Long enough for anybody, and sums of 10 000 of them do not overflow. */
#define LONGEST (INT64_C(100) * 365 * 86400 * USEC_PER_SEC)

const SchemaKey schema_component_keys[] = {
        SELF("Description", TEXT, description, NULL, "One line for people."),
        SELF("Documentation", TEXT, documentation, NULL, "Where to read more: URLs, man: pages."),
        SELF("Labels", LABELS, labels, NULL, "Labels as key=value, for filters and displays."),
        SELF("Priority", INT, priority, "0",
             "Who goes first when start slots are scarce: the smaller. Never overrides a dependency.",
             RANGE(-1000000, 1000000)),

        SELF("Type", WORD, type, "simple",
             "When it is ready: simple = it was executed; notify = it sent READY=1; reeve = it answered its start "
             "hooks over its private connection; oneshot = it ended with status 0; "
             "external = its address answers and somebody else runs it.",
             WORDS_BELOW(component_type_names, TYPE_MODULE, 1U << TYPE_DBUS)),
        SELF("ExecStart", COMMAND, argv, NULL,
             "The program and its arguments; quotes and C escapes as in systemd, no shell. Templates such as ${value} "
             "are replaced.",
             MARK(ComponentDraft, marks.exec)),
        LATER("ExecWrapper", "A program that ExecStart= is run through."),
        PROCESS("Environment", ENVIRONMENT, environment, NULL,
                "Variables NAME=VALUE, laid over the module's. Templates are replaced."),
        PROCESS("EnvironmentFile", ENVIRONMENT_FILE, environment_files, NULL,
                "A file of NAME=VALUE lines, read with the configuration; they win over Environment=. No templates."),
        PROCESS("PassEnvironment", VARIABLES, pass_environment, NULL,
                "Names of the daemon's own variables to hand on, where set."),
        PROCESS("WorkingDirectory", PATH, spec.working_directory, NULL, "Where it runs; / where not given."),
        PROCESS("User", ACCOUNT, spec.user, NULL, "The user it runs as: a name or a number."),
        PROCESS("Group", ACCOUNT, spec.group, NULL, "The group it runs as; the user's own where not given."),
        PROCESS("UMask", OCTAL, spec.umask, "0022", "File mode creation mask, octal.", RANGE(0, 0777)),
        PROCESS("Nice", INT, spec.nice, "0", "CPU niceness.", RANGE(-20, 19)),
        PROCESS("OOMScoreAdjust", INT, spec.oom_score_adjust, "0",
                "How readily the kernel kills it when memory is out.", RANGE(-1000, 1000)),
        RLIMIT("LimitCPU", RLIMIT_CPU, "CPU time; SOFT or SOFT:HARD, here and below."),
        RLIMIT("LimitFSIZE", RLIMIT_FSIZE, "Size of files it writes."),
        RLIMIT("LimitDATA", RLIMIT_DATA, "Size of its data segment."),
        RLIMIT("LimitSTACK", RLIMIT_STACK, "Size of its stack."),
        RLIMIT("LimitCORE", RLIMIT_CORE, "Size of core files."),
        RLIMIT("LimitRSS", RLIMIT_RSS, "Resident memory; Linux ignores it."),
        RLIMIT("LimitNOFILE", RLIMIT_NOFILE, "Open descriptors."),
        RLIMIT("LimitAS", RLIMIT_AS, "Address space."),
        RLIMIT("LimitNPROC", RLIMIT_NPROC, "Processes of its user."),
        RLIMIT("LimitMEMLOCK", RLIMIT_MEMLOCK, "Locked memory."),
        RLIMIT("LimitLOCKS", RLIMIT_LOCKS, "File locks; Linux ignores it."),
        RLIMIT("LimitSIGPENDING", RLIMIT_SIGPENDING, "Queued signals."),
        RLIMIT("LimitMSGQUEUE", RLIMIT_MSGQUEUE, "Bytes in POSIX message queues."),
        RLIMIT("LimitNICE", RLIMIT_NICE, "Ceiling of niceness: +LEVEL or -LEVEL, or the raw number 0..40."),
        RLIMIT("LimitRTPRIO", RLIMIT_RTPRIO, "Ceiling of real-time priority."),
        RLIMIT("LimitRTTIME", RLIMIT_RTTIME,
               "CPU time under real-time scheduling without a blocking call; a bare number is µs."),
        PROCESS("MemoryMax", SIZE, spec.memory_max, "infinity", "Memory of all its processes (cgroup v2).",
                RANGE(1, INT64_MAX)),
        PROCESS("CPUWeight", COUNT, spec.cpu_weight, NULL, "Share of CPU against others (cgroup v2).", RANGE(1, 10000)),
        PROCESS("CPUQuota", QUOTA, spec.cpu_quota, "infinity", "CPU time it may use, 100% being one CPU (cgroup v2)."),
        PROCESS("TasksMax", COUNT_OR_INFINITY, spec.tasks_max, "infinity", "Processes and threads (cgroup v2).",
                RANGE(1, INT64_MAX)),
        PROCESS("NoNewPrivileges", BOOL, spec.no_new_privileges, "no", "No privileges through set-uid programs."),
        PROCESS("LoadCredential", CREDENTIAL, credentials, NULL,
                "A secret, handed over as the file $CREDENTIALS_DIRECTORY/ID: ID:PATH, or ID alone for a value."),
        PROCESS("StandardOutput", OUTPUT, spec.output, "auto",
                "Where output and errors go: auto (the journal where there is one, else the console), journal, "
                "console, null, file:PATH, "
                "append:PATH."),
        LATER("BusName", "The D-Bus name that Type=dbus waits for."),

        SELF("Scope", SCOPE, scope, "singleton",
             "How long an instance lives: singleton, request, transient, or a declared kind.",
             MARK(ComponentDraft, marks.scope)),
        SELF("Start", WORD, start, "eager",
             "eager = with the container; lazy = when something needs or resolves it, or connects to it.",
             WORDS(start_mode_names, 0), MARK(ComponentDraft, marks.start)),
        SELF("StartupErrorPolicy", WORD, policy, NULL,
             "When it does not become ready: strict = the start fails and is rolled back; warn = it goes on, degraded; "
             "ignore = it goes "
             "on. The module's where not given.",
             WORDS(startup_policy_names, 0), MARK(ComponentDraft, marks.policy)),
        LIFE("StartRetries", COUNT, spec.start_retries, "0",
             "Further attempts of the first start before the policy applies.", RANGE(0, 1000)),
        LIFE("TimeoutStartSec", DURATION, spec.timeout_start, "30s", "From spawn to ready.", RANGE(1, LONGEST)),
        LIFE("TimeoutStopSec", DURATION, spec.timeout_stop, "10s", "From KillSignal= to SIGKILL.", RANGE(0, LONGEST)),
        LIFE("KillSignal", SIGNAL, spec.kill_signal, "SIGTERM", "The signal that asks it to end."),
        HOOK("ExecPostConstruct", HOOK_POST_CONSTRUCT,
             "Commands, run when its process is there (Type=oneshot: has done its work), one after the other."),
        HOOK("ExecStartup", HOOK_STARTUP,
             "Run after those, when it is ready as its Type= says; with the last of them it is ready for others."),
        HOOK("ExecShutdown", HOOK_SHUTDOWN,
             "Run before it is stopped, if it was ready and its process is there. MAINPID is that process."),
        HOOK("ExecPreDestroy", HOOK_PRE_DESTROY,
             "Run last before KillSignal=, or after its process has ended, wherever ExecPostConstruct= is done."),
        LATER("ExecReload", "Run to have it read its configuration again."),
        LIFE("SuccessExitStatus", STATUSES, success_status, NULL, "Exit statuses that count as 0."),
        LATER("Significant", "Its end ends the container (AutoShutdown=)."),
        CONDITION("ConditionPathExists", "Skipped unless the path exists. A ! in front turns any condition round."),
        CONDITION("ConditionPathIsDirectory", "Skipped unless the path is a directory."),
        CONDITION("ConditionFileNotEmpty", "Skipped unless the file is there and not empty."),
        CONDITION("ConditionEnvironment", "Skipped unless the daemon has the variable NAME, or NAME=VALUE."),
        CONDITION("ConditionArchitecture", "Skipped on other machines: x86-64, arm64, … or native."),
        CONDITION("ConditionHost", "Skipped unless the host's name matches the pattern."),

        SELF("Provides", PROVIDES, wiring.provides, NULL,
             "Keys it provides besides its name: KEY or KEY:ROUTE; route * takes any."),
        SELF("Contributes", CONTRIBUTIONS, wiring.contributions, NULL,
             "Group keys that it is one of several providers of: KEY, or KEY rank=N; larger ranks go first, 0 is the "
             "default. Its Labels= are what a Target= chooses by."),
        SELF("Requires", REFS, wiring.refs[REF_REQUIRES], NULL,
             "Keys it cannot do without: KEY or KEY:ROUTE. It starts when they are ready."),
        SELF("Wants", REFS, wiring.refs[REF_WANTS], NULL,
             "Keys it uses where there are any. It starts when they are settled."),
        SELF("After", REFS, wiring.refs[REF_AFTER], NULL, "Order only: neither pulls the target in nor fails with it."),
        SELF("Resolves", REFS, wiring.refs[REF_RESOLVES], NULL,
             "Keys it looks up while it runs; starts nothing, may be part of a cycle."),
        LATER("Wraps", "The component it stands in front of."),
        LATER("Replace", "The component an overlay puts it in place of."),
        LATER("Parameters", "Parameters its instances take."),
        ENDPOINT("Listen", LISTEN, listen,
                 "Endpoints that the daemon binds and hands over (LISTEN_FDS): NAME=tcp:ADDRESS:PORT, port 0 for any "
                 "that is free; NAME=unix:/PATH, or NAME=unix: for one in REEVE_RUNTIME_DIR."),
        ENDPOINT("AllocatePort", PORTS, ports,
                 "Endpoints on a free port of 127.0.0.1, for a program that binds it itself: ${self.NAME.port}."),
        ENDPOINT("Publish", PUBLISH, publish, "Further endpoints, as texts: NAME=VALUE. Templates are replaced."),

        SELF("ReadyProbe", PROBE, probe, NULL,
             "For Type=external: unix:PATH or tcp:ADDRESS:PORT that answers when it is ready.",
             MARK(ComponentDraft, marks.probe)),
        LATER("LivenessProbe", "Asked again and again while it runs."),
        LIFE("ProbeIntervalSec", DURATION, spec.probe_interval, "10s", "Between two probes.", RANGE(1000, LONGEST)),
        LIFE("ProbeTimeoutSec", DURATION, spec.probe_timeout, "5s", "How long one probe may take.",
             RANGE(1000, LONGEST)),
        LATER("ProbeFailures", "Failed probes in a row that make it unhealthy."),
        LATER("OnUnhealthy", "restart or degrade."),
        LIFE("WatchdogSec", DURATION, spec.watchdog, "0",
             "The longest silence of a component that sends WATCHDOG=1; after it, SIGABRT and Restart=. 0: any.",
             RANGE(0, LONGEST), MARK(ComponentDraft, marks.watchdog)),

        LIFE("Restart", WORD, spec.restart, "never",
             "never, on-failure (signal, timeout, status other than 0), or always.", WORDS(restart_mode_names, 0)),
        LIFE("RestartSec", DURATION, spec.restart_delay, "100ms",
             "Before the first restart; doubles with each one that follows.", RANGE(0, LONGEST)),
        LIFE("RestartMaxDelaySec", DURATION, spec.restart_max_delay, "30s", "What the doubling stops at.",
             RANGE(0, LONGEST)),
        LIFE("StartLimitBurst", COUNT, spec.start_limit_burst, "5",
             "Restarts allowed within StartLimitIntervalSec=; 0: none.", RANGE(0, 1000000)),
        LIFE("StartLimitIntervalSec", DURATION, spec.start_limit_interval, "60s",
             "The time that StartLimitBurst= counts in.", RANGE(1, LONGEST)),
        LIFE("OnGiveUp", WORD, spec.on_give_up, "degrade", "When no restart is left: degrade or shutdown.",
             WORDS(on_give_up_names, 1U << GIVE_UP_SHUTDOWN)),
        {0},
};
