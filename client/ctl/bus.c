/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bus_address.h"
#include "clock.h"

#define OPEN_TIMEOUT_USEC UINT64_C(5000000) /* P31: the daemon gives an unauthenticated peer as long */
#define CALL_TIMEOUT_USEC UINT64_C(15000000)
#define BROKER "org.freedesktop.DBus"
#define BROKER_PATH "/org/freedesktop/DBus"
#define AUTH_LINE_MAX 4096
#define READ_BYTES 65536
#define SIGNALS_MAX 65536 /* a ring of the daemon holds fewer events; what is lost is read from there */

struct Bus {
        int fd;
        uint32_t serial;
        uint64_t opened_usec;
        bool is_authenticated, is_broker;
        GString *out;       /* not sent yet */
        GByteArray *in;     /* received and not a whole message yet */
        GPtrArray *replies; /* of WireMessage: came before they were waited for */
        GQueue signals;     /* of WireMessage */
};

static void free_message(gpointer message)
{
        wire_message_free(message);
}

void bus_error_done(BusError *error)
{
        g_clear_pointer(&error->name, g_free);
        g_clear_pointer(&error->message, g_free);
}

bool bus_error_is(const BusError *error, const char *name)
{
        return g_strcmp0(error->name, name) == 0;
}

void bus_free(Bus *bus)
{
        if (!bus)
                return;
        (void) close(bus->fd);
        g_string_free(bus->out, TRUE);
        g_byte_array_unref(bus->in);
        g_ptr_array_unref(bus->replies);
        g_queue_clear_full(&bus->signals, free_message);
        g_free(bus);
}

/* BEGIN goes out with the rest: what follows is read only once we are let in. */
static void append_authentication(GString *out)
{
        g_autofree char *uid = g_strdup_printf("%u", (unsigned) geteuid());

        g_string_append_c(out, '\0');
        g_string_append(out, "AUTH EXTERNAL ");
        for (const char *c = uid; *c; c++)
                g_string_append_printf(out, "%02x", (unsigned) *c);
        g_string_append(out, "\r\nBEGIN\r\n");
}

int bus_open(const char *address, Bus **ret)
{
        uint64_t now = clock_monotonic();
        Bus *bus;
        int fd = bus_address_connect(address, now + OPEN_TIMEOUT_USEC);

        if (fd < 0)
                return fd;
        bus = g_new0(Bus, 1);
        bus->fd = fd;
        bus->opened_usec = now;
        bus->out = g_string_new(NULL);
        bus->in = g_byte_array_new();
        bus->replies = g_ptr_array_new_with_free_func(free_message);
        append_authentication(bus->out);
        *ret = bus;
        return 0;
}

static int flush(Bus *bus)
{
        while (bus->out->len > 0) {
                ssize_t n = send(bus->fd, bus->out->str, bus->out->len, MSG_NOSIGNAL);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno == EAGAIN ? 0 : -errno;
                g_string_erase(bus->out, 0, n);
        }
        return 0;
}

/* "OK …" is all that is waited for; anything else is a refusal. */
static int read_authentication(Bus *bus)
{
        const uint8_t *end = memchr(bus->in->data, '\n', bus->in->len);

        if (!end)
                return bus->in->len > AUTH_LINE_MAX ? -EBADMSG : 0;
        if (bus->in->len < 3 || memcmp(bus->in->data, "OK ", 3) != 0)
                return bus->in->data[0] == 'R' ? -EPERM : -EBADMSG;
        bus->is_authenticated = true;
        g_byte_array_remove_range(bus->in, 0, (guint) (end - bus->in->data) + 1);
        return 0;
}

static void keep(Bus *bus, WireMessage *message)
{
        if (message->type == WIRE_RETURN || message->type == WIRE_ERROR) {
                g_ptr_array_add(bus->replies, message);
        } else if (message->type == WIRE_SIGNAL && bus->signals.length < SIGNALS_MAX) {
                g_queue_push_tail(&bus->signals, message);
        } else {
                wire_message_free(message); /* nobody calls us */
        }
}

static int read_messages(Bus *bus)
{
        size_t at = 0;
        int r = 0;

        while (r >= 0 && bus->in->len - at >= WIRE_HEAD_BYTES) {
                WireMessage *message = NULL;
                size_t size;

                r = wire_size(bus->in->data + at, &size);
                if (r < 0 || size > bus->in->len - at)
                        break;
                r = wire_parse(bus->in->data + at, size, &message);
                if (r < 0)
                        break;
                keep(bus, message);
                at += size;
        }
        g_byte_array_remove_range(bus->in, 0, (guint) at);
        return MIN(r, 0);
}

