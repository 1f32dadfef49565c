/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/output.h"

#include <string.h>

#include "fake/fake_state.h"

struct Output {
        int descriptor;
        LineHandler handler;
        void *userdata;
};

typedef struct Line {
        FakeEvent event;
        int descriptor;
        char *text;
} Line;

int output_open(OutputTarget target, const char *path, const char *identifier)
{
        int r = fake_failure("output");

        return r < 0 ? r : fake_os.next_descriptor++;
}

int output_has_journal(void)
{
        return 0;
}

int output_new_lines(Loop *loop, LineHandler handler, void *userdata, Output **ret, int *ret_fd)
{
        int r = fake_failure("output");
        Output *output;

        if (r < 0)
                return r;
        output = g_new0(Output, 1);
        *output = (Output) { fake_os.next_descriptor++, handler, userdata };
        g_hash_table_insert(fake_os.outputs, GINT_TO_POINTER(output->descriptor), output);
        *ret = output;
        *ret_fd = output->descriptor;
        return 0;
}

void output_free(Output *output)
{
        if (!output)
                return;

        (void) g_hash_table_remove(fake_os.outputs, GINT_TO_POINTER(output->descriptor));
        g_free(output);
}

static void on_line(FakeEvent *event, void *userdata)
{
        Line *line = userdata;
        Output *output = g_hash_table_lookup(fake_os.outputs, GINT_TO_POINTER(line->descriptor));

        if (output)
                output->handler(line->text, strlen(line->text), 0, output->userdata);
        g_free(line->text);
        g_free(line);
}

void fake_os_line(const char *name, const char *text)
{
        const SpawnSpec *spec = fake_os_spec(name);
        Line *line = g_new0(Line, 1);

        g_assert(spec);
        line->descriptor = spec->output;
        line->text = g_strdup(text);
        line->event = (FakeEvent) { .priority = LOOP_PRIORITY_OUTPUT, .handler = on_line, .userdata = line };
        fake_event_queue(&line->event, fake_now());
}
