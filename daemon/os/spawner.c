/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "spawner.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "own_table.h"
#include "pass.h"
#include "spawn_ground.h"
#include "thread.h"

#define CHILD_STACK_SIZE (128 * 1024)
#define END_SECONDS 1
#define DONE_ATTEMPTS 8

typedef struct SpawnQueue {
        Spawn *first, *last;
} SpawnQueue;

struct Spawner {
        sd_event_source *source;
        SpawnHandler handler;
        pthread_t thread;
        bool has_thread;
        int done_fd;         /* eventfd: DONE is not empty any more */
        int sockets[2];      /* the loop's end and the thread's, for descriptors */
        void *stack;         /* of the child, above a guard page */
        ChildGround ground;  /* the thread's, once it runs */
        SpawnQueue unsent;   /* the loop's: behind as many as the socket takes; with duplicates of their descriptors */
        unsigned n_sent;     /* the loop's: and not back yet */

        pthread_mutex_t lock;
        pthread_cond_t wake;
        SpawnQueue waiting, done;
        bool is_ending, has_ended;
};

static const SpawnError cancelled = { .error = ECANCELED, .step = "cancelled" };

static void queue_push(SpawnQueue *queue, Spawn *spawn)
{
        spawn->next = NULL;
        if (queue->last)
                queue->last->next = spawn;
        else
                queue->first = spawn;
        queue->last = spawn;
}

static Spawn *queue_pop(SpawnQueue *queue)
{
        Spawn *spawn = queue->first;

        if (!spawn)
                return NULL;
        queue->first = spawn->next;
        if (!queue->first)
                queue->last = NULL;
        return spawn;
}

/* Back to the front. */
static void queue_unpop(SpawnQueue *queue, Spawn *spawn)
{
        spawn->next = queue->first;
        queue->first = spawn;
        if (!queue->last)
                queue->last = spawn;
}

static void handle(Spawner *spawner, Spawn *spawn, bool is_cancelled)
{
        int r = spawn->n_passed > 0 ? pass_receive(spawner->sockets[1], spawn->passed, &spawn->n_passed) : 0;

        if (is_cancelled)
                spawn->error = cancelled;
        else if (r < 0)
                spawn->error = (SpawnError) { .error = -r, .step = "descriptors" };
        else
                spawn_run(spawn, &spawner->ground);
        for (int i = 0; i < spawn->n_passed; i++)
                own_close(spawn->passed[i]);
        spawn->n_passed = 0;
}

static Spawn *take(Spawner *spawner, bool *ret_cancelled)
{
        Spawn *spawn = NULL;

        (void) pthread_mutex_lock(&spawner->lock);
        while (!spawner->is_ending && !spawner->waiting.first)
                (void) pthread_cond_wait(&spawner->wake, &spawner->lock);
        if (!spawner->is_ending)
                spawn = queue_pop(&spawner->waiting);
        *ret_cancelled = spawn && spawn->is_cancelled;
        (void) pthread_mutex_unlock(&spawner->lock);
        return spawn;
}

static void give_back(Spawner *spawner, Spawn *spawn)
{
        uint64_t one = 1;
        bool was_empty;

        (void) pthread_mutex_lock(&spawner->lock);
        was_empty = !spawner->done.first;
        queue_push(&spawner->done, spawn);
        (void) pthread_mutex_unlock(&spawner->lock);
        /* No eventfd refuses 1, but everything hangs on it: nobody writes again before the loop has looked (P28). */
        for (int i = 0; was_empty && i < DONE_ATTEMPTS && own_write(spawner->done_fd, &one, sizeof(one)) < 0; i++)
                continue;
}

