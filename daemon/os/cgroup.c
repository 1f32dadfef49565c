/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "cgroup_find.h"
#include "cgroup_tree.h"
#include "remove.h"

#define CPU_PERIOD_USEC 100000
#define POLL_USEC (50 * 1000)
/* Some eight thousand members; more than that are asked by nobody, and killed in the end. */
#define MEMBERS_BYTES (64 * 1024)

struct Cgroup {
        CgroupTree *tree; /* borrowed */
        Cgroup *parent;   /* while there is this one in it; or NULL */
        unsigned n_below; /* leaves in this one that are to have members, or had; freeing waits for them */
        bool is_freed;
        char *name;       /* of the directory: the component's, and a suffix that no file of the kernel has */
        int watch;        /* -1: nobody waits */
        bool is_removed;
        bool kills;       /* while somebody waits for it to become empty */
        Timer *poll;      /* where the user's inotify watches are used up, or the kill has failed */
        CgroupEmptyHandler handler;
        void *userdata;
};

bool cgroup_limits_is_set(const CgroupLimits *limits)
{
        return limits->memory_max != UINT64_MAX || limits->tasks_max != UINT64_MAX ||
               limits->cpu_quota != UINT64_MAX || limits->cpu_weight != 0;
}

static int cgroup_write(Cgroup *cgroup, const char *file, const char *text)
{
        g_autofree char *path = g_strdup_printf("%s/%s", cgroup->name, file);

        return cgroup_tree_write(cgroup->tree, path, text);
}

static int cgroup_write_number(Cgroup *cgroup, const char *file, uint64_t number)
{
        char text[24];

        (void) snprintf(text, sizeof(text), "%" PRIu64, number);
        return cgroup_write(cgroup, file, text);
}

static int cgroup_set_limits(Cgroup *cgroup, const CgroupLimits *limits)
{
        char quota[48];
        int r = 0;

        if (limits->memory_max != UINT64_MAX)
                r = cgroup_write_number(cgroup, "memory.max", limits->memory_max);
        if (r >= 0 && limits->tasks_max != UINT64_MAX)
                r = cgroup_write_number(cgroup, "pids.max", limits->tasks_max);
        if (r >= 0 && limits->cpu_weight != 0)
                r = cgroup_write_number(cgroup, "cpu.weight", limits->cpu_weight);
        if (r >= 0 && limits->cpu_quota != UINT64_MAX) {
                (void) snprintf(quota, sizeof(quota), "%" PRIu64 " %d", limits->cpu_quota, CPU_PERIOD_USEC);
                r = cgroup_write(cgroup, "cpu.max", quota);
        }
        return r == -ENOENT ? -EOPNOTSUPP : r;
}

static int cgroup_make(Cgroup *cgroup)
{
        int r;

        if (mkdirat(cgroup->tree->fd, cgroup->name, 0755) == 0)
                return 0;
        if (errno != EEXIST)
                return -errno;
        r = cgroup_tree_clear(cgroup->tree, cgroup->name);
        if (r < 0)
                return r;
        return mkdirat(cgroup->tree->fd, cgroup->name, 0755) < 0 ? -errno : 0;
}

/* Takes NAME, a path below our folder. */
static int cgroup_new_at(CgroupTree *tree, char *name, const CgroupLimits *limits, Cgroup **ret)
{
        g_autoptr(Cgroup) cgroup = g_new0(Cgroup, 1);
        int r;

        cgroup->tree = tree;
        cgroup->watch = -1;
        cgroup->is_removed = true;
        cgroup->name = name;
        r = cgroup_make(cgroup);
        if (r < 0)
                return r;
        cgroup->is_removed = false;
        r = limits ? cgroup_set_limits(cgroup, limits) : 0;
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&cgroup);
        return 0;
}

int cgroup_new(CgroupTree *tree, const char *name, const CgroupLimits *limits, Cgroup **ret)
{
        if (!*name || strchr(name, '/'))
                return -EINVAL;
        return cgroup_new_at(tree, g_strconcat(name, CGROUP_LEAF_SUFFIX, NULL), limits, ret);
}

int cgroup_new_below(Cgroup *parent, const char *name, Cgroup **ret)
{
        int r = cgroup_new_at(parent->tree, g_strconcat(parent->name, "/", name, CGROUP_LEAF_SUFFIX, NULL), NULL, ret);

        if (r < 0)
                return r;
        (*ret)->parent = parent;
        parent->n_below++;
        return 0;
}

static void on_poll(Timer *timer, void *userdata);

/* Who waits for the parent to become empty is told from the loop, and not from in here. */
static void cgroup_leave_parent(Cgroup *cgroup)
{
        Cgroup *parent = g_steal_pointer(&cgroup->parent);

        if (!parent || --parent->n_below > 0)
                return;
        if (parent->is_freed)
                cgroup_free(parent);
        else if (parent->handler && !parent->poll)
                (void) !timer_new(parent->tree->loop, 0, on_poll, parent, &parent->poll);
}

static void cgroup_unwatch(Cgroup *cgroup)
{
        if (cgroup->watch >= 0) {
                (void) g_hash_table_remove(cgroup->tree->watches, GINT_TO_POINTER(cgroup->watch));
                (void) inotify_rm_watch(cgroup->tree->inotify_fd, cgroup->watch);
        }
        cgroup->watch = -1;
        g_clear_pointer(&cgroup->poll, timer_free);
}

