/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fixture.h"

static void on_fixture_event(const RunEvent *event, void *userdata)
{
        Fixture *fixture = userdata;

        assert_int_equal(event->sequence, fixture->last_sequence + 1); /* §63, §145: contiguous, in order */
        fixture->last_sequence = event->sequence;
        if (event->kind == RUN_TRANSITION)
                g_string_append_printf(fixture->trail, "%s %s>%s %s\n", event->component, state_names[event->from],
                                       state_names[event->to], event->reason);
}

void fixture_prepare(Fixture *fixture)
{
        static const FakeBehaviour good = {.ready_usec = 0, .exit_usec = FAKE_NEVER, .stop_usec = MS};

        *fixture = (Fixture){.trail = g_string_new(NULL)};
        fake_os_reset();
        fake_os_set_behaviour(NULL, &good);
        settings_init(&fixture->settings);
        fixture->settings.max_parallel_starts = 100;
        fixture->folder = g_dir_make_tmp("reeve-run-XXXXXX", NULL);
        assert_non_null(fixture->folder);
}

void fixture_load(Fixture *fixture, const char *const *modules)
{
        g_auto(DiagList) diags;
        const char *paths[] = {fixture->folder, NULL};

        diag_list_init(&diags);
        for (; *modules; modules += 2) {
                g_autofree char *path = g_build_filename(fixture->folder, modules[0], NULL);

                assert_true(g_file_set_contents(path, modules[1], -1, NULL));
        }
        assert_int_equal(loop_new(&fixture->loop), 0);
        assert_int_equal(process_host_new(fixture->loop, true, &fixture->host), 0);
        assert_int_equal(runtime_directory_new("/fake", &fixture->directory), 0);
        assert_int_equal(container_new(&(ContainerOptions){.settings = &fixture->settings,
                                                           .loop = fixture->loop,
                                                           .host = fixture->host,
                                                           .directory = fixture->directory,
                                                           .is_foreground = true},
                                       &fixture->container),
                         0);
        observers_add(container_observers(fixture->container), on_fixture_event, fixture);
        if (container_load(fixture->container, &(LoadRequest){.settings = &fixture->settings, .paths = paths}, false, &diags) < 0)
                fail_msg("%s", ((Diag *) diags.items->pdata[0])->text);
}

void fixture_init(Fixture *fixture, const char *const *modules)
{
        fixture_prepare(fixture);
        fixture_load(fixture, modules);
}

void fixture_start(Fixture *fixture)
{
        container_start(fixture->container);
        fake_os_run();
}

void fixture_done(Fixture *fixture)
{
        g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
        const char *name;

        container_free(fixture->container);
        process_host_free(fixture->host);
        runtime_directory_free(fixture->directory);
        loop_free(fixture->loop);
        settings_done(&fixture->settings);
        while (folder && (name = g_dir_read_name(folder))) {
                g_autofree char *path = g_build_filename(fixture->folder, name, NULL);

                (void) g_unlink(path);
        }
        (void) g_rmdir(fixture->folder);
        g_free(fixture->folder);
        g_string_free(fixture->trail, TRUE);
}

const Instance *instance_of(const Fixture *fixture, const char *name)
{
        int64_t node = registry_find_component(container_plan(fixture->container)->registry, name);

        assert_true(node >= 0);
        return container_instance(fixture->container, (uint32_t) node);
}

const char *state_of(const Fixture *fixture, const char *name)
{
        return state_names[instance_of(fixture, name)->state];
}

const char *container_word(const Fixture *fixture)
{
        return container_state_names[container_state(fixture->container)];
}

void fixture_run(Fixture *fixture, const char *text)
{
        fixture_init(fixture, (const char *const[]){"m.module", text, NULL});
        fixture_start(fixture);
}

void assert_order(const char *log, const char *a, const char *b)
{
        const char *first = strstr(log, a), *second = strstr(log, b);

        if (!first || !second || first >= second)
                fail_msg("expected %s before %s in:\n%s", a, b, log);
}
