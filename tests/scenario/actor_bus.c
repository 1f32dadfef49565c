/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A component with Type=reeve: it answers its hooks over REEVE_BUS_FD, or does there what it should not. */
#include "actor.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#define PATH "/org/reeve/Reeve1"
#define LIFECYCLE "org.reeve.Reeve1.Lifecycle"
#define SESSION "org.reeve.Reeve1.Session"
#define ERROR "org.example.Error.Refused"
#define N_HOOKS 4
#define NEVER UINT64_MAX
#define LOOK_USEC 5000

static const struct {
        const char *member, *word;
} hooks[N_HOOKS] = {
        {"PostConstruct", "post-construct"},
        {"Startup", "startup"},
        {"Shutdown", "shutdown"},
        {"PreDestroy", "pre-destroy"},
};

/* An answer that is due later, or once a file is there as well. */
static struct {
        sd_bus_message *call;
        char *until;
        uint64_t due;
} answers[N_HOOKS];

static const char *script; /* words separated by commas */

static uint64_t now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t) time.tv_sec * 1000000 + (uint64_t) time.tv_nsec / 1000;
}

/* What follows NAME= in the script, or "" when it stands there alone; NULL: it does not. Not for long. */
static const char *find(const char *name)
{
        static __thread char value[512];

        words_each(script, word)
        {
                size_t n = strlen(name);

                if (strncmp(word, name, n) == 0 && (word[n] == '\0' || word[n] == '=')) {
                        snprintf(value, sizeof(value), "%s", word[n] ? word + n + 1 : "");
                        return value;
                }
        }
        return NULL;
}

static const char *find_hook(int hook, const char *what)
{
        char name[64];

        snprintf(name, sizeof(name), "%s:%s", hooks[hook].word, what);
        return find(name);
}

static uint64_t msec(const char *text)
{
        return strtoull(text, NULL, 10) * 1000;
}

static void answer(int hook, sd_bus_message *call)
{
        const char *error = find_hook(hook, "error");

        actor_log("answer", hooks[hook].word);
        if (error)
                sd_bus_reply_method_errorf(call, ERROR, "%s", *error ? error : "no");
        else
                sd_bus_reply_method_return(call, NULL);
        if (find_hook(hook, "answer-and-exit")) {
                sd_bus_flush(sd_bus_message_get_bus(call));
                _exit(0);
        }
}

static void misbehave(int hook, sd_bus *bus)
{
        const char *value;

        if ((value = find_hook(hook, "block")))
                usleep((useconds_t) msec(value));
        if ((value = find_hook(hook, "exit")))
                _exit(atoi(value));
        if ((value = find_hook(hook, "signal")))
                raise(atoi(value));
        if (find_hook(hook, "close"))
                sd_bus_close(bus);
}

/* "resolved KEY VALUE…" or "resolved KEY ERROR" */
static int on_resolved(sd_bus_message *reply, void *userdata, sd_bus_error *ret)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        const char *key = userdata, *instance, *name, *value;
        char text[900];
        size_t n = (size_t) snprintf(text, sizeof(text), "%s", key);

        if (error)
                snprintf(text + n, sizeof(text) - n, " %s", error->name);
        else if (sd_bus_message_read(reply, "o", &instance) >= 0 &&
                 sd_bus_message_enter_container(reply, 'a', "{ss}") >= 0)
                while (sd_bus_message_read(reply, "{ss}", &name, &value) > 0 && n < sizeof(text) - 200)
                        n += (size_t) snprintf(text + n, sizeof(text) - n, " %s=%.100s", name, value);
        actor_log("resolved", text);
        for (int i = 0; i < N_HOOKS; i++)
                if (answers[i].call && find_hook(i, "resolve"))
                        answers[i].due = 0;
        return 0;
}

static void resolve(sd_bus *bus, const char *key, const char *timeout_msec)
{
        char *name = strdup(key);

        if (timeout_msec)
                sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Resolve", on_resolved, name, "ssa{sv}", name,
                                         "", 1, "timeout-usec", "t", msec(timeout_msec));
        else
                sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Resolve", on_resolved, name, "ssa{sv}", name,
                                         "", 0);
}