void cgroup_free(Cgroup *cgroup)
{
        if (!cgroup)
                return;

        cgroup_unwatch(cgroup);
        cgroup->handler = NULL;
        cgroup->is_freed = true;
        if (cgroup->n_below > 0)
                return;
        (void) !cgroup_remove(cgroup);
        cgroup_leave_parent(cgroup);
        g_free(cgroup->name);
        g_free(cgroup);
}

char *cgroup_procs(const Cgroup *cgroup)
{
        return g_strconcat(cgroup->name, "/cgroup.procs", NULL);
}

int cgroup_remove(Cgroup *cgroup)
{
        int r = 0;

        if (cgroup->n_below > 0)
                return -EBUSY;
        if (!cgroup->is_removed && unlinkat(cgroup->tree->fd, cgroup->name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
                if (cgroup_tree_is_populated(cgroup->tree, cgroup->name))
                        return -EBUSY;
                r = remove_tree(cgroup->tree->fd, cgroup->name, true);
        }
        cgroup->is_removed = r >= 0;
        if (cgroup->is_removed)
                cgroup_leave_parent(cgroup);
        return r;
}

int cgroup_kill(Cgroup *cgroup)
{
        return cgroup->is_removed ? 0 : cgroup_tree_kill(cgroup->tree, cgroup->name);
}

/* A number from cgroup.procs is turned into a pidfd, and judged again, before it is signalled (P8). */
static void cgroup_signal_member(const Cgroup *cgroup, pid_t pid, int signal)
{
        autofd fd = (int) syscall(SYS_pidfd_open, pid, 0);

        if (fd < 0 || !cgroup_has_member(cgroup, pid))
                return;
        (void) syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
        (void) syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0);
}

void cgroup_signal(const Cgroup *cgroup, int signal, pid_t except)
{
        g_autofree char *file = g_strconcat(cgroup->name, "/cgroup.procs", NULL), *text = g_malloc(MEMBERS_BYTES);

        if (cgroup->is_removed || cgroup_tree_read(cgroup->tree, file, text, MEMBERS_BYTES) < 0)
                return;
        for (char *p = text, *end; *p; p = end + 1) {
                long pid = strtol(p, &end, 10);

                if (end == p || *end != '\n')
                        return;
                if (pid != except)
                        cgroup_signal_member(cgroup, (pid_t) pid, signal);
        }
}

/* In the leaf or in one below it. */
bool cgroup_has_member(const Cgroup *cgroup, pid_t pid)
{
        char file[40], text[8192];
        g_autofree char *path = NULL, *own = g_strdup_printf("%s/%s", cgroup->tree->path, cgroup->name);
        const char *canonical = g_str_has_prefix(own, "//") ? own + 1 : own;
        size_t n = strlen(canonical);
        int fd;
        ssize_t n_text;

        (void) snprintf(file, sizeof(file), "/proc/%d/cgroup", (int) pid);
        fd = spare_fds_open(&cgroup->tree->reserve, AT_FDCWD, file, O_RDONLY);
        if (fd < 0)
                return false;
        n_text = read(fd, text, sizeof(text) - 1);
        spare_fds_close(&cgroup->tree->reserve, fd);
        if (n_text <= 0)
                return false;
        text[n_text] = '\0';
        path = cgroup_parse_path(text);
        return path && strncmp(path, canonical, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

bool cgroup_is_empty(const Cgroup *cgroup)
{
        return cgroup->is_removed || (cgroup->n_below == 0 && !cgroup_tree_is_populated(cgroup->tree, cgroup->name));
}

static void cgroup_tell_empty(Cgroup *cgroup)
{
        CgroupEmptyHandler handler = cgroup->handler;

        cgroup_unwatch(cgroup);
        cgroup->handler = NULL;
        if (handler)
                handler(cgroup, cgroup->userdata);
}

void cgroup_on_event(Cgroup *cgroup)
{
        if (cgroup_is_empty(cgroup))
                cgroup_tell_empty(cgroup);
}

static void on_poll(Timer *timer, void *userdata)
{
        Cgroup *cgroup = userdata;

        if (cgroup_is_empty(cgroup)) {
                cgroup_tell_empty(cgroup);
                return;
        }
        if (cgroup->kills)
                (void) cgroup_kill(cgroup);
        (void) timer_set(timer, clock_monotonic() + POLL_USEC);
}

static int cgroup_watch(Cgroup *cgroup)
{
        g_autofree char *file = g_strdup_printf("%s/%s/cgroup.events", cgroup->tree->directory, cgroup->name);

        cgroup->watch = inotify_add_watch(cgroup->tree->inotify_fd, file, IN_MODIFY);
        if (cgroup->watch < 0)
                return -errno;
        g_hash_table_insert(cgroup->tree->watches, GINT_TO_POINTER(cgroup->watch), cgroup);
        return 0;
}

int cgroup_await_empty(Cgroup *cgroup, bool and_kill, CgroupEmptyHandler handler, void *userdata)
{
        int r;

        cgroup_unwatch(cgroup);
        cgroup->kills = and_kill;
        cgroup->handler = handler;
        cgroup->userdata = userdata;

        r = cgroup->is_removed ? 0 : cgroup_watch(cgroup);
        if (r >= 0 && !cgroup_is_empty(cgroup) && (!and_kill || cgroup_kill(cgroup) >= 0))
                return 0;
        return timer_new(cgroup->tree->loop, 0, on_poll, cgroup, &cgroup->poll);
}
