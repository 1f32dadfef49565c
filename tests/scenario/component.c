/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A component with libreeve that writes down what it is told, as the actor does.
 *   component LOG [later=MSEC] [fail=HOOK] [publish=NAME] [resolve=KEY]
 * publish: with its pid as the value, before it is ready. resolve: in on_startup, and again whenever that is invalid.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <reeve.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

static int log_fd = -1;
static sd_event *event;
static const char *later, *failing, *published, *resolved;

static void note(const char *what, const char *detail)
{
        struct timespec now;

        (void) clock_gettime(CLOCK_MONOTONIC, &now);
        (void) dprintf(log_fd, "%" PRIu64 " %s %s %s\n",
                       (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000, getenv("REEVE_COMPONENT"), what,
                       detail);
}

static int on_later(sd_event_source *source, uint64_t usec, void *userdata)
{
        return reeve_reply_done(userdata, 0, NULL);
}

static int answer(reeve_reply *reply, const char *hook)
{
        note("hook", hook);
        if (failing && strcmp(failing, hook) == 0)
                return reeve_reply_done(reply, -EIO, "as it was told to");
        if (!later)
                return 0;
        if (sd_event_add_time_relative(event, NULL, CLOCK_MONOTONIC, strtoull(later, NULL, 10) * 1000, 1, on_later,
                                       reply) < 0)
                return -ENOMEM;
        return REEVE_LATER;
}

static void on_resolved(reeve_component *component, const reeve_resolution *resolution, void *userdata)
{
        const char *value = reeve_resolution_endpoint(resolution, "pid");

        note("resolved", value ? value : reeve_resolution_message(resolution));
}

static void ask(reeve_component *component)
{
        if (resolved && reeve_resolve(component, resolved, NULL, 0, on_resolved, NULL, NULL) < 0)
                note("resolved", "could not ask");
}

static int on_post_construct(reeve_component *component, reeve_reply *reply, void *userdata)
{
        char pid[16];

        (void) snprintf(pid, sizeof(pid), "%d", (int) getpid());
        if (published && reeve_publish(component, published, pid) < 0)
                return -EIO;
        return answer(reply, "post-construct");
}

static int on_startup(reeve_component *component, reeve_reply *reply, void *userdata)
{
        reeve_resolution *resolution;

        if (resolved && reeve_resolve_wait(component, resolved, NULL, 5000000, &resolution) >= 0) {
                on_resolved(component, resolution, NULL);
                reeve_resolution_unref(resolution);
        } else if (resolved)
                note("resolved", reeve_refusal(component));
        return answer(reply, "startup");
}

static int on_shutdown(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return answer(reply, "shutdown");
}

static int on_pre_destroy(reeve_component *component, reeve_reply *reply, void *userdata)
{
        return answer(reply, "pre-destroy");
}

static void on_invalidated(reeve_component *component, const char *const *keys, void *userdata)
{
        note("invalidated", keys[0] ? keys[0] : "everything");
        ask(component);
}

static void on_disconnected(reeve_component *component, int error, void *userdata)
{
        note("disconnected", strerror(-error));
        (void) sd_event_exit(event, 0);
}

static const reeve_ops ops = {.size = sizeof(ops),
                              .on_post_construct = on_post_construct,
                              .on_startup = on_startup,
                              .on_shutdown = on_shutdown,
                              .on_pre_destroy = on_pre_destroy,
                              .on_invalidated = on_invalidated,
                              .on_disconnected = on_disconnected};

static const char *option(const char *word, const char *name)
{
        size_t size = strlen(name);

        return strncmp(word, name, size) == 0 && word[size] == '=' ? word + size + 1 : NULL;
}

int main(int argc, char **argv)
{
        reeve_component *component;
        char pid[16];

        for (int i = 2; i < argc; i++) {
                later = later ? later : option(argv[i], "later");
                failing = failing ? failing : option(argv[i], "fail");
                published = published ? published : option(argv[i], "publish");
                resolved = resolved ? resolved : option(argv[i], "resolve");
        }
        log_fd = argc < 2 ? -1 : open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        (void) snprintf(pid, sizeof(pid), "%d", (int) getpid());
        note("start", pid);
        if (log_fd < 0 || sd_event_default(&event) < 0 || reeve_component_new(&ops, NULL, &component) < 0 ||
            reeve_attach_event(component, event, 0) < 0)
                return 1;
        (void) sd_event_loop(event);
        reeve_component_free(component);
        return 0;
}
