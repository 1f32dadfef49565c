/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

static const char *const files[] = {"m.module", "n.module", "o.module"};

void fixture_init(Fixture *fixture, const char *text)
{
        fixture_init_modules(fixture, (const char *const[]){text, NULL}, 100);
}

void fixture_init_modules(Fixture *fixture, const char *const *texts, uint32_t n_slots)
{
        static const FakeBehaviour good = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = 1000};
        g_auto(DiagList) diags;
        const char *paths[2] = {NULL};

        *fixture = (Fixture){0};
        diag_list_init(&diags);
        fake_os_reset();
        fake_os_set_behaviour(NULL, &good);
        settings_init(&fixture->settings);
        fixture->settings.max_parallel_starts = n_slots;
        fixture->folder = g_dir_make_tmp("reeve-observe-XXXXXX", NULL);
        assert_non_null(fixture->folder);
        for (size_t i = 0; texts[i]; i++) {
                g_autofree char *path = g_build_filename(fixture->folder, files[i], NULL);

                assert_true(g_file_set_contents(path, texts[i], -1, NULL));
        }
        assert_int_equal(loop_new(&fixture->loop), 0);
        assert_int_equal(process_host_new(fixture->loop, true, -1, &fixture->host), 0);
        assert_int_equal(runtime_directory_new("/fake", &fixture->directory), 0);
        assert_int_equal(container_new(&(ContainerOptions){.settings = &fixture->settings,
                                                           .loop = fixture->loop,
                                                           .host = fixture->host,
                                                           .directory = fixture->directory,
                                                           .is_foreground = true,
                                                           .entry_usec = clock_monotonic()},
                                       &fixture->container),
                         0);
        fixture->metrics = metrics_new(fixture->container);
        paths[0] = fixture->folder;
        if (container_load(fixture->container, &(LoadRequest){.settings = &fixture->settings, .paths = paths}, false,
                           &diags) < 0)
                fail_msg("%s", ((Diag *) diags.items->pdata[0])->text);
}

void fixture_done(Fixture *fixture)
{
        metrics_free(fixture->metrics);
        container_free(fixture->container);
        process_host_free(fixture->host);
        runtime_directory_free(fixture->directory);
        loop_free(fixture->loop);
        settings_done(&fixture->settings);
        for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
                g_autofree char *path = g_build_filename(fixture->folder, files[i], NULL);

                (void) g_unlink(path);
        }
        (void) g_rmdir(fixture->folder);
        g_free(fixture->folder);
}

void fixture_start(Fixture *fixture)
{
        container_start(fixture->container);
        fake_os_run();
}

void fixture_warn(Fixture *fixture, const char *name, const char *reason, const char *text)
{
        RunEvent event = {.kind = RUN_WARNING, .node = RUN_NO_NODE, .component = name, .reason = reason, .text = text};

        if (name)
                event.node = (uint32_t) registry_find_component(container_plan(fixture->container)->registry, name);
        observers_emit(container_observers(fixture->container), &event);
}

char *read_all(int fd)
{
        GString *out = g_string_new(NULL);
        char bytes[65536];
        ssize_t n;

        while ((n = read(fd, bytes, sizeof(bytes))) > 0)
                g_string_append_len(out, bytes, n);
        return g_string_free(out, FALSE);
}

unsigned count_of(const char *text, const char *part)
{
        unsigned n = 0;

        for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
                n++;
        return n;
}

void assert_harmless(const char *text)
{
        assert_true(g_utf8_validate(text, -1, NULL));
        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
                gunichar character = g_utf8_get_char(at);

                if (character != '\n' && character != '\t' && g_unichar_iscntrl(character))
                        fail_msg("control character U+%04X in: %s", (unsigned) character, text);
        }
}

void assert_has(const char *text, const char *part)
{
        if (!strstr(text, part))
                fail_msg("“%s” is not in:\n%s", part, text);
}

void assert_has_not(const char *text, const char *part)
{
        if (strstr(text, part))
                fail_msg("“%s” is in:\n%s", part, text);
}
