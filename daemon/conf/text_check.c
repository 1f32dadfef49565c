/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "text_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "template.h"
#include "template_name.h"

bool text_check_is_enough(const TextCheck *check)
{
        guint n = check->diags->items->len;

        /* Of one module; a line may hold a hundred thousand of them. */
        return n >= check->n_before + (n > ALL_MANY_FINDINGS ? MODULE_FEW_FINDINGS : MODULE_MAX_FINDINGS);
}

static const char *nearest_value(const TextCheck *check, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        if (check->diags->items->len > MAX_SUGGESTIONS)
                return NULL;
        for (guint i = 0; i < check->registry->values->len; i++)
                g_ptr_array_add(names, (void *) ((const Value *) check->registry->values->pdata[i])->name);
        return name_nearest((const char *const *) names->pdata, names->len, name);
}

void text_check_decorate(const TextCheck *check, Diag *diag, const char *key)
{
        diag_set_component(diag, check->component, check->module->name);
        diag_set_key(diag, key, NULL);
}

static bool is_hidden(const TextCheck *check, const Value *value)
{
        return value->module->is_private && value->module != check->module;
}

static void report_hidden(const TextCheck *check, const Value *value, const char *name)
{
        Diag *diag = diag_error(check->diags, DIAG_NOT_VISIBLE, check->origin,
                                "%s in %s is a value of the private module '%s'", name, check->what,
                                value->module->name);

        diag_add_source(diag, value->name, value->origin);
        text_check_decorate(check, diag, value->name);
}

/* A value that there is: it may be seen, and shown. */
static bool check_found(const TextCheck *check, const Value *value, const char *name)
{
        g_autofree char *template = g_strdup_printf("${%s}", name);
        Diag *diag;

        if (is_hidden(check, value))
                report_hidden(check, value, template);
        else if (value->is_secret) {
                diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                                  "%s in %s is a secret, which is handed over as a file and in no other way", template,
                                  check->what);
                diag_set_hint(diag, "write LoadCredential=%s, and let the program read $CREDENTIALS_DIRECTORY/%s",
                              value->name, value->name);
                text_check_decorate(check, diag, value->name);
        }
        return !is_hidden(check, value) && !value->is_secret;
}

static const char *nearest_member(const Value *value, const char *name)
{
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        for (uint32_t i = 0; i < value->n_members; i++)
                g_ptr_array_add(names, (void *) value->members[i].name);
        return name_nearest((const char *const *) names->pdata, names->len, name);
}

static void check_member(const TextCheck *check, const Value *value, const char *member, const char *text)
{
        const ValueMember *found = value_find_member(value, member);
        const char *nearest;
        Diag *diag;

        if (!check_found(check, value, text) || (found && found->text) || value->is_damaged)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin, "${%s} in %s is not defined: %s", text,
                          check->what,
                          value->codec == CODEC_PLAIN ? "the value is a plain text without members"
                          : found                     ? "that member is an object, an array or null, and no text"
                                                      : "the value has no such member");
        text_check_decorate(check, diag, value->name);
        if (value->codec == CODEC_PLAIN) {
                diag_set_hint(diag, "write ${%s}; Codec=json, keyfile or env in [Value %s] would give it members",
                              value->name, value->name);
                return;
        }
        nearest = found || check->diags->items->len > MAX_SUGGESTIONS ? NULL : nearest_member(value, member);
        if (nearest)
                diag_set_hint(diag, "did you mean '${%s.%s}'?", value->name, nearest);
}

