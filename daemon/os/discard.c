/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "discard.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <systemd/sd-event.h>

#include "ready.h"
#include "thread.h"

/* Since the loop had nothing to do: so many it does itself, at once. Where one component goes after the other, a second
 * processor would only be in the way of the one that ends. */
#define FEW 16
/* So many are worth a thread, and worth that it is woken; nobody waits for them. */
#define MANY 48
/* Taken in one go, and on to the next folder, so that it goes after what was in it, whoever takes what follows. What
 * the thread has taken the loop cannot help with any more. */
#define TAKEN_AT_ONCE 16
#define TAKEN_MAX 64
/* What is more than that the loop does itself. */
#define WAITING_MAX 4096

typedef struct Piece {
        struct Piece *next;
        int fd;           /* or -1 */
        int directory_fd; /* of NAME */
        int flags;
        char name[];      /* or "" */
} Piece;

typedef struct Discard {
        sd_event_source *rest;       /* the loop has nothing else to do */
        pthread_t thread;
        bool has_thread, is_without; /* the loop's: there is one, there can be none */
        unsigned n_since_rest;       /* the loop's */

        pthread_mutex_t lock;
        pthread_cond_t wake;
        Piece *first, **last;        /* to do */
        unsigned n_waiting;
        Piece *done;                 /* the loop's to free */
        bool is_idle, is_ending;     /* the thread waits to be woken; it is to end when there is no more */
} Discard;

static const char key;

static void piece_do(const Piece *piece)
{
        if (piece->fd >= 0)
                (void) close(piece->fd);
        if (*piece->name)
                (void) unlinkat(piece->directory_fd, piece->name, piece->flags);
}

static void pieces_free(Piece *piece)
{
        while (piece) {
                Piece *next = piece->next;

                g_free(piece);
                piece = next;
        }
}

/* Under the lock. NULL: there are none. */
static Piece *take(Discard *discard)
{
        Piece *first = discard->first, *last = first;

        if (!first)
                return NULL;
        discard->n_waiting--;
        for (int n = 1; last->next && n < TAKEN_MAX; n++, discard->n_waiting--) {
                if (n >= TAKEN_AT_ONCE && (last->flags & AT_REMOVEDIR))
                        break;
                last = last->next;
        }
        discard->first = last->next;
        if (!discard->first)
                discard->last = &discard->first;
        last->next = NULL;
        return first;
}

/* Under the lock, which is not held meanwhile. False: there was nothing to do. */
static bool work_on(Discard *discard)
{
        Piece *pieces = take(discard), *last = NULL;

        if (!pieces)
                return false;
        (void) pthread_mutex_unlock(&discard->lock);
        for (Piece *piece = pieces; piece; piece = piece->next) {
                piece_do(piece);
                last = piece;
        }
        (void) pthread_mutex_lock(&discard->lock);
        last->next = discard->done;
        discard->done = pieces;
        return true;
}

static void *discard_main(void *userdata)
{
        Discard *discard = userdata;

        (void) pthread_setname_np(pthread_self(), DISCARD_NAME);
        (void) pthread_mutex_lock(&discard->lock);
        for (;;) {
                while (work_on(discard))
                        continue;
                if (discard->is_ending)
                        break;
                discard->is_idle = true;
                (void) pthread_cond_wait(&discard->wake, &discard->lock);
                discard->is_idle = false;
        }
        (void) pthread_mutex_unlock(&discard->lock);
        return NULL;
}

static int on_rest(sd_event_source *source, void *userdata)
{
        Discard *discard = userdata;
        Piece *done;

        discard->n_since_rest = 0;
        (void) pthread_mutex_lock(&discard->lock);
        if (work_on(discard))
                (void) sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        done = g_steal_pointer(&discard->done);
        (void) pthread_mutex_unlock(&discard->lock);
        pieces_free(done);
        return 0;
}

