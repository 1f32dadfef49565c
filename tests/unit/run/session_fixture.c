/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session_fixture.h"

FakePeers fake_peers;

static int fake_open(Session *session, int fd, void *userdata, Peer **ret)
{
        Peer *peer;

        assert_ptr_equal(userdata, &fake_peers);
        assert_true(fd >= 0);
        peer = g_new0(Peer, 1);
        peer->name = session_component(session);
        peer->session = session;
        g_ptr_array_add(fake_peers.all, peer);
        g_hash_table_replace(fake_peers.latest, (gpointer) peer->name, peer);
        *ret = peer;
        return 0;
}

/* §75-77, §82: one at a time, in their order, each once */
static int fake_call(Peer *peer, Hook hook, uint64_t timeout_usec)
{
        assert_non_null(peer->session);
        assert_false(peer->is_asked);
        assert_int_equal(peer->called >> hook, 0);
        if (fake_peers.call_error != 0)
                return -fake_peers.call_error;
        peer->is_asked = true;
        peer->called |= 1u << hook;
        peer->hook = hook;
        peer->timeout_usec = timeout_usec;
        g_string_append_printf(fake_peers.log, "call %s %s\n", peer->name, hook_names[hook]);
        return 0;
}

static void fake_forget(Peer *peer)
{
        peer->is_asked = false;
        g_string_append_printf(fake_peers.log, "forget %s\n", peer->name);
}

static void fake_drain(Peer *peer)
{
        assert_non_null(peer->session);
}

static void fake_close(Peer *peer)
{
        assert_non_null(peer->session);
        peer->session = NULL;
        g_string_append_printf(fake_peers.log, "close %s\n", peer->name);
}

static const SessionOps fake_ops = {
        .open = fake_open, .call = fake_call, .forget = fake_forget, .drain = fake_drain, .close = fake_close,
};

void begin_unstarted(Fixture *fixture, const char *text)
{
        static const SessionSeam seam = {.ops = &fake_ops, .userdata = &fake_peers};

        fake_peers = (FakePeers){
                .latest = g_hash_table_new(g_str_hash, g_str_equal),
                .all = g_ptr_array_new_with_free_func(g_free),
                .log = g_string_new(NULL),
        };
        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
        container_set_sessions(fixture->container, &seam);
}

void begin(Fixture *fixture, const char *text)
{
        begin_unstarted(fixture, text);
        fixture_start(fixture);
}

void end(Fixture *fixture)
{
        fixture_done(fixture);
        for (guint i = 0; i < fake_peers.all->len; i++)
                assert_null(((Peer *) fake_peers.all->pdata[i])->session);
        g_hash_table_unref(fake_peers.latest);
        g_ptr_array_unref(fake_peers.all);
        g_string_free(fake_peers.log, TRUE);
}

Peer *peer_of(const char *name)
{
        Peer *peer = g_hash_table_lookup(fake_peers.latest, name);

        assert_non_null(peer);
        return peer;
}

void say_connected(const char *name)
{
        session_connected(peer_of(name)->session);
        fake_os_run();
}

void say(const char *name, SessionAnswer answer)
{
        Peer *peer = peer_of(name);

        assert_true(peer->is_asked);
        peer->is_asked = false;
        session_answer(peer->session, answer, answer == ANSWER_ERROR ? "org.example.No: no database" : NULL);
        fake_os_run();
}

void lose(const char *name)
{
        Peer *peer = peer_of(name);
        Session *session = g_steal_pointer(&peer->session);

        peer->is_asked = false;
        session_lost(session, "closed its connection");
        fake_os_run();
}

void bring_up(const char *name)
{
        say_connected(name);
        say(name, ANSWER_DONE);
        say(name, ANSWER_DONE);
}