static void check_value(const TextCheck *check, const char *name)
{
        const Value *value = registry_find_value(check->registry, name);
        const char *nearest;
        Diag *diag;

        if (value) {
                (void) check_found(check, value, name);
                return;
        }
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "${%.200s} in %s is not defined: there is no value of that name", name, check->what);
        nearest = nearest_value(check, name);
        if (check->definition && endpoint_spec_find(check->definition->endpoints, name))
                diag_set_hint(diag, "did you mean '${self.%s}'?", name);
        else if (registry_find_component(check->registry, name) >= 0)
                diag_set_hint(diag, "that is a component; one of its endpoints is ${%s.ENDPOINT}", name);
        else if (nearest)
                diag_set_hint(diag, "did you mean '${%s}'?", nearest);
        else if (getenv(name))
                diag_set_hint(diag, "the daemon's variable is ${env:%s}", name);
        else
                diag_set_hint(diag, "declare it in [Values], or write $${ for a literal ${");
        text_check_decorate(check, diag, name);
}

static void check_environment(const TextCheck *check, const char *name)
{
        Diag *diag;

        if (getenv(name))
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "${env:%.200s} in %s is not defined: the daemon has no such variable", name, check->what);
        diag_set_hint(diag, "set it for the daemon, or use a value");
        text_check_decorate(check, diag, NULL);
}

/* Endpoints are the plan's to judge (plan/endpoint_rule), but for those that nobody could have. */
static void check_dotted(const TextCheck *check, const char *text)
{
        const Wiring *wiring = check->definition ? check->definition->wiring : NULL;
        g_auto(TemplateName) name = template_name_find(check->registry, wiring, text);
        Diag *diag;

        if (name.kind == NAME_VALUE)
                (void) check_found(check, name.value, text);
        else if (name.kind == NAME_MEMBER)
                check_member(check, name.value, name.rest, text);
        else if (!check->component) {
                diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                                  "${%.200s} in %s of [Module] is not defined: a module refers to no endpoints", text,
                                  check->what);
                diag_set_hint(diag, "write it in the components that require what it speaks of");
                text_check_decorate(check, diag, NULL);
        }
}

static void on_part(const TemplatePart *part, void *userdata)
{
        static const char *const later[TEMPLATE_N_] = {
                [TEMPLATE_SELF] = "self.",
                [TEMPLATE_PARAM] = "param.",
                [TEMPLATE_SCOPE] = "scope.",
        };
        const TextCheck *check = userdata;
        g_autofree char *name = g_strndup(part->name, part->n_name), *text = NULL;

        if (text_check_is_enough(check))
                return;
        switch (part->kind) {
        case TEMPLATE_VALUE:
                check_value(check, name);
                break;
        case TEMPLATE_ENV:
                check_environment(check, name);
                break;
        case TEMPLATE_ENDPOINT:
                check_dotted(check, name);
                break;
        case TEMPLATE_SELF:
                text = g_strconcat(later[part->kind], name, NULL);
                check_dotted(check, text);
                break;
        case TEMPLATE_PARAM:
        case TEMPLATE_SCOPE:
        case TEMPLATE_N_:
                text_check_decorate(check,
                         diag_error(check->diags, DIAG_NOT_AVAILABLE, check->origin,
                                    "${%s%.200s} in %s is not available yet", later[part->kind], name, check->what),
                         NULL);
                break;
        }
}

void text_check_templates(TextCheck *check, const char *text)
{
        const char *problem;
        Diag *diag;

        if (text_check_is_enough(check) || !strchr(text, '$') || template_visit(text, on_part, check, &problem) == 0)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin, "%s has %s", check->what, problem);
        text_check_decorate(check, diag, NULL);
}

void text_check_credential(const TextCheck *check, const char *name)
{
        const Value *value = registry_find_value(check->registry, name);
        const char *nearest;
        Diag *diag;

        if (text_check_is_enough(check))
                return;
        if (value && is_hidden(check, value))
                report_hidden(check, value, name);
        if (value)
                return;
        diag = diag_error(check->diags, DIAG_INVALID_VALUE, check->origin,
                          "LoadCredential=%s is not defined: there is no value of that name", name);
        nearest = nearest_value(check, name);
        if (nearest)
                diag_set_hint(diag, "did you mean '%s'?", nearest);
        else
                diag_set_hint(diag, "write LoadCredential=%s:/PATH, or declare [Value %s] with Secret=yes", name, name);
        text_check_decorate(check, diag, name);
}
