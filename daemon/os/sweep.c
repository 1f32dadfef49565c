/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sweep.h"

#include <signal.h>

#include "snapshot.h"

/* A stopped process cannot fork: when a round finds nobody new, all that are there have been stopped. */
#define STOP_ROUNDS 32
#define AGAIN_USEC (200 * 1000)
/* One that is executing a program is soon done, or hangs: then it is nobody's. */
#define BETWEEN_USEC (2 * 1000)
#define BETWEEN_LOOKS 250

/* What was asked to end has its time for that, until it is killed. */
static bool is_to_be_killed(const Process *process)
{
        return process_is_leaving(process) && (process->is_killed || !process->is_asked);
}

/* EVERYBODY: all who descend from us, whoever they belong to. */
static bool is_wanted(const Entry *entry, bool everybody)
{
        return entry->is_ours && (everybody || (entry->owner && is_to_be_killed(entry->owner)));
}

static size_t signal_new(ProcessHost *host, const Snapshot *snapshot, GHashTable *stopped, bool everybody)
{
        size_t n = 0;

        for (guint i = 0; i < snapshot->entries->len; i++) {
                const Entry *entry = &g_array_index(snapshot->entries, Entry, i);

                if (!is_wanted(entry, everybody) || entry->is_ended)
                        continue;
                if (g_hash_table_add(stopped, GINT_TO_POINTER(entry->pid)) && entry_signal(host, entry, SIGSTOP))
                        n++;
        }
        return n;
}

/* Stops until nobody new is found, then kills. *RET is the last look. */
static int sweep_kill(ProcessHost *host, bool everybody, Snapshot *ret)
{
        g_autoptr(GHashTable) stopped = g_hash_table_new(NULL, NULL);
        int r = 0;

        for (int round = 0; round < STOP_ROUNDS; round++) {
                snapshot_done(ret);
                r = snapshot_take(host, ret);
                if (r < 0)
                        return r;
                if (signal_new(host, ret, stopped, everybody) == 0)
                        break;
        }
        for (guint i = 0; i < ret->entries->len; i++) {
                const Entry *entry = &g_array_index(ret->entries, Entry, i);

                if (is_wanted(entry, everybody) && !entry->is_ended)
                        (void) entry_signal(host, entry, SIGKILL);
        }
        return 0;
}

static GHashTable *find_owners(const Snapshot *snapshot)
{
        GHashTable *owners = g_hash_table_new(NULL, NULL);

        for (guint i = 0; snapshot->entries && i < snapshot->entries->len; i++) {
                const Entry *entry = &g_array_index(snapshot->entries, Entry, i);

                if (entry->owner)
                        (void) g_hash_table_add(owners, entry->owner);
        }
        return owners;
}

static bool has_undecided(ProcessHost *host, const Snapshot *snapshot)
{
        bool has = false;

        for (guint i = 0; snapshot->entries && i < snapshot->entries->len && !has; i++)
                has = g_array_index(snapshot->entries, Entry, i).is_between;
        host->sweeping.n_undecided = has ? host->sweeping.n_undecided + 1 : 0;
        return has && host->sweeping.n_undecided < BETWEEN_LOOKS;
}

/* ON_GONE may spawn and free: each is looked for again before it is told. */
static void tell_gone(ProcessHost *host, const Snapshot *snapshot)
{
        g_autoptr(GHashTable) owners = find_owners(snapshot);
        guint n = 0;
        g_autofree gpointer *all = g_hash_table_get_keys_as_array(host->leaving, &n);

        for (guint i = 0; i < n; i++) {
                Process *process = all[i];

                if (g_hash_table_contains(host->leaving, process) && process->is_exited && process->leader_fd < 0 &&
                    !g_hash_table_contains(owners, process))
                        process_set_gone(process);
        }
}

/* Each end of one that was killed leads to another sweep. One that could not be found or killed, for want of a
 * descriptor, ends by itself at best. */
static void sweep_again(ProcessHost *host, uint64_t usec)
{
        if (g_hash_table_size(host->leaving) > 0)
                (void) timer_set(host->sweeping.again, clock_monotonic() + usec);
}

void sweep_pass(ProcessHost *host)
{
        static const Snapshot nobody;

        if (g_hash_table_size(host->leaving) > 0)
                tell_gone(host, &nobody);
        sweep_again(host, AGAIN_USEC);
}

void sweep_run(ProcessHost *host)
{
        g_auto(Snapshot) snapshot = { 0 };
        uint64_t again = AGAIN_USEC;

        if (g_hash_table_size(host->leaving) == 0)
                return;
        if (snapshot_is_idle(host) || sweep_kill(host, false, &snapshot) >= 0) {
                if (has_undecided(host, &snapshot))
                        again = BETWEEN_USEC;
                else
                        tell_gone(host, &snapshot);
        }
        sweep_again(host, again);
}

size_t sweep_kill_all(ProcessHost *host)
{
        g_auto(Snapshot) snapshot = { 0 };
        size_t n = 0;

        if (sweep_kill(host, true, &snapshot) < 0)
                return 0;
        for (guint i = 0; i < snapshot.entries->len; i++)
                if (g_array_index(snapshot.entries, Entry, i).is_ours)
                        n++;
        return n;
}
