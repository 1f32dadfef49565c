/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "account.h"

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define TOKEN_NAME "INVOCATION_ID="
#define N_STANDARD 3
#define GROUPS_MAX 65536

static int read_oom_score_adjust(void)
{
        autofd fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
        char text[16] = { 0 };

        if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
                return 0;
        return (int) strtol(text, NULL, 10);
}

static void spawn_context_raise_nofile(SpawnContext *context)
{
        struct rlimit raised;

        if (getrlimit(RLIMIT_NOFILE, &context->original_nofile) < 0)
                return;
        raised = context->original_nofile;
        raised.rlim_cur = raised.rlim_max;
        if (raised.rlim_cur != context->original_nofile.rlim_cur)
                context->is_nofile_raised = setrlimit(RLIMIT_NOFILE, &raised) == 0;
}

/* Once: the daemon changes none later on. Asked of the kernel, since glibc does not tell of those it keeps to itself;
 * what it does to them with the first thread makes no difference to a child, which nobody sends them to. */
static uint64_t find_changed_signals(void)
{
        uint64_t changed = 0;

        for (int signal = 1; signal < _NSIG; signal++) {
                KernelAction action = { 0 };

                if (syscall(SYS_rt_sigaction, signal, NULL, &action, (size_t) _NSIG / 8) < 0 || action.handler)
                        changed |= UINT64_C(1) << (signal - 1);
        }
        return changed;
}

int spawn_context_init(SpawnContext *context)
{
        *context = (SpawnContext) {
                .oom_score_adjust = read_oom_score_adjust(),
                .nice = getpriority(PRIO_PROCESS, 0),
                .changed_signals = find_changed_signals(),
        };
        spawn_context_raise_nofile(context);
        return 0;
}

void spawn_context_done(SpawnContext *context)
{
        if (context->is_nofile_raised)
                (void) setrlimit(RLIMIT_NOFILE, &context->original_nofile);
        context->is_nofile_raised = false;
}

static const char *const numbered[] = { SPAWN_LISTEN_PID, SPAWN_WATCHDOG_PID };

/* LIST but for entries that begin with EXCEPT, and then MORE: all in one block, which the pointers are part of. */
static char **copy_strings(const char *const *list, const char *except, const char *more)
{
        size_t n = 0, n_bytes = more ? strlen(more) + 1 : 0;
        char **copy, **at, *text;

        for (const char *const *entry = list; entry && *entry; entry++, n++)
                n_bytes += strlen(*entry) + 1;
        copy = at = g_malloc((n + 2) * sizeof(char *) + n_bytes);
        text = (char *) (copy + n + 2);
        for (const char *const *entry = list; entry && *entry; entry++)
                if (!except || !g_str_has_prefix(*entry, except)) {
                        *at++ = text;
                        text = g_stpcpy(text, *entry) + 1;
                }
        if (more) {
                *at++ = text;
                (void) g_stpcpy(text, more);
        }
        *at = NULL;
        return copy;
}

/* The child writes its number where it is asked for. */
static void prepare_environment(const SpawnSpec *spec, const char *token, Child *child)
{
        g_autofree char *entry = g_strconcat(TOKEN_NAME, token, NULL);

        child->environment = copy_strings(spec->environment, TOKEN_NAME, entry);
        for (char **at = child->environment; *at; at++)
                for (size_t i = 0; i < G_N_ELEMENTS(numbered); i++)
                        if (!child->own_numbers[i] && strcmp(*at, numbered[i]) == 0)
                                child->own_numbers[i] = strchr(*at, '=') + 1;
}

static const char *environment_find_path(const SpawnSpec *spec)
{
        for (const char *const *entry = spec->environment; entry && *entry; entry++)
                if (g_str_has_prefix(*entry, "PATH="))
                        return *entry + strlen("PATH=");
        return DEFAULT_PATH;
}

/* Relative directories of the PATH are passed over: what they mean depends on where one stands. */
static char **prepare_paths(const SpawnSpec *spec)
{
        const char *file = spec->argv[0];
        g_auto(GStrv) directories = NULL;
        GPtrArray *paths = g_ptr_array_new();

        if (strchr(file, '/') || !*file)
                g_ptr_array_add(paths, g_strdup(file));
        else {
                directories = g_strsplit(environment_find_path(spec), ":", -1);
                for (char **directory = directories; *directory; directory++)
                        if (**directory == '/')
                                g_ptr_array_add(paths, g_strconcat(*directory, "/", file, NULL));
        }
        g_ptr_array_add(paths, NULL);
        return (char **) g_ptr_array_free(paths, FALSE);
}

