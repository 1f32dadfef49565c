/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history.h"

#include <assert.h>
#include <string.h>

struct History {
        Observers *observers; /* borrowed */
        RunEvent *ring;       /* capacity; sequence s stands at s % capacity */
        uint32_t capacity;
        uint64_t first, next;
};

static void forget(RunEvent *event)
{
        if (event->component)
                g_ref_string_release((char *) event->component);
        g_free((char *) event->text);
        *event = (RunEvent){0};
}

/* A character is never cut in two. */
static char *copy_text(const char *text)
{
        size_t n = strnlen(text, HISTORY_TEXT_MAX + 1);

        if (n > HISTORY_TEXT_MAX) {
                n = HISTORY_TEXT_MAX;
                while (n > 0 && ((unsigned char) text[n] & 0xc0) == 0x80)
                        n--;
        }
        return g_strndup(text, n);
}

static void on_event(const RunEvent *event, void *userdata)
{
        History *history = userdata;
        RunEvent *slot = &history->ring[event->sequence % history->capacity];

        if (run_event_is_hint(event->kind))
                return;
        if (event->sequence != history->next)
                history->first = event->sequence;
        history->next = event->sequence + 1;
        if (history->next - history->first > history->capacity)
                history->first = history->next - history->capacity;

        forget(slot);
        *slot = *event;
        /* Few names, many events: each name is kept once. */
        slot->component = event->component ? g_ref_string_new_intern(event->component) : NULL;
        slot->text = event->text ? copy_text(event->text) : NULL;
}

History *history_new(Observers *observers, uint32_t capacity)
{
        History *history = g_new0(History, 1);

        history->observers = observers;
        history->capacity = capacity > 0 ? capacity : HISTORY_CAPACITY;
        history->ring = g_new0(RunEvent, history->capacity);
        history->first = history->next = observers_sequence(observers) + 1;
        observers_add(observers, on_event, history);
        return history;
}

void history_free(History *history)
{
        if (!history)
                return;
        observers_remove(history->observers, on_event, history);
        for (uint32_t i = 0; i < history->capacity; i++)
                forget(&history->ring[i]);
        g_free(history->ring);
        g_free(history);
}

uint64_t history_first(const History *history)
{
        return history->first;
}

uint64_t history_next(const History *history)
{
        return history->next;
}

const RunEvent *history_get(const History *history, uint64_t sequence)
{
        const RunEvent *slot;

        if (sequence < history->first || sequence >= history->next)
                return NULL;
        slot = &history->ring[sequence % history->capacity];
        assert(slot->sequence == sequence);
        return slot;
}