static int on_invalidated(sd_bus_message *signal, void *userdata, sd_bus_error *ret)
{
        const char *key;
        char text[900] = "";
        size_t n = 0;

        if (sd_bus_message_enter_container(signal, 'a', "s") >= 0)
                while (sd_bus_message_read(signal, "s", &key) > 0 && n < sizeof(text) - 200)
                        n += (size_t) snprintf(text + n, sizeof(text) - n, "%s%.100s", n ? " " : "", key);
        actor_log("invalidated", text);
        if (find("again"))
                resolve(sd_bus_message_get_bus(signal), find("resolve"), NULL);
        return 0;
}

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *ret)
{
        const char *value, *key;
        uint64_t timeout = 0;
        char text[64];

        for (int i = 0; i < N_HOOKS; i++) {
                if (!sd_bus_message_is_method_call(call, LIFECYCLE, hooks[i].member) || find_hook(i, "absent") ||
                    find("no-lifecycle"))
                        continue;
                actor_log("hook", hooks[i].word);
                if (sd_bus_message_enter_container(call, 'a', "{sv}") >= 0 &&
                    sd_bus_message_read(call, "{sv}", &key, "t", &timeout) > 0) {
                        snprintf(text, sizeof(text), "%llu", (unsigned long long) timeout);
                        actor_log("timeout", text);
                }
                misbehave(i, sd_bus_message_get_bus(call));
                if (find_hook(i, "never"))
                        return 1;
                answers[i].until = find_hook(i, "until") ? strdup(find_hook(i, "until")) : NULL;
                value = find_hook(i, "late");
                key = find_hook(i, "resolve") ? strdup(find_hook(i, "resolve")) : NULL;
                if (key) { /* answers when that is answered */
                        answers[i].call = sd_bus_message_ref(call);
                        answers[i].due = NEVER;
                        resolve(sd_bus_message_get_bus(call), key, NULL);
                } else if (value || answers[i].until) {
                        answers[i].call = sd_bus_message_ref(call);
                        answers[i].due = value ? now() + msec(value) : 0;
                } else {
                        answer(i, call);
                }
                return 1;
        }
        return 0;
}

static uint64_t answer_due(void)
{
        uint64_t next = NEVER;

        for (int i = 0; i < N_HOOKS; i++) {
                if (!answers[i].call)
                        continue;
                if (answers[i].until && access(answers[i].until, F_OK) < 0) {
                        next = next < now() + LOOK_USEC ? next : now() + LOOK_USEC;
                } else if (answers[i].due <= now()) {
                        answer(i, answers[i].call);
                        answers[i].call = sd_bus_message_unref(answers[i].call);
                } else if (answers[i].due < next) {
                        next = answers[i].due;
                }
        }
        return next;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *ret)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        char text[256];

        snprintf(text, sizeof(text), "%s %s", (const char *) userdata, error ? error->name : "ok");
        actor_log("reply", text);
        return 0;
}

static void call(sd_bus *bus, const char *path, const char *interface, const char *member, const char *argument)
{
        sd_bus_call_method_async(bus, NULL, NULL, path, interface, member, on_reply, (void *) member,
                                 argument ? "s" : NULL, argument);
}

static int on_options_reply(sd_bus_message *reply, void *userdata, sd_bus_error *ret)
{
        return on_reply(reply, userdata, ret);
}

static void say_ready(sd_bus *bus)
{
        sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Ready", on_options_reply, (void *) "Ready", "a{sv}",
                                 0);
}

/* What a component has no business with: none of it may succeed. */
static void pry(sd_bus *bus)
{
        call(bus, PATH, "org.reeve.Reeve1.Container", "Shutdown", NULL);
        call(bus, PATH, "org.reeve.Reeve1.Container", "GetStartup", NULL);
        call(bus, PATH, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL);
        call(bus, PATH "/component/other", "org.freedesktop.DBus.Properties", "GetAll",
             "org.reeve.Reeve1.Component");
        call(bus, "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser", ":1.0");
}