static int prepare_groups(const Account *account, ChildIdentity *identity)
{
        identity->n_groups = account->name ? 32 : 1;
        identity->groups = g_new0(gid_t, (size_t) identity->n_groups);
        if (!account->name) {
                identity->groups[0] = account->gid;
                return 0;
        }
        while (getgrouplist(account->name, account->gid, identity->groups, &identity->n_groups) < 0) {
                if (identity->n_groups > GROUPS_MAX)
                        return -E2BIG;
                identity->groups = g_renew(gid_t, identity->groups, (size_t) identity->n_groups);
        }
        return 0;
}

/* The daemon's own user and group need no change, and without privileges none is possible. */
static int prepare_identity(const SpawnSpec *spec, ChildIdentity *identity, const char **ret_step)
{
        g_auto(Account) account = { 0 };
        int r;

        if (!spec->user && !spec->group)
                return 0;
        r = account_find(spec->user, spec->group, &account);
        if (r < 0) {
                *ret_step = spec->group && account_find(NULL, spec->group, &account) < 0 ? "group" : "user";
                return r;
        }
        if (account_uid() != 0 && account.uid == account_uid() && account.gid == account_gid())
                return 0;

        identity->is_changed = true;
        identity->uid = account.uid;
        identity->gid = account.gid;
        *ret_step = "group";
        return prepare_groups(&account, identity);
}

/* What is passed comes in the order of PASSED; the child's entries say which of those it is until then. */
static void prepare_descriptors(const SpawnSpec *spec, Spawn *spawn)
{
        int n = N_STANDARD + (int) spec->n_descriptors, *to = g_new(int, (size_t) n);

        spawn->passed = g_new(int, (size_t) n);
        for (int i = 0; i < n; i++) {
                int fd = i == 0 ? -1 : i == 1 ? spec->output : i == 2 ? spec->error : spec->descriptors[i - N_STANDARD];

                to[i] = -1;
                if (i == 2 && fd == spec->output)
                        to[i] = to[1];
                else if (fd >= 0) {
                        to[i] = spawn->n_passed;
                        spawn->passed[spawn->n_passed++] = fd;
                }
        }
        spawn->child.descriptors = to;
        spawn->child.n_descriptors = n;
}

int spawn_new(const SpawnContext *context, const SpawnSpec *spec, const char *procs, const char *token, Spawn **ret,
              SpawnError *ret_error)
{
        g_autoptr(Spawn) spawn = g_new0(Spawn, 1);
        Child *child = &spawn->child;
        int r;

        child->context = context;
        child->spec = (SpawnSpec) {
                .argv = (const char *const *) copy_strings(spec->argv, NULL, NULL),
                .working_directory = g_strdup(spec->working_directory),
                .limits = g_memdup2(spec->limits, spec->n_limits * sizeof(ProcessLimit)),
                .n_limits = spec->n_limits,
                .umask = spec->umask,
                .nice = spec->nice,
                .oom_score_adjust = spec->oom_score_adjust,
                .no_new_privileges = spec->no_new_privileges,
        };
        child->procs = g_strdup(procs);
        child->paths = prepare_paths(spec);
        prepare_environment(spec, token, child);
        prepare_descriptors(spec, spawn);
        r = prepare_identity(spec, &child->identity, &child->step);
        if (r < 0) {
                *ret_error = (SpawnError) { .error = -r, .step = child->step };
                return r;
        }
        *ret = g_steal_pointer(&spawn);
        return 0;
}

void spawn_free(Spawn *spawn)
{
        Child *child;

        if (!spawn)
                return;
        child = &spawn->child;
        g_free((gpointer) child->spec.argv);
        g_free((gpointer) child->spec.working_directory);
        g_free((gpointer) child->spec.limits);
        g_free(child->procs);
        g_free(child->environment);
        g_strfreev(child->paths);
        g_free(child->descriptors);
        g_free(child->identity.groups);
        g_free(spawn->passed);
        g_free(spawn);
}

static void reap(pid_t pid)
{
        siginfo_t info;

        while (waitid(P_PID, (id_t) pid, &info, WEXITED) < 0 && errno == EINTR)
                continue;
}

/* A sanitizer that takes clone(2) for a fork would begin anew in the child, on our memory; this it leaves alone. */
#ifdef __SANITIZE_THREAD__
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

/* CLONE_VFORK: we go on when the child has executed or exited, and what it wrote into CHILD is there to be read. */
void spawn_run(Spawn *spawn, const ChildGround *ground)
{
        Child *child = &spawn->child;
        pid_t pid;

        child->ground = ground;
        child->step = "clone";
        for (int i = 0; i < child->n_descriptors; i++)
                if (child->descriptors[i] >= 0)
                        child->descriptors[i] = spawn->passed[child->descriptors[i]];
        pid = clone(child_main, ground->stack_end, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
        if (pid < 0)
                child->error = errno;
        else if (child->error != 0)
                reap(pid);
        else
                spawn->pid = pid;
        if (child->error != 0)
                spawn->error = (SpawnError) { .error = child->error, .step = child->step };
}
