/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "account.h"
#include "spawn_child.h"

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

/* Once: the daemon changes none later on. Those that glibc keeps to itself cannot be asked for, and count as changed. */
static uint64_t find_changed_signals(void)
{
        uint64_t changed = 0;

        for (int signal = 1; signal < _NSIG; signal++) {
                struct sigaction action;

                if (sigaction(signal, NULL, &action) < 0 || (action.sa_flags & SA_SIGINFO) || action.sa_handler != SIG_DFL)
                        changed |= UINT64_C(1) << (signal - 1);
        }
        return changed;
}

int spawn_context_init(SpawnContext *context)
{
        size_t page = (size_t) sysconf(_SC_PAGESIZE);
        char *memory;

        *context = (SpawnContext) { .null_fd = -1 };
        memory = mmap(NULL, SPAWN_STACK_SIZE + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (memory == MAP_FAILED)
                return -errno;
        context->stack = memory + page;
        if (mprotect(context->stack, SPAWN_STACK_SIZE, PROT_READ | PROT_WRITE) < 0)
                return -errno;

        context->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
        if (context->null_fd < 0)
                return -errno;
        context->oom_score_adjust = read_oom_score_adjust();
        context->nice = getpriority(PRIO_PROCESS, 0);
        context->changed_signals = find_changed_signals();
        spawn_context_raise_nofile(context);
        return 0;
}

void spawn_context_done(SpawnContext *context)
{
        size_t page = (size_t) sysconf(_SC_PAGESIZE);

        if (context->stack)
                (void) munmap((char *) context->stack - page, SPAWN_STACK_SIZE + page);
        context->stack = NULL;
        close_descriptor(&context->null_fd);
        if (context->is_nofile_raised)
                (void) setrlimit(RLIMIT_NOFILE, &context->original_nofile);
        context->is_nofile_raised = false;
}

static const char *const numbered[] = {SPAWN_LISTEN_PID, SPAWN_WATCHDOG_PID};

/* The text is copied, since the child writes its number there. */
static bool prepare_number(const char *entry, Child *child, GPtrArray *entries)
{
        for (size_t i = 0; i < G_N_ELEMENTS(numbered); i++) {
                char *copy;

                if (child->own_numbers[i] || strcmp(entry, numbered[i]) != 0)
                        continue;
                copy = g_strdup(entry);
                child->own_numbers[i] = strchr(copy, '=') + 1;
                g_ptr_array_add(entries, copy);
                return true;
        }
        return false;
}

/* A copy of the pointers with our own entry for the token. */
static void prepare_environment(const SpawnSpec *spec, const char *token, Child *child)
{
        GPtrArray *entries = g_ptr_array_new();

        for (const char *const *entry = spec->environment; entry && *entry; entry++) {
                if (g_str_has_prefix(*entry, TOKEN_NAME))
                        continue;
                if (!prepare_number(*entry, child, entries))
                        g_ptr_array_add(entries, (char *) *entry);
        }
        g_ptr_array_add(entries, g_strconcat(TOKEN_NAME, token, NULL));
        g_ptr_array_add(entries, NULL);
        child->environment = (char **) g_ptr_array_free(entries, FALSE);
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
        if (geteuid() != 0 && account.uid == geteuid() && account.gid == getegid())
                return 0;

        identity->is_changed = true;
        identity->uid = account.uid;
        identity->gid = account.gid;
        *ret_step = "group";
        return prepare_groups(&account, identity);
}

static void prepare_descriptors(const SpawnContext *context, const SpawnSpec *spec, Child *child)
{
        child->n_descriptors = N_STANDARD + (int) spec->n_descriptors;
        child->descriptors = g_new(int, (size_t) child->n_descriptors);
        child->descriptors[0] = context->null_fd;
        child->descriptors[1] = spec->output;
        child->descriptors[2] = spec->error;
        for (uint32_t i = 0; i < spec->n_descriptors; i++)
                child->descriptors[N_STANDARD + i] = spec->descriptors[i];
        for (int i = 0; i < child->n_descriptors; i++)
                if (child->descriptors[i] < 0)
                        child->descriptors[i] = context->null_fd;
}

static void child_done(Child *child)
{
        size_t n = child->environment ? g_strv_length(child->environment) : 0;

        if (n > 0)
                g_free(child->environment[n - 1]);
        for (size_t i = 0; i < G_N_ELEMENTS(numbered); i++)
                if (child->own_numbers[i])
                        g_free(child->own_numbers[i] - (strchr(numbered[i], '=') + 1 - numbered[i]));
        g_free(child->environment);
        g_strfreev(child->paths);
        g_free(child->descriptors);
        g_free(child->identity.groups);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Child, child_done)

/* CLONE_VFORK: we go on when the child has executed or exited, and what it wrote into CHILD is there to be read. With
 * all signals blocked no handler runs in the child on our memory. */
static int child_clone(Child *child, SpawnResult *ret)
{
        char *stack_end = (char *) child->context->stack + SPAWN_STACK_SIZE;
        sigset_t all, saved;
        int pidfd = -1, pid, error;

        (void) sigfillset(&all);
        (void) sigprocmask(SIG_SETMASK, &all, &saved);
        pid = clone(child_main, stack_end, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, child, &pidfd);
        error = errno;
        (void) sigprocmask(SIG_SETMASK, &saved, NULL);
        if (pid < 0)
                return -error;

        *ret = (SpawnResult) { .pid = pid, .pidfd = pidfd };
        return 0;
}

static void reap(const SpawnResult *result)
{
        siginfo_t info;

        while (waitid(P_PID, (id_t) result->pid, &info, WEXITED) < 0 && errno == EINTR)
                continue;
        (void) close(result->pidfd);
}

int spawn_child(const SpawnContext *context, const SpawnSpec *spec, int procs_fd, const char *token,
                SpawnResult *ret, SpawnError *ret_error)
{
        g_auto(Child) child = { .context = context, .spec = spec, .procs_fd = procs_fd };
        SpawnResult result;
        int r;

        r = prepare_identity(spec, &child.identity, &child.step);
        if (r < 0) {
                *ret_error = (SpawnError) { .error = -r, .step = child.step };
                return r;
        }
        prepare_environment(spec, token, &child);
        child.paths = prepare_paths(spec);
        prepare_descriptors(context, spec, &child);

        child.step = "clone";
        r = child_clone(&child, &result);
        if (r < 0) {
                *ret_error = (SpawnError) { .error = -r, .step = "clone" };
                return r;
        }
        if (child.error != 0) {
                reap(&result);
                *ret_error = (SpawnError) { .error = child.error, .step = child.step };
                return -child.error;
        }

        *ret = result;
        return 0;
}
