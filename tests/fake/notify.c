/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/notify.h"

#include <string.h>

#include "fake/fake_state.h"

#define DATAGRAMS_A_TURN 32

typedef struct Datagram {
        pid_t sender;
        char *text;
} Datagram;

struct NotifySocket {
        char *component;
        GQueue datagrams;
        FakeEvent event;
        NotifyHandler handler;
        void *userdata;
        bool is_listening, is_dispatching, is_freed;
};

static void datagram_free(gpointer data)
{
        g_free(((Datagram *) data)->text);
        g_free(data);
}

static void notify_destroy(NotifySocket *socket)
{
        if (g_hash_table_lookup(fake_os.sockets, socket->component) == socket)
                (void) g_hash_table_remove(fake_os.sockets, socket->component);
        fake_event_cancel(&socket->event);
        g_queue_clear_full(&socket->datagrams, datagram_free);
        g_free(socket->component);
        g_free(socket);
}

void notify_drain(NotifySocket *socket)
{
        if (socket->is_dispatching)
                return;

        socket->is_dispatching = true;
        for (int i = 0; i < DATAGRAMS_A_TURN && !socket->is_freed && !g_queue_is_empty(&socket->datagrams); i++) {
                Datagram *datagram = g_queue_pop_head(&socket->datagrams);
                g_auto(NotifyMessage) message = { 0 };

                notify_parse(datagram->text, strlen(datagram->text), &message);
                socket->handler(socket, datagram->sender, &message, socket->userdata);
                datagram_free(datagram);
        }
        socket->is_dispatching = false;
        if (socket->is_freed)
                notify_destroy(socket);
        else if (!g_queue_is_empty(&socket->datagrams))
                fake_event_queue(&socket->event, fake_now());
}

static void on_datagram(FakeEvent *event, void *userdata)
{
        notify_drain(userdata);
}

int notify_new(Loop *loop, const char *path, uid_t uid, gid_t gid, NotifyHandler handler, void *userdata,
               NotifySocket **ret)
{
        g_autofree char *directory = g_path_get_dirname(path);
        int r = fake_failure("notify");
        NotifySocket *socket;

        if (r < 0)
                return r;
        socket = g_new0(NotifySocket, 1);
        socket->component = g_path_get_basename(directory);
        socket->handler = handler;
        socket->userdata = userdata;
        socket->event = (FakeEvent) { .priority = LOOP_PRIORITY_NOTIFY, .handler = on_datagram, .userdata = socket };
        g_queue_init(&socket->datagrams);
        g_hash_table_insert(fake_os.sockets, g_strdup(socket->component), socket);
        *ret = socket;
        return 0;
}

int notify_listen(NotifySocket *socket)
{
        socket->is_listening = true;
        if (!g_queue_is_empty(&socket->datagrams))
                fake_event_queue(&socket->event, fake_now());
        return 0;
}

void notify_hold(NotifySocket *socket)
{
        socket->is_listening = false;
        fake_event_cancel(&socket->event);
}

void notify_free(NotifySocket *socket)
{
        if (!socket)
                return;

        socket->is_freed = true;
        if (!socket->is_dispatching)
                notify_destroy(socket);
}

void notify_leave(NotifySocket *socket)
{
        notify_free(socket);
}

/* To a component without a socket it is lost, as a datagram is. */
void fake_os_notify_from(const char *name, pid_t sender, const char *text)
{
        NotifySocket *socket = g_hash_table_lookup(fake_os.sockets, name);
        Datagram *datagram;

        if (!socket)
                return;
        datagram = g_new0(Datagram, 1);
        *datagram = (Datagram) { sender, g_strdup(text) };
        g_queue_push_tail(&socket->datagrams, datagram);
        if (socket->is_listening && !socket->event.place)
                fake_event_queue(&socket->event, fake_now());
}

void fake_os_notify(const char *name, const char *text)
{
        fake_os_notify_from(name, process_pid(fake_process(name)), text);
}
