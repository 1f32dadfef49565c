/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve_fixture.h"

static void note(Asker *asker, int error, const Resolution *resolution, const DiagList *diags)
{
        asker->waiter = NULL;
        asker->n_answers++;
        asker->error = error;
        if (error == 0) {
                asker->resolution = *resolution;
                return;
        }
        assert_int_equal(diags->items->len, 1);
        const Diag *diag = diags->items->pdata[0];
        GString *path = g_string_new(NULL);

        for (guint i = 0; diag->path && i < diag->path->len; i++)
                g_string_append_printf(path, "%s%s", i > 0 ? ">" : "", ((const DiagStep *) diag->path->pdata[i])->name);
        assert_int_equal(diag->severity, SEVERITY_ERROR);
        asker->code = diag->code;
        asker->text = g_strdup(diag->text);
        asker->hint = g_strdup(diag->hint);
        asker->path = g_string_free(path, FALSE);
}

static void on_answer(int error, const Resolution *resolution, const DiagList *diags, void *userdata)
{
        note(userdata, error, resolution, diags);
}

int ask_for(Asker *asker, Fixture *fixture, ResolveRequest request)
{
        Resolution resolution = {0};
        g_auto(DiagList) diags;
        int r;

        diag_list_init(&diags);
        *asker = (Asker){.fixture = fixture};
        request.handler = on_answer;
        request.userdata = asker;
        r = container_resolve(fixture->container, &request, &resolution, &asker->waiter, &diags);
        assert_int_equal(asker->n_answers, 0); /* never from within the call */
        if (r != 0)
                note(asker, r < 0 ? r : 0, &resolution, &diags);
        else
                assert_int_equal(diags.items->len, 0);
        return r;
}

int ask(Asker *asker, Fixture *fixture, const char *key)
{
        return ask_for(asker, fixture, (ResolveRequest){.key = key, .requester = NODE_NONE});
}

int ask_as(Asker *asker, Fixture *fixture, const char *name, const char *key)
{
        return ask_for(asker, fixture, (ResolveRequest){.key = key, .requester = instance_of(fixture, name)->node});
}

void asker_done(Asker *asker)
{
        g_free(asker->text);
        g_free(asker->hint);
        g_free(asker->path);
        *asker = (Asker){0};
}

void assert_given(const Asker *asker, const char *name)
{
        if (asker->n_answers == 1 && asker->error < 0)
                fail_msg("'%s' was expected, and refused: %s", name, asker->text);
        assert_int_equal(asker->n_answers, 1);
        assert_int_equal(asker->resolution.kind, RESOLVED_COMPONENT);
        assert_int_equal(asker->resolution.node, instance_of(asker->fixture, name)->node);
}

void assert_refused(const Asker *asker, int error, DiagCode code)
{
        assert_int_equal(asker->n_answers, 1);
        assert_int_equal(asker->error, error);
        if (asker->code != code)
                fail_msg("%s was expected, not %s: %s", diag_code_names[code], diag_code_names[asker->code],
                         asker->text);
}

void assert_waits(const Asker *asker)
{
        assert_int_equal(asker->n_answers, 0);
        assert_non_null(asker->waiter);
}
