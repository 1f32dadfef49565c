/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "account.h"
#include "discard.h"
#include "remove.h"

#define COMPONENTS "c"
#define LOCK_ATTEMPTS 20
#define LOCK_PAUSE_USEC 20000
#define LOCK "lock"

struct RuntimeDirectory {
        char *path;
        int fd, components_fd;
        bool is_fresh; /* there was no folder for components: who is killed leaves it */
        int lock_fd; /* the lock is held by this open file: it goes with the daemon, however that ends */
};

static bool is_name(const char *name)
{
        return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Makes NAME if it is missing; whoever made it, it has to be a directory of UID or ours. */
static int open_own(int parent_fd, const char *name, uid_t uid)
{
        autofd fd = -1;
        struct stat st;

        if (mkdirat(parent_fd, name, 0700) < 0 && errno != EEXIST)
                return -errno;
        fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (st.st_uid != uid && st.st_uid != account_uid())
                return -EPERM;
        return g_steal_fd(&fd);
}

/* Of root others must get through to the folder of their component; names in it cannot be listed. */
static int open_ours(int parent_fd, const char *name)
{
        autofd fd = open_own(parent_fd, name, account_uid());

        if (fd < 0)
                return fd;
        return fchmod(fd, account_uid() == 0 ? 0711 : 0700) < 0 ? -errno : g_steal_fd(&fd);
}

/* A daemon that was killed in the middle of a spawn leaves its lock with the child until that has executed its
 * program (process_host_new()): not another daemon, so it is worth a moment. Before there is a loop; the only wait of
 * the kind. */
static int lock(int directory_fd)
{
        autofd fd = openat(directory_fd, LOCK, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);

        if (fd < 0)
                return -errno;
        for (unsigned attempt = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; attempt++) {
                if (errno != EWOULDBLOCK)
                        return -errno;
                if (attempt == LOCK_ATTEMPTS)
                        return -EBUSY;
                g_usleep(LOCK_PAUSE_USEC);
        }
        return g_steal_fd(&fd);
}

static int make_parents(const char *path)
{
        g_autofree char *parent = g_path_get_dirname(path);

        return g_mkdir_with_parents(parent, 0755) < 0 ? -errno : 0;
}

int runtime_directory_new(const char *path, RuntimeDirectory **ret)
{
        g_autoptr(RuntimeDirectory) directory = g_new0(RuntimeDirectory, 1);
        int r;

        directory->path = g_canonicalize_filename(path, NULL);
        directory->fd = directory->components_fd = directory->lock_fd = -1;
        r = make_parents(directory->path);
        if (r < 0)
                return r;
        directory->fd = r = open_ours(AT_FDCWD, directory->path);
        if (r < 0)
                return r;
        directory->lock_fd = r = lock(directory->fd);
        if (r < 0)
                return r;
        (void) !remove_tree(directory->fd, "credentials", false); /* of a daemon that was killed */
        directory->is_fresh = mkdirat(directory->fd, COMPONENTS, 0700) == 0;
        directory->components_fd = r = open_ours(directory->fd, COMPONENTS);
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&directory);
        return 0;
}

/* The file of the lock stays: to remove it would let two daemons lock two files of one name. */
void runtime_directory_free(RuntimeDirectory *directory)
{
        if (!directory)
                return;

        close_descriptor(&directory->components_fd);
        if (directory->lock_fd >= 0)
                (void) unlinkat(directory->fd, COMPONENTS, AT_REMOVEDIR);
        close_descriptor(&directory->fd);
        close_descriptor(&directory->lock_fd);
        g_free(directory->path);
        g_free(directory);
}

bool runtime_directory_is_fresh(const RuntimeDirectory *directory)
{
        return directory->is_fresh;
}

int runtime_directory_lock(const RuntimeDirectory *directory)
{
        return directory->lock_fd;
}

const char *runtime_directory_path(const RuntimeDirectory *directory)
{
        return directory->path;
}

/* One that was there before is looked at: it may be the component's, or nobody's we trust. Whom its mode lets in is
 * the component's to say: a hook's start must not take back what its main process has just opened. */
static int make_anew(const RuntimeDirectory *directory, const char *name, uid_t uid, gid_t gid)
{
        autofd fd = open_own(directory->components_fd, name, uid);

        if (fd < 0)
                return fd;
        return (uid != account_uid() || gid != account_gid()) && fchown(fd, uid, gid) < 0 ? -errno : 0;
}

int runtime_directory_make(const RuntimeDirectory *directory, const char *name, uid_t uid, gid_t gid, char **ret)
{
        bool is_own = uid == account_uid() && gid == account_gid();
        int r = 0;

        if (!is_name(name))
                return -EINVAL;
        if (!is_own || mkdirat(directory->components_fd, name, 0700) < 0)
                r = make_anew(directory, name, uid, gid);
        if (r < 0)
                return r;

        *ret = g_build_filename(directory->path, COMPONENTS, name, NULL);
        return 0;
}

/* One that cannot be removed, as something is mounted there, keeps none of the others. */
static void remove_all(DIR *stream)
{
        for (struct dirent *entry; (entry = readdir(stream));)
                if (is_name(entry->d_name))
                        (void) !remove_tree(dirfd(stream), entry->d_name, false);
}

void runtime_directory_clear(const RuntimeDirectory *directory)
{
        DIR *stream;
        int fd;

        /* As a rule they have all been left. */
        if (unlinkat(directory->fd, COMPONENTS, AT_REMOVEDIR) == 0)
                return;
        fd = openat(directory->components_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        stream = fd < 0 ? NULL : fdopendir(fd);
        if (!stream) {
                close_descriptor(&fd);
                return;
        }
        remove_all(stream);
        (void) closedir(stream);
}

void runtime_directory_leave(const RuntimeDirectory *directory, Loop *loop, const char *name)
{
        if (is_name(name))
                discard_name(loop, directory->components_fd, name, AT_REMOVEDIR);
}

static int write_all(int fd, const char *text)
{
        size_t n = strlen(text);

        while (n > 0) {
                ssize_t written = write(fd, text, n);

                if (written < 0 && errno == EINTR)
                        continue;
                if (written < 0)
                        return -errno;
                text += written;
                n -= (size_t) written;
        }
        return 0;
}

int runtime_directory_write(const RuntimeDirectory *directory, const char *name, const char *text)
{
        g_autofree char *temporary = g_strdup_printf(".%s.new", name);
        autofd fd = -1;
        int r;

        if (!is_name(name))
                return -EINVAL;
        (void) unlinkat(directory->fd, temporary, 0);
        fd = openat(directory->fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        r = write_all(fd, text);
        if (r >= 0 && renameat(directory->fd, temporary, directory->fd, name) < 0)
                r = -errno;
        if (r < 0)
                (void) unlinkat(directory->fd, temporary, 0);
        return r;
}
