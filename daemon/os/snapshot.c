/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define ENVIRONMENT_MAX (256 * 1024)
#define CHILDREN_MAX 4096
#define STAT_ENV_END 51 /* proc(5) */
#define JUDGED_USEC (100 * 1000)

void snapshot_done(Snapshot *snapshot)
{
        g_clear_pointer(&snapshot->entries, g_array_unref);
        g_clear_pointer(&snapshot->index, g_hash_table_unref);
}

static ssize_t read_file(ProcessHost *host, int directory_fd, const char *name, char *buffer, size_t n_buffer)
{
        int fd = spare_fds_open(&host->reserve, directory_fd, name, O_RDONLY);
        size_t n = 0;
        ssize_t got = -1;

        if (fd < 0)
                return fd;
        while (n < n_buffer - 1 && (got = read(fd, buffer + n, n_buffer - 1 - n)) > 0)
                n += (size_t) got;
        spare_fds_close(&host->reserve, fd);
        if (got < 0)
                return -ESRCH;
        buffer[n] = '\0';
        return (ssize_t) n;
}

/* "PID (NAME) STATE PARENT GROUP SESSION …"; the name is whatever the process likes, parentheses too. */
static bool parse_stat(const char *text, Entry *entry)
{
        const char *name_end = strrchr(text, ')');
        int parent, group, session;
        char state;

        if (!name_end || sscanf(name_end + 1, " %c %d %d %d", &state, &parent, &group, &session) != 4)
                return false;
        entry->parent = parent;
        entry->group = group;
        entry->session = session;
        entry->is_ended = state == 'Z' || state == 'X';
        return true;
}

static int open_process(ProcessHost *host, pid_t pid)
{
        char path[24];

        (void) snprintf(path, sizeof(path), "/proc/%d", (int) pid);
        return spare_fds_open(&host->reserve, AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
}

static bool read_entry(ProcessHost *host, pid_t pid, Entry *ret)
{
        char path[32], text[1024];

        (void) snprintf(path, sizeof(path), "/proc/%d/stat", (int) pid);
        *ret = (Entry) { .pid = pid };
        return read_file(host, AT_FDCWD, path, text, sizeof(text)) > 0 && parse_stat(text, ret);
}

static Entry *snapshot_find(const Snapshot *snapshot, pid_t pid)
{
        guint position = GPOINTER_TO_UINT(g_hash_table_lookup(snapshot->index, GINT_TO_POINTER(pid)));

        return position > 0 ? &g_array_index(snapshot->entries, Entry, position - 1) : NULL;
}

static Process *find_by_session(ProcessHost *host, const Entry *entry)
{
        GHashTableIter iter;
        gpointer key;

        /* The table of numbers knows the living leaders; a session outlives its leader, and its number is not given
         * away before. */
        Process *process = g_hash_table_lookup(host->pids, GINT_TO_POINTER(entry->session));

        if (process)
                return process;
        g_hash_table_iter_init(&iter, host->processes);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
                process = key;
                if (!process->is_gone && !process->cgroup &&
                    (process->leader == entry->session || process->leader == entry->group))
                        return process;
        }
        return NULL;
}

static bool find_token(const char *environment, size_t n, uint64_t ret[2])
{
        static const char name[] = "INVOCATION_ID=";

        for (const char *p = environment; p < environment + n; p += strlen(p) + 1)
                if (strncmp(p, name, strlen(name)) == 0)
                        return sscanf(p + strlen(name), "%16" SCNx64 "%16" SCNx64, &ret[0], &ret[1]) == 2;
        return false;
}

/* While it executes another program a process has no environment yet: the field env_end of its stat is 0 then. One
 * that has an empty environment has an end of it, too. */
static bool is_between(ProcessHost *host, pid_t pid)
{
        char path[32], text[1024];
        const char *p;

        (void) snprintf(path, sizeof(path), "/proc/%d/stat", (int) pid);
        if (read_file(host, AT_FDCWD, path, text, sizeof(text)) <= 0)
                return false;
        p = strrchr(text, ')');
        for (int field = 2; p && field < STAT_ENV_END; field++)
                p = strchr(p + 1, ' ');
        return p && strtoull(p, NULL, 10) == 0;
}

static ssize_t read_environment(ProcessHost *host, Entry *entry, char *ret)
{
        char path[32];
        ssize_t n;

        (void) snprintf(path, sizeof(path), "/proc/%d/environ", (int) entry->pid);
        n = read_file(host, AT_FDCWD, path, ret, ENVIRONMENT_MAX);
        if (n != 0 || entry->is_ended)
                return n;
        entry->is_between = is_between(host, entry->pid);
        /* Where it has come to an end meanwhile, there is something now, or it is really empty. */
        return entry->is_between ? 0 : read_file(host, AT_FDCWD, path, ret, ENVIRONMENT_MAX);
}

static Process *find_by_token(ProcessHost *host, Entry *entry)
{
        g_autofree char *environment = g_malloc(ENVIRONMENT_MAX);
        ssize_t n = read_environment(host, entry, environment);
        GHashTableIter iter;
        uint64_t token[2];
        gpointer key;

        if (n <= 0 || !find_token(environment, (size_t) n, token))
                return NULL;
        g_hash_table_iter_init(&iter, host->processes);
        while (g_hash_table_iter_next(&iter, &key, NULL))
                if (memcmp(((Process *) key)->token, token, sizeof(token)) == 0)
                        return key;
        return NULL;
}

