/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "condition.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <glib.h>

static bool path_exists(const char *path)
{
        return access(path, F_OK) == 0;
}

static bool path_is_directory(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool file_not_empty(const char *path)
{
        struct stat status;

        return stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

/* NAME: it is set; NAME=VALUE: to just that */
static bool environment_has(const char *text)
{
        const char *equals = strchr(text, '=');
        g_autofree char *name = equals ? g_strndup(text, (gsize) (equals - text)) : g_strdup(text);
        const char *value = getenv(name);

        return value && (!equals || g_str_equal(value, equals + 1));
}

/* The kernel's names to systemd's. */
static const struct {
        const char *machine, *architecture;
} architectures[] = {
        {"x86_64", "x86-64"},    {"i686", "x86"},
        {"i586", "x86"},         {"i486", "x86"},
        {"i386", "x86"},         {"aarch64", "arm64"},
        {"armv7l", "arm"},       {"armv6l", "arm"},
        {"ppc64le", "ppc64-le"}, {"ppc64", "ppc64"},
        {"s390x", "s390x"},      {"riscv64", "riscv64"},
        {"riscv32", "riscv32"},  {"loongarch64", "loongarch64"},
        {"mips", "mips"},        {"mips64", "mips64"},
};

static bool architecture_is(const char *word)
{
        struct utsname name;

        if (uname(&name) < 0)
                return false;
        for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++)
                if (g_str_equal(architectures[i].machine, name.machine))
                        return g_str_equal(word, architectures[i].architecture) || g_str_equal(word, "native");
        return g_str_equal(word, name.machine) || g_str_equal(word, "native");
}

static bool is_known_architecture(const char *word)
{
        struct utsname name;

        if (g_str_equal(word, "native") || (uname(&name) == 0 && g_str_equal(word, name.machine)))
                return true;
        for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++)
                if (g_str_equal(architectures[i].architecture, word))
                        return true;
        return false;
}

static bool host_is(const char *pattern)
{
        struct utsname name;

        return uname(&name) == 0 && fnmatch(pattern, name.nodename, FNM_CASEFOLD) == 0;
}

static const struct {
        const char *key;
        bool (*is_met)(const char *value);
        bool is_path;
} conditions[] = {
        {"ConditionPathExists", path_exists, true},        {"ConditionPathIsDirectory", path_is_directory, true},
        {"ConditionFileNotEmpty", file_not_empty, true},   {"ConditionEnvironment", environment_has, false},
        {"ConditionArchitecture", architecture_is, false}, {"ConditionHost", host_is, false},
};

int condition_judge(const char *key, const char *value, bool *ret, const char **ret_problem)
{
        bool is_negated = *value == '!';

        if (is_negated)
                value += 1 + strspn(value + 1, " \t");
        for (size_t i = 0; i < G_N_ELEMENTS(conditions); i++) {
                if (!g_str_equal(conditions[i].key, key))
                        continue;
                if (*value == '\0') {
                        *ret_problem = "nothing follows the !";
                        return -EINVAL;
                }
                if (conditions[i].is_path && *value != '/') {
                        *ret_problem = "the path is not absolute";
                        return -EINVAL;
                }
                if (conditions[i].is_met == environment_has && *value == '=') {
                        *ret_problem = "there is no name before the =";
                        return -EINVAL;
                }
                if (conditions[i].is_met == architecture_is && !is_known_architecture(value)) {
                        *ret_problem = "this architecture is not known (x86-64, x86, arm64, arm, riscv64, ppc64-le, "
                                       "s390x, native …)";
                        return -EINVAL;
                }
                *ret = conditions[i].is_met(value) != is_negated;
                return 0;
        }
        *ret_problem = "this condition is not known";
        return -EINVAL;
}
