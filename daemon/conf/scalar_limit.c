/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <string.h>

#include <glib.h>

#include "scalar.h"

static const struct {
        const char *name; /* with SIG */
        int number;
} signals[] = {
        {"SIGHUP", SIGHUP},   {"SIGINT", SIGINT},       {"SIGQUIT", SIGQUIT}, {"SIGILL", SIGILL},
        {"SIGTRAP", SIGTRAP}, {"SIGABRT", SIGABRT},     {"SIGBUS", SIGBUS},   {"SIGFPE", SIGFPE},
        {"SIGKILL", SIGKILL}, {"SIGUSR1", SIGUSR1},     {"SIGSEGV", SIGSEGV}, {"SIGUSR2", SIGUSR2},
        {"SIGPIPE", SIGPIPE}, {"SIGALRM", SIGALRM},     {"SIGTERM", SIGTERM}, {"SIGSTKFLT", SIGSTKFLT},
        {"SIGCHLD", SIGCHLD}, {"SIGCONT", SIGCONT},     {"SIGSTOP", SIGSTOP}, {"SIGTSTP", SIGTSTP},
        {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU},     {"SIGURG", SIGURG},   {"SIGXCPU", SIGXCPU},
        {"SIGXFSZ", SIGXFSZ}, {"SIGVTALRM", SIGVTALRM}, {"SIGPROF", SIGPROF}, {"SIGWINCH", SIGWINCH},
        {"SIGIO", SIGIO},     {"SIGPWR", SIGPWR},       {"SIGSYS", SIGSYS},
};

static const char *const signal_words[] = {
        "SIGHUP",  "SIGINT",  "SIGQUIT", "SIGABRT", "SIGKILL", "SIGUSR1", "SIGUSR2",  "SIGPIPE",
        "SIGALRM", "SIGTERM", "SIGCONT", "SIGSTOP", "SIGURG",  "SIGPROF", "SIGWINCH",
};

const char *const *scalar_signal_names(size_t *ret_n)
{
        *ret_n = G_N_ELEMENTS(signal_words);
        return signal_words;
}

int scalar_parse_signal(const char *text, int *ret)
{
        const char *name = g_str_has_prefix(text, "SIG") ? text + 3 : text;
        int64_t n;
        int r;

        for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
                if (g_str_equal(signals[i].name + 3, name)) {
                        *ret = signals[i].number;
                        return 0;
                }
        if (g_str_has_prefix(name, "RTMIN")) {
                if (name[5] == '\0')
                        n = 0;
                else if (name[5] != '+' || !g_ascii_isdigit(name[6]) || scalar_parse_int(name + 6, &n) < 0)
                        return -EINVAL;
                if (n > SIGRTMAX - SIGRTMIN)
                        return -ERANGE;
                *ret = SIGRTMIN + (int) n;
                return 0;
        }
        if (name != text)
                return -EINVAL;
        r = scalar_parse_int(text, &n);
        if (r < 0)
                return r;
        if (n < 1 || n > SIGRTMAX)
                return -ERANGE;
        *ret = (int) n;
        return 0;
}

static int parse_limit_value(int resource, const char *text, rlim_t *ret)
{
        uint64_t n;
        int64_t number;
        int r;

        if (g_str_equal(text, "infinity")) {
                *ret = RLIM_INFINITY;
                return 0;
        }
        switch (resource) {
        case RLIMIT_CPU:
                r = scalar_parse_duration(text, &n);
                n = r < 0 ? 0 : n / 1000000 + (n % 1000000 > 0 ? 1 : 0);
                break;
        case RLIMIT_RTTIME:
                /* As in systemd a bare number is µs here, not seconds. */
                r = strspn(text, "0123456789") == strlen(text) ? scalar_parse_int(text, &number)
                                                               : scalar_parse_duration(text, &n);
                if (r == 0 && strspn(text, "0123456789") == strlen(text))
                        n = (uint64_t) number;
                break;
        case RLIMIT_FSIZE:
        case RLIMIT_DATA:
        case RLIMIT_STACK:
        case RLIMIT_CORE:
        case RLIMIT_RSS:
        case RLIMIT_AS:
        case RLIMIT_MEMLOCK:
        case RLIMIT_MSGQUEUE:
                r = scalar_parse_size(text, &n);
                break;
        case RLIMIT_NICE:
                r = scalar_parse_int(text, &number);
                if (r == 0 && (*text == '+' || *text == '-')) {
                        /* A nice level: -20 is the raw limit 40, +19 is 1. */
                        if (number < -20 || number > 19)
                                return -ERANGE;
                        number = 20 - number;
                }
                if (r == 0 && (number < 0 || number > 40))
                        return -ERANGE;
                n = r == 0 ? (uint64_t) number : 0;
                break;
        default:
                r = scalar_parse_int(text, &number);
                if (r == 0 && number < 0)
                        return -ERANGE;
                n = r == 0 ? (uint64_t) number : 0;
        }
        if (r == 0)
                *ret = (rlim_t) n;
        return r;
}

int scalar_parse_limit(int resource, const char *text, struct rlimit *ret)
{
        g_autofree char *soft = NULL;
        const char *colon = strchr(text, ':');
        struct rlimit limit;
        int r;

        if (!colon) {
                r = parse_limit_value(resource, text, &limit.rlim_cur);
                limit.rlim_max = limit.rlim_cur;
        } else {
                soft = g_strndup(text, (gsize) (colon - text));
                r = parse_limit_value(resource, soft, &limit.rlim_cur);
                if (r == 0)
                        r = parse_limit_value(resource, colon + 1, &limit.rlim_max);
        }
        if (r < 0)
                return r;
        if (limit.rlim_cur > limit.rlim_max)
                return -EDOM;
        *ret = limit;
        return 0;
}