static void discard_finish(Discard *discard)
{
        (void) pthread_mutex_lock(&discard->lock);
        discard->is_ending = true;
        (void) pthread_cond_signal(&discard->wake);
        while (work_on(discard))
                continue;
        (void) pthread_mutex_unlock(&discard->lock);
        if (discard->has_thread)
                (void) pthread_join(discard->thread, NULL);
        discard->has_thread = false;
        pieces_free(g_steal_pointer(&discard->done));
}

static void discard_free(void *object)
{
        Discard *discard = object;

        discard_finish(discard);
        sd_event_source_disable_unref(discard->rest);
        (void) pthread_cond_destroy(&discard->wake);
        (void) pthread_mutex_destroy(&discard->lock);
        g_free(discard);
}

void discard_begin(Loop *loop)
{
        Discard *discard = loop_find(loop, &key);

        if (discard)
                return;
        discard = g_new0(Discard, 1);
        discard->last = &discard->first;
        (void) pthread_mutex_init(&discard->lock, NULL);
        (void) pthread_cond_init(&discard->wake, NULL);
        if (sd_event_add_defer(loop_event(loop), &discard->rest, on_rest, discard) >= 0)
                (void) sd_event_source_set_priority(discard->rest, LOOP_PRIORITY_IDLE);
        loop_keep(loop, &key, discard, discard_free);
}

void discard_end(Loop *loop)
{
        Discard *discard = loop_find(loop, &key);

        if (discard)
                discard_finish(discard);
}

/* False: the caller's to do. */
static bool hand_over(Discard *discard, Piece *piece)
{
        bool is_taken, is_many, is_idle;
        Piece *done;

        (void) pthread_mutex_lock(&discard->lock);
        is_taken = !discard->is_ending && discard->n_waiting < WAITING_MAX;
        if (is_taken) {
                *discard->last = piece;
                discard->last = &piece->next;
                discard->n_waiting++;
        }
        is_many = discard->n_waiting >= MANY;
        is_idle = is_many && discard->is_idle;
        discard->is_idle = discard->is_idle && !is_idle;
        done = g_steal_pointer(&discard->done);
        (void) pthread_mutex_unlock(&discard->lock);
        if (is_idle)
                (void) pthread_cond_signal(&discard->wake);
        if (is_many && !discard->has_thread && !discard->is_without) {
                discard->has_thread = thread_begin(discard_main, discard, &discard->thread) >= 0;
                discard->is_without = !discard->has_thread;
        }
        pieces_free(done);
        return is_taken;
}

static Piece *piece_new(int fd, int directory_fd, const char *name, int flags)
{
        size_t n = strlen(name) + 1;
        Piece *piece = g_malloc(sizeof(Piece) + n);

        *piece = (Piece) { .fd = fd, .directory_fd = directory_fd, .flags = flags };
        memcpy(piece->name, name, n);
        return piece;
}

/* NULL: it is to be done at once. */
static Discard *find_queue(Loop *loop)
{
        Discard *discard = loop_find(loop, &key);

        if (!discard || !discard->rest)
                return NULL;
        (void) sd_event_source_set_enabled(discard->rest, SD_EVENT_ONESHOT);
        return ++discard->n_since_rest <= FEW ? NULL : discard;
}

void discard_descriptor(Loop *loop, ReadySet *set, int *fd)
{
        Discard *discard = *fd >= 0 ? find_queue(loop) : NULL;
        Piece *piece = discard ? piece_new(*fd, AT_FDCWD, "", 0) : NULL;

        /* In the kernel's set one that can be read from would not let the loop rest until it is closed. */
        if (set && piece)
                ready_set_remove(set, *fd);
        else if (set)
                ready_set_forget(set, *fd);
        if (piece && hand_over(discard, piece)) {
                *fd = -1;
                return;
        }
        g_free(piece);
        close_descriptor(fd);
}

void discard_name(Loop *loop, int directory_fd, const char *name, int flags)
{
        Discard *discard = find_queue(loop);
        Piece *piece = discard ? piece_new(-1, directory_fd, name, flags) : NULL;

        if (piece && hand_over(discard, piece))
                return;
        g_free(piece);
        (void) unlinkat(directory_fd, name, flags);
}
