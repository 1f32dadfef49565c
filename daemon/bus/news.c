/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "news.h"

#include "api.h"
#include "dbus/names.h"
#include "link.h"
#include "marshal.h"

#define BITS 64u

void news_done(News *news)
{
        g_clear_pointer(&news->marks, g_free);
        g_clear_pointer(&news->changes, g_array_unref);
}

static void remember_change(News *news, uint64_t id)
{
        if (news->changes->len == 0 || g_array_index(news->changes, uint64_t, news->changes->len - 1) < id)
                g_array_append_val(news->changes, id);
}

void news_subscribe(News *news, Link *link)
{
        const GPtrArray *changes;

        if (news->is_subscribed || !link->context->history)
                return;
        changes = container_changes(link->context->container);
        news->is_subscribed = true;
        news->changes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
        for (guint i = 0; i < changes->len; i++)
                remember_change(news, ((const Change *) g_ptr_array_index(changes, i))->id);
        news->cursor = history_next(link->context->history);
}

bool news_is_due(const News *news, const Link *link)
{
        return news->is_subscribed && (news->cursor < history_next(link->context->history) || news->n_marked > 0 ||
                                       news->is_container_marked || news->are_changes_due);
}

static uint32_t count_nodes(const Link *link)
{
        const Plan *plan = container_plan(link->context->container);

        return plan ? plan->n_components : 0;
}

static void make_room(News *news, uint32_t n_nodes)
{
        uint32_t old = (news->n_nodes + BITS - 1) / BITS, new = (n_nodes + BITS - 1) / BITS;

        if (n_nodes <= news->n_nodes)
                return;
        news->marks = g_renew(uint64_t, news->marks, new);
        for (uint32_t i = old; i < new; i++)
                news->marks[i] = 0;
        news->n_nodes = n_nodes;
}

static void mark(News *news, uint32_t node)
{
        uint64_t bit = UINT64_C(1) << (node % BITS);

        if (node >= news->n_nodes || (news->marks[node / BITS] & bit))
                return;
        news->marks[node / BITS] |= bit;
        news->n_marked++;
}

void news_mark(News *news, const Link *link, uint32_t node)
{
        if (!news->is_subscribed)
                return;
        make_room(news, count_nodes(link));
        mark(news, node);
}

/* The ring has gone round: which components changed is not known any more. */
static void skip_lost(News *news, const Link *link)
{
        news->cursor = history_first(link->context->history);
        news->is_container_marked = true;
        for (uint32_t node = 0; node < count_nodes(link); node++)
                mark(news, node);
}

static uint32_t next_marked(News *news)
{
        uint32_t n_words = (news->n_nodes + BITS - 1) / BITS, node;

        while (news->marks[news->next_word % n_words] == 0)
                news->next_word++;
        news->next_word %= n_words;
        node = news->next_word * BITS + (uint32_t) __builtin_ctzll(news->marks[news->next_word]);
        news->marks[news->next_word] &= news->marks[news->next_word] - 1;
        news->n_marked--;
        return node;
}

static void send_event(const RunEvent *event, sd_bus *connection)
{
        sd_bus_message *message = NULL;
        int r = sd_bus_message_new_signal(connection, &message, REEVE_PATH, REEVE_CONTAINER_INTERFACE, "Event");

        if (r >= 0)
                r = marshal_event(message, event);
        if (r >= 0)
                (void) sd_bus_send(connection, message, NULL);
        sd_bus_message_unref(message);
}

static void note(News *news, const RunEvent *event)
{
        if (event->node != RUN_NO_NODE)
                mark(news, event->node);
        if (event->kind == RUN_TRANSITION || event->kind == RUN_CONTAINER || event->kind == RUN_STARTUP_FINISHED)
                news->is_container_marked = true;
}

static void tell_change(News *news, Link *link, uint64_t id)
{
        guint n = news->changes->len;

        if (!container_find_change(link->context->container, id))
                return;
        remember_change(news, id);
        api_change_emit(link, id, news->changes->len > n);
}

/* Both lists rise. False: all that the client has heard of are still there. */
static bool tell_gone(News *news, Link *link)
{
        const GPtrArray *present = container_changes(link->context->container);
        guint at = 0;

        for (guint i = 0; i < news->changes->len; i++) {
                uint64_t id = g_array_index(news->changes, uint64_t, i);

                while (at < present->len && ((const Change *) g_ptr_array_index(present, at))->id < id)
                        at++;
                if (at < present->len && ((const Change *) g_ptr_array_index(present, at))->id == id)
                        continue;
                g_array_remove_index(news->changes, i);
                api_change_emit_gone(link, id);
                return true;
        }
        return false;
}

static void tell_event(News *news, Link *link, const RunEvent *event)
{
        sd_bus *connection = link->pump.connection;

        send_event(event, connection);
        note(news, event);
        if (event->kind == RUN_CHANGE)
                tell_change(news, link, event->number);
        else if (event->kind == RUN_STARTUP_FINISHED)
                api_container_emit_started(link);
}

static bool tell_one(News *news, Link *link)
{
        const History *history = link->context->history;

        if (news->are_changes_due) {
                news->are_changes_due = tell_gone(news, link);
        } else if (news->cursor < history_next(history)) {
                const RunEvent *event;

                if (news->cursor < history_first(history))
                        skip_lost(news, link);
                event = history_get(history, news->cursor);
                if (!event)
                        return true;
                news->cursor++;
                tell_event(news, link, event);
        } else if (news->n_marked > 0) {
                api_component_emit(link, next_marked(news));
        } else if (news->is_container_marked) {
                news->is_container_marked = false;
                api_container_emit(link);
        } else {
                return false;
        }
        return true;
}

bool news_tell(News *news, Link *link)
{
        if (!news->is_subscribed || !link->pump.is_ready || link->pump.is_ended)
                return false;
        make_room(news, count_nodes(link));
        for (unsigned n = 0; n < NEWS_A_TURN; n++)
                if (pump_queued(&link->pump) >= NEWS_QUEUED_MAX || !tell_one(news, link))
                        return false;
        return true;
}