/* Upwards until somebody is known; then all on the way are. Our own child is the last that can tell; whatever an
 * ancestor is, its descendants are too, so the environment is read of few. */
static void judge(ProcessHost *host, Snapshot *snapshot, Entry *entry)
{
        g_autoptr(GPtrArray) way = g_ptr_array_new();
        Process *owner = NULL;
        bool is_ours = false;

        for (Entry *at = entry; at && way->len < snapshot->entries->len; at = snapshot_find(snapshot, at->parent)) {
                if (at->is_judged) {
                        owner = at->owner;
                        is_ours = at->is_ours;
                        break;
                }
                g_ptr_array_add(way, at);
                owner = g_hash_table_lookup(host->pids, GINT_TO_POINTER(at->pid));
                is_ours = owner || at->parent == snapshot->self;
                if (is_ours)
                        break;
        }
        if (is_ours && !owner && way->len > 0) {
                Entry *child = way->pdata[way->len - 1];

                owner = find_by_session(host, child);
                if (!owner)
                        owner = find_by_token(host, child);
        }
        for (guint i = 0; i < way->len; i++) {
                Entry *at = way->pdata[i];

                at->is_judged = true;
                at->is_ours = is_ours;
                at->owner = owner;
        }
}

int snapshot_take(ProcessHost *host, Snapshot *ret)
{
        int fd = spare_fds_open(&host->reserve, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY);
        DIR *stream = fd < 0 ? NULL : fdopendir(fd);

        if (!stream) {
                spare_fds_close(&host->reserve, fd);
                return -EMFILE;
        }
        ret->self = getpid();
        ret->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
        ret->index = g_hash_table_new(NULL, NULL);
        for (struct dirent *item; (item = readdir(stream));) {
                Entry entry;

                if (!g_ascii_isdigit(item->d_name[0]) || !read_entry(host, atoi(item->d_name), &entry))
                        continue;
                g_array_append_val(ret->entries, entry);
                g_hash_table_insert(ret->index, GINT_TO_POINTER(entry.pid), GUINT_TO_POINTER(ret->entries->len));
        }
        (void) closedir(stream);
        spare_fds_close(&host->reserve, -1);
        for (guint i = 0; i < ret->entries->len; i++)
                judge(host, ret, &g_array_index(ret->entries, Entry, i));
        return 0;
}

/* The directory of a process in /proc is a pidfd to the kernel: what is read there and what is signalled is the same
 * process (P8). */
bool entry_signal(ProcessHost *host, const Entry *entry, int signal)
{
        int fd = open_process(host, entry->pid);
        Entry now;
        char text[1024];
        bool is_same;

        if (fd < 0)
                return false;
        is_same = read_file(host, fd, "stat", text, sizeof(text)) > 0 && parse_stat(text, &now) &&
                  now.session == entry->session;
        if (is_same)
                (void) syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
        spare_fds_close(&host->reserve, fd);
        return is_same;
}

bool process_is_leaving(const Process *process)
{
        return !process->cgroup && !process->is_gone && !process->spawn && (process->is_exited || process->is_killed);
}

static Process *find_owner(ProcessHost *host, pid_t pid)
{
        g_auto(Snapshot) snapshot = { 0 };
        const Entry *entry;

        if (snapshot_take(host, &snapshot) < 0)
                return NULL;
        entry = snapshot_find(&snapshot, pid);
        return entry ? entry->owner : NULL;
}

/* Who asks again and again, for each notification of a flood, gets the same answer for a moment. */
Process *snapshot_find_owner(ProcessHost *host, pid_t pid)
{
        uint64_t now = clock_monotonic();
        gpointer owner;

        if (now - host->judged.since >= JUDGED_USEC) {
                g_hash_table_remove_all(host->judged.owners);
                host->judged.since = now;
        }
        if (!g_hash_table_lookup_extended(host->judged.owners, GINT_TO_POINTER(pid), NULL, &owner)) {
                owner = find_owner(host, pid);
                (void) g_hash_table_insert(host->judged.owners, GINT_TO_POINTER(pid), owner);
        }
        return owner;
}

/* Orphans become children of the loop's thread, and what was spawned are those of the spawner's: so the list is empty
 * as a rule. They leave it only when we reap them, so one reading is complete, and every orphan of an incarnation
 * without its main process hangs below one of them. */
bool snapshot_is_idle(ProcessHost *host)
{
        char text[CHILDREN_MAX];
        ssize_t n = pread(host->children_fd, text, sizeof(text) - 1, 0);

        /* A list that does not fit ends before the first number that is too much. */
        if (n < 0 || n > (ssize_t) sizeof(text) - 16)
                return false;
        text[n] = '\0';
        for (char *p = text; *p;) {
                char *end;
                long pid = strtol(p, &end, 10);
                Process *process = g_hash_table_lookup(host->pids, GINT_TO_POINTER((int) pid));

                if (end == p)
                        break;
                if (!process || process_is_leaving(process))
                        return false;
                p = *end == ' ' ? end + 1 : end;
        }
        return true;
}