static int receive(Bus *bus)
{
        guint used = bus->in->len;
        ssize_t n;
        int r = 0;

        g_byte_array_set_size(bus->in, used + READ_BYTES);
        n = recv(bus->fd, bus->in->data + used, READ_BYTES, 0);
        g_byte_array_set_size(bus->in, used + (guint) MAX(n, 0));
        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (n == 0)
                return -ECONNRESET;
        if (!bus->is_authenticated)
                r = read_authentication(bus);
        return r < 0 || !bus->is_authenticated ? r : read_messages(bus);
}

/* One turn: sends and receives what can be without END_USEC passing. -ETIMEDOUT: it has passed. */
static int turn(Bus *bus, uint64_t end_usec)
{
        struct pollfd wait = {.fd = bus->fd, .events = POLLIN};
        uint64_t now = clock_monotonic(), end = end_usec;
        struct timespec rest;
        int r;

        if (!bus->is_authenticated)
                end = MIN(end, bus->opened_usec + OPEN_TIMEOUT_USEC);
        r = flush(bus);
        if (r < 0 && r != -EPIPE) /* what was said before the end is still to be read */
                return r;
        if (now >= end)
                return -ETIMEDOUT;
        wait.events = (short) (bus->out->len > 0 && r >= 0 ? POLLIN | POLLOUT : POLLIN);
        rest.tv_sec = (time_t) ((end - now) / 1000000);
        rest.tv_nsec = (long) ((end - now) % 1000000 * 1000);
        r = ppoll(&wait, 1, end == UINT64_MAX ? NULL : &rest, NULL);
        if (r < 0)
                return errno == EINTR ? 0 : -errno;
        return r > 0 && wait.revents & (POLLIN | POLLHUP | POLLERR) ? receive(bus) : 0;
}

int bus_send(Bus *bus, const WireTarget *target, uint32_t *ret_serial, const char *types, va_list list)
{
        int r = wire_append_call(bus->out, ++bus->serial, target, types, list);

        if (r >= 0)
                *ret_serial = bus->serial;
        return r;
}

static WireMessage *take_reply(Bus *bus, uint32_t serial)
{
        for (guint i = 0; i < bus->replies->len; i++)
                if (((WireMessage *) bus->replies->pdata[i])->reply_serial == serial)
                        return g_ptr_array_steal_index(bus->replies, i);
        return NULL;
}

static int fail(const WireMessage *reply, BusError *error)
{
        const JsonNode *text = json_array_get_element(reply->body, 0);

        bus_error_done(error);
        error->name = g_strdup(reply->error ? reply->error : "");
        error->message = g_strdup(json_node_type(text) == JSON_STRING ? json_node_get_string(text) : error->name);
        return -EIO;
}

int bus_wait_reply(Bus *bus, uint32_t serial, BusError *error, JsonArray **ret)
{
        return bus_wait_reply_until(bus, serial, clock_monotonic() + CALL_TIMEOUT_USEC, error, ret);
}

int bus_wait_reply_until(Bus *bus, uint32_t serial, uint64_t end_usec, BusError *error, JsonArray **ret)
{
        for (;;) {
                g_autoptr(WireMessage) reply = take_reply(bus, serial);
                int r;

                if (reply && reply->type == WIRE_ERROR)
                        return fail(reply, error);
                if (reply) {
                        *ret = json_array_ref(reply->body);
                        return 0;
                }
                r = turn(bus, end_usec);
                if (r < 0)
                        return r;
        }
}

int bus_call(Bus *bus, const WireTarget *target, BusError *error, JsonArray **ret, const char *types, ...)
{
        uint32_t serial;
        va_list list;
        int r;

        va_start(list, types);
        r = bus_send(bus, target, &serial, types, list);
        va_end(list);
        return r < 0 ? r : bus_wait_reply(bus, serial, error, ret);
}

static const WireTarget hello = {BROKER, BROKER_PATH, BROKER, "Hello"};
static const WireTarget add_match = {BROKER, BROKER_PATH, BROKER, "AddMatch"};

int bus_open_broker(const char *address, Bus **ret)
{
        g_autoptr(JsonArray) reply = NULL;
        g_auto(BusError) error = {0};
        g_autoptr(Bus) bus = NULL;
        int r = bus_open(address, &bus);

        if (r >= 0)
                r = bus_call(bus, &hello, &error, &reply, "");
        if (r < 0)
                return r;
        bus->is_broker = true;
        *ret = g_steal_pointer(&bus);
        return 0;
}

int bus_subscribe(Bus *bus, const char *rule)
{
        g_autoptr(JsonArray) reply = NULL;
        g_auto(BusError) error = {0};

        return bus->is_broker ? bus_call(bus, &add_match, &error, &reply, "s", rule) : 0;
}

int bus_take_signal(Bus *bus, uint64_t end_usec, WireMessage **ret)
{
        for (;;) {
                int r;

                *ret = g_queue_pop_head(&bus->signals);
                if (*ret)
                        return 1;
                r = turn(bus, end_usec);
                if (r < 0)
                        return r == -ETIMEDOUT ? 0 : r;
        }
}