static void *spawner_main(void *userdata)
{
        Spawner *spawner = userdata;
        int kept[] = { spawner->sockets[1], spawner->done_fd, spawner->ground.tree_fd,
                       spawner->ground.lock_fd };
        bool is_cancelled;

        (void) pthread_setname_np(pthread_self(), SPAWNER_NAME);
        child_ground_enter(&spawner->ground, kept, G_N_ELEMENTS(kept));
        for (Spawn *spawn; (spawn = take(spawner, &is_cancelled));) {
                handle(spawner, spawn, is_cancelled);
                give_back(spawner, spawn);
        }
        if (!spawner->ground.has_own_files)
                own_close(spawner->ground.null_fd);
        (void) pthread_mutex_lock(&spawner->lock);
        spawner->has_ended = true;
        (void) pthread_mutex_unlock(&spawner->lock);
        (void) pthread_cond_signal(&spawner->wake);
        return NULL;
}

static int spawner_send(Spawner *spawner, Spawn *spawn)
{
        int r = spawn->n_passed > 0 ? pass_send(spawner->sockets[0], spawn->passed, spawn->n_passed) : 0;

        if (r < 0)
                return r;
        spawner->n_sent++;
        (void) pthread_mutex_lock(&spawner->lock);
        queue_push(&spawner->waiting, spawn);
        (void) pthread_mutex_unlock(&spawner->lock);
        (void) pthread_cond_signal(&spawner->wake);
        return 0;
}

static void close_duplicates(const int *fds, int n)
{
        for (int i = 0; i < n; i++)
                (void) close(fds[i]);
}

static int duplicate_passed(Spawn *spawn)
{
        for (int i = 0; i < spawn->n_passed; i++) {
                int fd = fcntl(spawn->passed[i], F_DUPFD_CLOEXEC, 3), error = errno;

                if (fd < 0) {
                        close_duplicates(spawn->passed, i);
                        return -error;
                }
                spawn->passed[i] = fd;
        }
        return 0;
}

static void send_more(Spawner *spawner)
{
        while (spawner->unsent.first) {
                Spawn *spawn = spawner->unsent.first;
                g_autofree int *duplicates = g_memdup2(spawn->passed, (gsize) spawn->n_passed * sizeof(int));
                int n = spawn->n_passed, r;

                (void) queue_pop(&spawner->unsent);
                r = spawner_send(spawner, spawn);
                if (r == -EAGAIN && spawner->n_sent > 0) {
                        queue_unpop(&spawner->unsent, spawn);
                        return;
                }
                close_duplicates(duplicates, n);
                if (r < 0) {
                        spawn->error = (SpawnError) { .error = -r, .step = "descriptors" };
                        spawner->handler(spawn);
                }
        }
}

static void deliver(Spawner *spawner)
{
        SpawnQueue done;

        (void) pthread_mutex_lock(&spawner->lock);
        done = spawner->done;
        spawner->done = (SpawnQueue) { 0 };
        (void) pthread_mutex_unlock(&spawner->lock);
        for (Spawn *spawn; (spawn = queue_pop(&done));) {
                spawner->n_sent--;
                spawner->handler(spawn);
        }
}

/* The eventfd is edge-triggered, so it need not be read. */
static int on_done(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        deliver(userdata);
        send_more(userdata);
        return 0;
}

static int spawner_open(Spawner *spawner, Loop *loop)
{
        int r;

        spawner->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (spawner->done_fd < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, spawner->sockets) < 0)
                return -errno;
        r = sd_event_add_io(loop_event(loop), &spawner->source, spawner->done_fd, EPOLLIN | EPOLLET, on_done, spawner);
        if (r >= 0)
                r = sd_event_source_set_priority(spawner->source, LOOP_PRIORITY_EXIT);
        return r < 0 ? r : 0;
}