/* As many calls as come to be answered. */
static int on_flood(sd_bus_message *reply, void *userdata, sd_bus_error *ret)
{
        static unsigned n;

        sd_bus_call_method_async(sd_bus_message_get_bus(reply), NULL, NULL, PATH, SESSION, "Status", on_flood, NULL,
                                 "s", n++ % 2 ? "tic" : "tac");
        return 0;
}

/* Calls that are never read the answers of. */
static void flood_deaf(sd_bus *bus)
{
        for (;;) {
                sd_bus_message *message = NULL;
                uint64_t cookie;

                if (sd_bus_message_new_method_call(bus, &message, NULL, PATH, "org.freedesktop.DBus.Introspectable",
                                                   "Introspect") < 0 ||
                    sd_bus_send(bus, message, &cookie) < 0 || sd_bus_flush(bus) < 0)
                        pthread_exit(NULL);
                sd_bus_message_unref(message);
        }
}

static void publish(sd_bus *bus, const char *endpoint)
{
        char *name = strdup(endpoint), *value = strchr(name, ':');

        if (value)
                *value++ = '\0';
        sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Publish", on_reply, name, "ssa{sv}", name,
                                 value ? value : "", 0);
}

static void begin(sd_bus *bus)
{
        const char *value;

        sd_bus_match_signal_async(bus, NULL, NULL, PATH, SESSION, "Invalidated", on_invalidated, NULL, NULL);
        words_each(script, word) if (strncmp(word, "publish=", 8) == 0) publish(bus, word + 8);
        if ((value = find("resolve"))) {
                char *key = strdup(value);

                resolve(bus, key, find("timeout"));
        }
        if (find("release"))
                sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Release", on_reply, (void *) "Release", "ss",
                                         find("release"), "");

        if ((value = find("status")))
                call(bus, PATH, SESSION, "Status", value);
        if ((value = find("extend")))
                sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "ExtendTimeout", on_reply,
                                         (void *) "ExtendTimeout", "t", msec(value));
        if (find("pry"))
                pry(bus);
        for (int i = 0; find("flood") && i < 200; i++)
                sd_bus_call_method_async(bus, NULL, NULL, PATH, SESSION, "Status", on_flood, NULL, "s", "begin");
        if (find("deaf"))
                flood_deaf(bus);
}

static void *serve(void *unused)
{
        int fd = atoi(getenv("REEVE_BUS_FD"));
        uint64_t ready_at = NEVER, close_at = NEVER;
        const char *value;
        sd_bus *bus;

        if ((value = find("connect-on")))
                while (access(value, F_OK) < 0)
                        usleep(LOOK_USEC);
        if ((value = find("garbage"))) {
                (void) !write(fd, value, strlen(value));
                return NULL;
        }
        if (find("never-connect"))
                return NULL;
        if (sd_bus_new(&bus) < 0 || sd_bus_set_fd(bus, fd, fd) < 0 || sd_bus_start(bus) < 0 ||
            sd_bus_add_object(bus, NULL, PATH, on_call, NULL) < 0)
                _exit(71);
        begin(bus);
        if ((value = find("ready")))
                ready_at = now() + msec(value);
        if ((value = find("close")))
                close_at = now() + msec(value);
        for (;;) {
                uint64_t next = answer_due();
                int r = sd_bus_process(bus, NULL);

                if (r < 0) {
                        actor_log("bus", strerror(-r));
                        return NULL;
                }
                if (ready_at <= now()) {
                        say_ready(bus);
                        ready_at = NEVER;
                }
                if (close_at <= now()) {
                        sd_bus_close(bus);
                        return NULL;
                }
                if (r > 0)
                        continue;
                next = next < ready_at ? next : ready_at;
                next = next < close_at ? next : close_at;
                (void) sd_bus_wait(bus, next == NEVER ? NEVER : next > now() ? next - now() : 0);
        }
}

void bus_serve(const char *words)
{
        pthread_t thread;

        script = words;
        if (!getenv("REEVE_BUS_FD") || pthread_create(&thread, NULL, serve, NULL) != 0)
                _exit(72);
}
