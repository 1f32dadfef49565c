/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remove.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A directory on the way down: its name in its parent, and which one that was: it may be moved while we are in it. */
typedef struct Step {
        char *name;
        dev_t device;
        ino_t inode;
} Step;

static void step_clear(gpointer data)
{
        g_free(((Step *) data)->name);
}

static int open_directory(int fd, const char *name)
{
        int child = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        return child < 0 ? -errno : child;
}

/* Removes the files in FD; 1 and the name when there is a directory to be emptied first. */
static int remove_files(int fd, bool directories_only, char **ret_name)
{
        int copy = open_directory(fd, "."), r = 0;
        DIR *stream = copy < 0 ? NULL : fdopendir(copy);

        if (!stream) {
                r = copy < 0 ? copy : -errno;
                close_descriptor(&copy);
                return r;
        }
        for (struct dirent *entry; r == 0 && (entry = readdir(stream));) {
                bool is_directory = entry->d_type == DT_DIR;

                if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                        continue;
                if (!is_directory) {
                        if (directories_only || unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
                                continue;
                        if (errno != EISDIR)
                                r = -errno;
                        is_directory = errno == EISDIR;
                }
                if (is_directory && unlinkat(fd, entry->d_name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
                        *ret_name = g_strdup(entry->d_name);
                        r = 1;
                }
        }
        (void) closedir(stream);
        return r;
}

static int step_down(GArray *steps, int *fd, char *name)
{
        Step step = { .name = name };
        int child = open_directory(*fd, name);
        struct stat here, there;

        if (child < 0) {
                g_free(name);
                return child;
        }
        if (fstat(*fd, &here) < 0 || fstat(child, &there) < 0 || here.st_dev != there.st_dev) {
                g_free(name);
                close_descriptor(&child);
                return -EXDEV;
        }
        step.device = here.st_dev;
        step.inode = here.st_ino;
        g_array_append_val(steps, step);
        close_descriptor(fd);
        *fd = child;
        return 0;
}

static int step_up(GArray *steps, int *fd)
{
        Step *step = &g_array_index(steps, Step, steps->len - 1);
        int parent = open_directory(*fd, ".."), r = 0;
        struct stat st;

        if (parent < 0)
                return parent;
        if (fstat(parent, &st) < 0 || st.st_dev != step->device || st.st_ino != step->inode)
                r = -EXDEV;
        else if (unlinkat(parent, step->name, AT_REMOVEDIR) < 0 && errno != ENOENT)
                r = -errno;
        close_descriptor(fd);
        *fd = parent;
        g_array_set_size(steps, steps->len - 1);
        return r;
}

int remove_tree(int directory_fd, const char *name, bool directories_only)
{
        g_autoptr(GArray) steps = NULL;
        autofd fd = -1;
        int r;

        if (unlinkat(directory_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
                return 0;
        if (errno == ENOTDIR && !directories_only)
                return unlinkat(directory_fd, name, 0) < 0 ? -errno : 0;

        fd = open_directory(directory_fd, name);
        if (fd < 0)
                return fd;
        steps = g_array_new(FALSE, FALSE, sizeof(Step));
        g_array_set_clear_func(steps, step_clear);
        for (;;) {
                char *child = NULL;

                r = remove_files(fd, directories_only, &child);
                if (r > 0)
                        r = step_down(steps, &fd, child);
                else if (r == 0 && steps->len > 0)
                        r = step_up(steps, &fd);
                else if (r == 0)
                        return unlinkat(directory_fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
                if (r < 0)
                        return r;
        }
}