static int spawner_map_stack(Spawner *spawner)
{
        size_t page = (size_t) sysconf(_SC_PAGESIZE);
        char *memory = mmap(NULL, CHILD_STACK_SIZE + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

        if (memory == MAP_FAILED)
                return -errno;
        spawner->stack = memory + page;
        spawner->ground.stack_end = memory + page + CHILD_STACK_SIZE;
        return mprotect(spawner->stack, CHILD_STACK_SIZE, PROT_READ | PROT_WRITE) < 0 ? -errno : 0;
}

int spawner_new(Loop *loop, int tree_fd, int lock_fd, SpawnHandler handler, Spawner **ret)
{
        g_autoptr(Spawner) spawner = g_new0(Spawner, 1);
        int r;

        spawner->handler = handler;
        spawner->done_fd = spawner->sockets[0] = spawner->sockets[1] = -1;
        spawner->ground.tree_fd = tree_fd;
        spawner->ground.lock_fd = lock_fd;
        (void) pthread_mutex_init(&spawner->lock, NULL);
        (void) pthread_cond_init(&spawner->wake, NULL);
        r = spawner_open(spawner, loop);
        if (r >= 0)
                r = spawner_map_stack(spawner);
        /* With all signals blocked: a child must run no handler on our memory. */
        if (r >= 0)
                r = thread_begin(spawner_main, spawner, &spawner->thread);
        spawner->has_thread = r >= 0;
        if (r < 0)
                return r;

        *ret = g_steal_pointer(&spawner);
        return 0;
}

/* False: it hangs in the execution of a file that does not come, over a network say. */
static bool spawner_end(Spawner *spawner)
{
        struct timespec end;
        bool has_ended;

        if (!spawner->has_thread)
                return true;
        (void) clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_sec += END_SECONDS;
        (void) pthread_mutex_lock(&spawner->lock);
        spawner->is_ending = true;
        (void) pthread_cond_signal(&spawner->wake);
        while (!spawner->has_ended &&
               pthread_cond_clockwait(&spawner->wake, &spawner->lock, CLOCK_MONOTONIC, &end) != ETIMEDOUT)
                continue;
        has_ended = spawner->has_ended;
        (void) pthread_mutex_unlock(&spawner->lock);
        return has_ended && pthread_join(spawner->thread, NULL) == 0;
}

void spawner_free(Spawner *spawner)
{
        if (!spawner)
                return;

        spawner->source = sd_event_source_disable_unref(spawner->source);
        if (!spawner_end(spawner))
                return; /* its memory is still in use; the daemon is about to end */
        for (Spawn *spawn; (spawn = queue_pop(&spawner->waiting));) {
                spawn->error = cancelled;
                queue_push(&spawner->done, spawn);
        }
        for (Spawn *spawn; (spawn = queue_pop(&spawner->unsent));) {
                close_duplicates(spawn->passed, spawn->n_passed);
                spawn->error = cancelled;
                spawner->n_sent++;
                queue_push(&spawner->done, spawn);
        }
        deliver(spawner);
        close_descriptor(&spawner->done_fd);
        close_descriptor(&spawner->sockets[0]);
        close_descriptor(&spawner->sockets[1]);
        if (spawner->stack) {
                size_t page = (size_t) sysconf(_SC_PAGESIZE);

                (void) munmap((char *) spawner->stack - page, CHILD_STACK_SIZE + page);
        }
        (void) pthread_cond_destroy(&spawner->wake);
        (void) pthread_mutex_destroy(&spawner->lock);
        g_free(spawner);
}

/* Who comes when the socket is full waits here, as do all behind it: the order stays. */
int spawner_submit(Spawner *spawner, Spawn *spawn)
{
        int r = spawner->unsent.first ? -EAGAIN : spawner_send(spawner, spawn);

        if (r != -EAGAIN || spawner->n_sent == 0)
                return r;
        r = duplicate_passed(spawn);
        if (r >= 0)
                queue_push(&spawner->unsent, spawn);
        return r;
}

void spawner_cancel(Spawner *spawner, Spawn *spawn)
{
        (void) pthread_mutex_lock(&spawner->lock);
        spawn->is_cancelled = true;
        (void) pthread_mutex_unlock(&spawner->lock);
}
