/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "os/probe.h"

#include "fake/fake_state.h"

struct Probe {
        FakeEvent event;
        int error;
        ProbeHandler handler;
        void *userdata;
};

static void on_result(FakeEvent *event, void *userdata)
{
        Probe *probe = userdata;

        probe->handler(probe, probe->error, probe->userdata);
}

int probe_new(Loop *loop, const char *address, uint64_t timeout_usec, ProbeHandler handler, void *userdata, Probe **ret)
{
        gpointer error;
        int r = fake_failure("probe");
        Probe *probe;

        if (r < 0)
                return r;
        if (!g_hash_table_lookup_extended(fake_os.probes, address, NULL, &error))
                error = GINT_TO_POINTER(ECONNREFUSED);
        probe = g_new0(Probe, 1);
        *probe = (Probe) { .error = GPOINTER_TO_INT(error), .handler = handler, .userdata = userdata };
        probe->event = (FakeEvent) { .priority = LOOP_PRIORITY_TIMER, .handler = on_result, .userdata = probe };
        fake_event_queue(&probe->event, fake_now() + (probe->error == ETIMEDOUT ? timeout_usec : 0));
        *ret = probe;
        return 0;
}

void probe_free(Probe *probe)
{
        if (!probe)
                return;

        fake_event_cancel(&probe->event);
        g_free(probe);
}

void fake_os_set_probe(const char *address, int error)
{
        g_hash_table_insert(fake_os.probes, g_strdup(address), GINT_TO_POINTER(error));
}
