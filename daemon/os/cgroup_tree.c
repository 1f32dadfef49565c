/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "cgroup_find.h"
#include "remove.h"

#define FOLDER_PREFIX "reeve-"
#define FOLDER_ATTEMPTS 10
#define SUPERVISOR "supervisor"

static const char *const controllers[] = { "cpu", "memory", "pids" };

/* Delegation is written on the directory by whoever delegated. Without that mark it is ours only when we are alone in
 * it and were put there: by a service manager, or as the first process of a container. */
static bool is_delegated(const char *directory, CgroupTree *own)
{
        char mark[8] = { 0 }, members[64], alone[32];

        if (getxattr(directory, "user.delegate", mark, sizeof(mark) - 1) > 0 && mark[0] == '1')
                return true;
        if (getxattr(directory, "trusted.delegate", mark, sizeof(mark) - 1) > 0 && mark[0] == '1')
                return true;
        if (getpid() != 1 && !(getenv("INVOCATION_ID") && getenv("NOTIFY_SOCKET")))
                return false;
        (void) snprintf(alone, sizeof(alone), "%d\n", (int) getpid());
        return cgroup_tree_read(own, "cgroup.procs", members, sizeof(members)) == 0 && strcmp(members, alone) == 0;
}

static int tree_open(CgroupTree *tree, const char *directory)
{
        close_descriptor(&tree->fd);
        tree->fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return tree->fd < 0 ? -errno : 0;
}

/* In the folder of a living daemon the lock is taken. One that is not taken is left over, and so is all that runs in it
 * (P10). */
