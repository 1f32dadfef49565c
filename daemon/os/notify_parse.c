/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "notify_parse.h"

#include <limits.h>
#include <string.h>

#include "base/escape.h"

/* One line, not terminated, without NUL. */
typedef struct Span {
        const char *bytes;
        size_t n_bytes;
} Span;

typedef bool (*FieldParser)(Span value, NotifyMessage *message);

static bool parse_number(Span value, uint64_t max, uint64_t *ret)
{
        uint64_t number = 0;

        if (value.n_bytes == 0)
                return false;
        for (size_t i = 0; i < value.n_bytes; i++) {
                uint64_t digit = (uint64_t) (unsigned char) value.bytes[i] - '0';

                if (digit > 9 || number > (max - digit) / 10)
                        return false;
                number = number * 10 + digit;
        }
        *ret = number;
        return true;
}

/* The protocol knows no other value of a flag than 1; 0 says nothing. */
static bool parse_flag(Span value, bool *flag)
{
        if (value.n_bytes != 1 || (value.bytes[0] != '1' && value.bytes[0] != '0'))
                return false;
        if (value.bytes[0] == '1')
                *flag = true;
        return true;
}

static bool parse_ready(Span value, NotifyMessage *message)
{
        return parse_flag(value, &message->ready);
}

static bool parse_stopping(Span value, NotifyMessage *message)
{
        return parse_flag(value, &message->stopping);
}

static bool parse_reloading(Span value, NotifyMessage *message)
{
        return parse_flag(value, &message->reloading);
}

static bool parse_watchdog(Span value, NotifyMessage *message)
{
        if (value.n_bytes == strlen("trigger") && memcmp(value.bytes, "trigger", value.n_bytes) == 0) {
                message->watchdog_trigger = true;
                return true;
        }
        return parse_flag(value, &message->watchdog);
}

static bool parse_watchdog_usec(Span value, NotifyMessage *message)
{
        if (!parse_number(value, UINT64_MAX, &message->watchdog_usec))
                return false;
        message->has_watchdog_usec = true;
        return true;
}

static bool parse_errno(Span value, NotifyMessage *message)
{
        uint64_t number;

        if (!parse_number(value, 4095, &number))
                return false;
        message->has_errno = true;
        message->error = (int) number;
        return true;
}

static bool parse_main_pid(Span value, NotifyMessage *message)
{
        uint64_t number;

        if (!parse_number(value, INT_MAX, &number) || number == 0)
                return false;
        message->main_pid = (pid_t) number;
        return true;
}

static bool parse_extend(Span value, NotifyMessage *message)
{
        uint64_t number;

        if (!parse_number(value, UINT64_MAX, &number) || number == 0)
                return false;
        message->extend_usec = MIN(number, (uint64_t) NOTIFY_EXTEND_MAX);
        return true;
}

static bool parse_status(Span value, NotifyMessage *message)
{
        g_autoptr(GString) text = g_string_sized_new(MIN(value.n_bytes, NOTIFY_STATUS_MAX) + 1);

        escape_append(text, value.bytes, value.n_bytes, FALSE, NOTIFY_STATUS_MAX);
        g_free(message->status);
        message->status = g_string_free(g_steal_pointer(&text), FALSE);
        return true;
}

static bool parse_publish(Span value, NotifyMessage *message)
{
        guint n = message->publish ? g_strv_length(message->publish) : 0;

        if (n == NOTIFY_PUBLISH_MAX || value.n_bytes > NOTIFY_PUBLISH_MAX_BYTES ||
            !memchr(value.bytes, '=', value.n_bytes))
                return false;
        if (!message->publish)
                message->publish = g_new0(char *, NOTIFY_PUBLISH_MAX + 1);
        message->publish[n] = g_strndup(value.bytes, value.n_bytes);
        return true;
}

static const struct {
        const char *name; /* with its '=' */
        FieldParser parse;
} fields[] = {
        { "READY=", parse_ready },
        { "STATUS=", parse_status },
        { "WATCHDOG=", parse_watchdog },
        { "WATCHDOG_USEC=", parse_watchdog_usec },
        { "MAINPID=", parse_main_pid },
        { "STOPPING=", parse_stopping },
        { "RELOADING=", parse_reloading },
        { "ERRNO=", parse_errno },
        { "EXTEND_TIMEOUT_USEC=", parse_extend },
        { "X_REEVE_PUBLISH=", parse_publish },
};

static void parse_line(Span line, NotifyMessage *message)
{
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
                size_t n_name = strlen(fields[i].name);
                Span value = { line.bytes + n_name, line.n_bytes - n_name };

                if (line.n_bytes < n_name || memcmp(line.bytes, fields[i].name, n_name) != 0)
                        continue;
                if (!fields[i].parse(value, message))
                        message->n_malformed++;
                return;
        }
}

void notify_parse(const char *bytes, size_t n_bytes, NotifyMessage *ret)
{
        size_t begin = 0;

        *ret = (NotifyMessage) { 0 };
        while (begin < n_bytes) {
                const char *end = memchr(bytes + begin, '\n', n_bytes - begin);
                Span line = { bytes + begin, end ? (size_t) (end - bytes) - begin : n_bytes - begin };

                begin += line.n_bytes + 1;
                if (line.n_bytes == 0)
                        continue;
                if (memchr(line.bytes, '\0', line.n_bytes))
                        ret->n_malformed++;
                else
                        parse_line(line, ret);
        }
}

void notify_message_done(NotifyMessage *message)
{
        g_clear_pointer(&message->publish, g_strfreev);
        g_clear_pointer(&message->status, g_free);
}
