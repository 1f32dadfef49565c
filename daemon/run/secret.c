/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secret.h"

#include <string.h>

#include "os/credential.h"

static void add(GArray *files, const char *name, const char *bytes, size_t n_bytes)
{
        CredentialFile file = {.name = name, .bytes = bytes, .n_bytes = n_bytes};

        for (guint i = 0; i < files->len; i++)
                if (g_str_equal(g_array_index(files, CredentialFile, i).name, name))
                        return;
        g_array_append_val(files, file);
}

static void add_value(GArray *files, const char *name, const Value *value)
{
        if (value)
                add(files, name, value->text, strlen(value->text));
}

static void add_loaded(const Registry *registry, const CredentialSpec *spec, GArray *files)
{
        for (uint32_t i = 0; spec && i < spec->n; i++) {
                const Credential *credential = &spec->list[i];

                if (credential->bytes)
                        add(files, credential->name, credential->bytes, credential->n_bytes);
                else
                        add_value(files, credential->name, registry_find_value(registry, credential->name));
        }
}

/* A reference to a secret needs no LoadCredential= beside it. */
static void add_referred(const Registry *registry, const Wiring *wiring, GArray *files)
{
        for (uint32_t i = 0; i < wiring->n_refs; i++) {
                const Ref *ref = &wiring->refs[i];
                const Value *value = ref->kind == REF_REQUIRES || ref->kind == REF_WANTS
                                             ? registry_find_value(registry, ref->key)
                                             : NULL;

                if (value && value->is_secret)
                        add_value(files, ref->key, value);
        }
}

int secret_hand_over(const Engine *engine, Instance *instance, uid_t uid, gid_t gid, char **ret)
{
        const Definition *definition = engine_definition(engine, instance);
        g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(CredentialFile));
        int r;

        *ret = NULL;
        add_loaded(engine->plan->registry, definition->process->credentials, files);
        add_referred(engine->plan->registry, definition->wiring, files);
        if (files->len == 0)
                return 0;
        r = credential_write(engine->host.directory, definition->name, (const CredentialFile *) (void *) files->data,
                             files->len, uid, gid, ret);
        instance->has_secrets = r == 0;
        return r;
}

char *secret_folder(const Engine *engine, const Instance *instance)
{
        return instance->has_secrets ? credential_folder(engine->host.directory,
                                                         engine_definition(engine, instance)->name)
                                     : NULL;
}

void secret_take_back(const Engine *engine, Instance *instance)
{
        if (!instance->has_secrets)
                return;
        instance->has_secrets = false;
        credential_remove(engine->host.directory, engine_definition(engine, instance)->name);
}