static void tree_clear_folder(CgroupTree *tree, const char *name)
{
        autofd fd = openat(tree->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
                (void) !cgroup_tree_clear(tree, name);
}

/* One of ours, by its form: a folder that somebody else named reeve-something is not. */
static bool is_folder(const char *name)
{
        const char *number = name + strlen(FOLDER_PREFIX);

        return g_str_has_prefix(name, FOLDER_PREFIX) && *number && number[strspn(number, "0123456789")] == '\0';
}

static void tree_clear_left_over(CgroupTree *tree)
{
        int copy = openat(tree->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *stream = copy < 0 ? NULL : fdopendir(copy);

        if (!stream) {
                close_descriptor(&copy);
                return;
        }
        for (struct dirent *entry; (entry = readdir(stream));) {
                if (entry->d_type != DT_DIR)
                        continue;
                if (is_folder(entry->d_name))
                        tree_clear_folder(tree, entry->d_name);
                else if (tree->is_delegated && g_str_has_suffix(entry->d_name, CGROUP_LEAF_SUFFIX))
                        (void) !cgroup_tree_clear(tree, entry->d_name);
        }
        (void) closedir(stream);
}

/* From our own cgroup to the leaf `supervisor`: controllers can be enabled only where there are no processes. */
static int tree_enter_delegated(CgroupTree *tree)
{
        if (mkdirat(tree->fd, SUPERVISOR, 0755) < 0 && errno != EEXIST)
                return -EOPNOTSUPP;
        return cgroup_tree_write(tree, SUPERVISOR "/cgroup.procs", "0") < 0 ? -EOPNOTSUPP : 0;
}

/* Another daemon that starts at this moment may take the new folder for one that was left over, and remove it before it
 * is locked: then it is made again. Where the lock is taken, somebody with our number in another namespace of processes
 * may live, so it is not waited for. */
static int tree_make_folder(CgroupTree *tree, char **ret_name)
{
        for (int attempt = 0; attempt < FOLDER_ATTEMPTS; attempt++) {
                unsigned number = attempt == 0 ? (unsigned) getpid() : g_random_int();
                g_autofree char *name = g_strdup_printf(FOLDER_PREFIX "%u", number);
                autofd fd = -1;

                if (mkdirat(tree->fd, name, 0755) < 0 && errno != EEXIST)
                        return -EOPNOTSUPP;
                fd = openat(tree->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || faccessat(tree->fd, name, F_OK, 0) < 0)
                        continue;
                close_descriptor(&tree->fd);
                tree->fd = g_steal_fd(&fd);
                *ret_name = g_steal_pointer(&name);
                return 0;
        }
        return -EOPNOTSUPP;
}

/* Moving a process down asks for the right to write to the common parent as well. */
static int tree_enter_folder(CgroupTree *tree)
{
        g_autofree char *name = NULL, *directory = NULL, *path = NULL;

        if (faccessat(tree->fd, "cgroup.procs", W_OK, AT_EACCESS) < 0)
                return -EOPNOTSUPP;
        if (tree_make_folder(tree, &name) < 0)
                return -EOPNOTSUPP;
        directory = g_build_filename(tree->directory, name, NULL);
        path = g_build_filename(tree->path, name, NULL);
        g_free(tree->directory);
        g_free(tree->path);
        tree->directory = g_steal_pointer(&directory);
        tree->path = g_steal_pointer(&path);
        return 0;
}

/* One by one: what is not there is missed only by a component that asks for its limits. */
static void tree_enable_controllers(CgroupTree *tree)
{
        for (size_t i = 0; i < G_N_ELEMENTS(controllers); i++) {
                char text[16];

                (void) snprintf(text, sizeof(text), "+%s", controllers[i]);
                (void) !cgroup_tree_write(tree, "cgroup.subtree_control", text);
        }
}

static int on_inotify(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        CgroupTree *tree = userdata;
        char buffer[4096] __attribute__((aligned(8)));
        ssize_t n = read(fd, buffer, sizeof(buffer));

        for (ssize_t at = 0; at < n;) {
                const struct inotify_event *event = (const struct inotify_event *) (const void *) (buffer + at);
                Cgroup *cgroup = g_hash_table_lookup(tree->watches, GINT_TO_POINTER(event->wd));

                if (cgroup)
                        cgroup_on_event(cgroup);
                at += (ssize_t) (sizeof(*event) + event->len);
        }
        return 0;
}

static int tree_watch(CgroupTree *tree)
{
        int r;

        tree->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (tree->inotify_fd < 0)
                return -errno;
        r = sd_event_add_io(loop_event(tree->loop), &tree->source, tree->inotify_fd, EPOLLIN, on_inotify, tree);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(tree->source, LOOP_PRIORITY_EXIT + 1);
        return r < 0 ? r : 0;
}

int cgroup_tree_new(Loop *loop, CgroupTree **ret)
{
        g_autoptr(CgroupTree) tree = g_new0(CgroupTree, 1);
        int r;

        tree->loop = loop;
        tree->fd = tree->inotify_fd = -1;
        tree->watches = g_hash_table_new(NULL, NULL);
        spare_fds_init(&tree->reserve);

        r = cgroup_find_own(&tree->path, &tree->directory);
        if (r < 0)
                return r;
        if (tree_open(tree, tree->directory) < 0 || faccessat(tree->fd, ".", W_OK, AT_EACCESS) < 0)
                return -EOPNOTSUPP;

        tree->is_delegated = is_delegated(tree->directory, tree);
        tree_clear_left_over(tree);
        r = tree->is_delegated ? tree_enter_delegated(tree) : tree_enter_folder(tree);
        if (r < 0)
                return r;
        if (tree->is_delegated)
                (void) flock(tree->fd, LOCK_EX | LOCK_NB);
        tree_enable_controllers(tree);
        r = tree_watch(tree);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&tree);
        return 0;
}

int cgroup_tree_fd(const CgroupTree *tree)
{
        return tree->fd;
}

/* In a delegated cgroup the daemon itself still sits in `supervisor`; that goes with the unit. */
void cgroup_tree_free(CgroupTree *tree)
{
        if (!tree)
                return;

        if (tree->fd >= 0 && !tree->is_delegated && tree->inotify_fd >= 0)
                (void) rmdir(tree->directory);
        sd_event_source_disable_unref(tree->source);
        close_descriptor(&tree->inotify_fd);
        close_descriptor(&tree->fd);
        spare_fds_done(&tree->reserve);
        g_clear_pointer(&tree->watches, g_hash_table_unref);
        g_free(tree->directory);
        g_free(tree->path);
        g_free(tree);
}
