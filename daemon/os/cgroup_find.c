/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cgroup_find.h"

#include <stdbool.h>
#include <string.h>

#define DELETED " (deleted)"

char *cgroup_parse_path(const char *text)
{
        while (*text) {
                size_t n = strcspn(text, "\n");

                if (n > 3 && strncmp(text, "0::/", 4) == 0) {
                        g_autofree char *path = g_strndup(text + 3, n - 3);

                        return g_str_has_suffix(path, DELETED) ? NULL : g_steal_pointer(&path);
                }
                text += n + (text[n] == '\n');
        }
        return NULL;
}

/* mountinfo writes blank, tab, newline and backslash as \ooo. */
static char *unescape_octal(const char *text)
{
        GString *out = g_string_new(NULL);

        for (const char *p = text; *p; p++) {
                if (p[0] == '\\' && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' && p[3] >= '0' &&
                    p[3] <= '7') {
                        g_string_append_c(out, (char) ((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')));
                        p += 3;
                } else
                        g_string_append_c(out, *p);
        }
        return g_string_free(out, FALSE);
}

/* What is left of PATH below ROOT, beginning with '/' or empty; NULL: it is not below. */
static const char *path_below(const char *path, const char *root)
{
        size_t n = strlen(root);

        if (strcmp(root, "/") == 0)
                return strcmp(path, "/") == 0 ? "" : path;
        if (strncmp(path, root, n) != 0 || (path[n] != '/' && path[n] != '\0'))
                return NULL;
        return path + n;
}

/* 36 35 98:0 ROOT POINT options [optional]… - TYPE source options */
static char *parse_mount(const char *line, const char *path)
{
        g_auto(GStrv) words = g_strsplit(line, " ", -1);
        g_autofree char *root = NULL, *point = NULL;
        guint n = g_strv_length(words), dash = 6;
        const char *below;

        while (dash < n && strcmp(words[dash], "-") != 0)
                dash++;
        if (dash + 1 >= n || strcmp(words[dash + 1], "cgroup2") != 0)
                return NULL;
        root = unescape_octal(words[3]);
        point = unescape_octal(words[4]);
        below = path_below(path, root);
        return below ? g_strconcat(point, below, NULL) : NULL;
}

char *cgroup_parse_mounts(const char *text, const char *path)
{
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (char **line = lines; *line; line++) {
                char *directory = parse_mount(*line, path);

                if (directory)
                        return directory;
        }
        return NULL;
}

int cgroup_find_own(char **ret_path, char **ret_directory)
{
        g_autofree char *cgroups = NULL, *mounts = NULL, *path = NULL, *directory = NULL;

        if (!g_file_get_contents("/proc/self/cgroup", &cgroups, NULL, NULL) ||
            !g_file_get_contents("/proc/self/mountinfo", &mounts, NULL, NULL))
                return -EOPNOTSUPP;
        path = cgroup_parse_path(cgroups);
        if (!path)
                return -EOPNOTSUPP;
        directory = cgroup_parse_mounts(mounts, path);
        if (!directory)
                return -EOPNOTSUPP;

        *ret_path = g_steal_pointer(&path);
        *ret_directory = g_steal_pointer(&directory);
        return 0;
}
