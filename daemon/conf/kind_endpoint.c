/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/un.h>

#include "base/tcp_address.h"
#include "kind.h"
#include "naming.h"
#include "words.h"

/* A list of a megabyte of wrong words is one mistake, not many. */
#define MAX_WORD_ERRORS 20

/* One word of the list. 0 and KIND and TEXT of *RET, whose NAME is set, or -EBADMSG with a finding. */
typedef int (*EndpointParser)(const Assignment *assignment, const char *word, const char *value,
                              DeclaredEndpoint *ret);

static int report(const Assignment *assignment, const char *word, const char *problem, const char *hint)
{
        diag_set_hint(assign_word_error(assignment, word, problem), "%s", hint);
        return -EBADMSG;
}

static int parse_tcp(const Assignment *assignment, const char *word, const char *address, DeclaredEndpoint *ret)
{
        TcpAddress parsed;

        ret->kind = ENDPOINT_TCP;
        ret->text = arena_text(assignment->context->arena, address);
        if (tcp_address_parse_own(address, &parsed) == 0)
                return 0;
        return report(assignment, word, "is not the address of a socket",
                      "write NAME=tcp:ADDRESS:PORT with a number for the address, 127.0.0.1, 0.0.0.0, [::1] or [::], "
                      "and a port from 0 (any that is free) to 65535");
}

/* REEVE_RUNTIME_DIR has a socket of the daemon's in it already. */
static bool is_taken(const char *name)
{
        return strcmp(name, "notify") == 0;
}

static int parse_unix(const Assignment *assignment, const char *word, const char *path, DeclaredEndpoint *ret)
{
        struct sockaddr_un address;

        ret->kind = ENDPOINT_UNIX;
        ret->text = *path ? arena_text(assignment->context->arena, path) : NULL;
        if (*path == '\0' && is_taken(ret->name))
                return report(assignment, word, "would stand where NOTIFY_SOCKET does, in REEVE_RUNTIME_DIR",
                              "choose another name, or NAME=unix:/PATH");
        if (*path == '\0')
                return 0;
        if (*path != '/' || g_str_has_suffix(path, "/"))
                return report(assignment, word, "names no absolute path",
                              "write NAME=unix:/PATH, or NAME=unix: for a path in REEVE_RUNTIME_DIR");
        if (strlen(path) >= sizeof(address.sun_path))
                return report(assignment, word, "has a path of more than 107 bytes, to which nobody can connect",
                              "choose a shorter one, or NAME=unix: for a path in REEVE_RUNTIME_DIR");
        return 0;
}

static int parse_listen(const Assignment *assignment, const char *word, const char *value, DeclaredEndpoint *ret)
{
        if (value && g_str_has_prefix(value, "tcp:"))
                return parse_tcp(assignment, word, value + strlen("tcp:"), ret);
        if (value && g_str_has_prefix(value, "unix:"))
                return parse_unix(assignment, word, value + strlen("unix:"), ret);
        return report(assignment, word, "is no endpoint to listen on",
                      "write NAME=tcp:ADDRESS:PORT, NAME=unix:/PATH or NAME=unix:");
}

static int parse_port(const Assignment *assignment, const char *word, const char *value, DeclaredEndpoint *ret)
{
        ret->kind = ENDPOINT_PORT;
        if (!value)
                return 0;
        return report(assignment, word, "is not the name of an endpoint",
                      "write AllocatePort=NAME; a port of your choice needs no allocation: Publish=NAME=ADDRESS:PORT");
}

static int parse_text(const Assignment *assignment, const char *word, const char *value, DeclaredEndpoint *ret)
{
        ret->kind = ENDPOINT_TEXT;
        ret->text = arena_text(assignment->context->arena, value);
        if (value && strlen(value) <= 4096)
                return 0;
        return report(assignment, word, value ? "is longer than 4096 bytes" : "is not NAME=VALUE",
                      "write NAME=VALUE, and quotes around the whole where the value has blanks");
}

static int parse_word(const Assignment *assignment, char *word, EndpointParser parse, Chain *chain)
{
        Arena *scratch = assignment->context->scratch;
        DeclaredEndpoint endpoint = {.origin = assignment->origin};
        char *value = strchr(word, '=');
        g_autofree char *name = value ? g_strndup(word, (gsize) (value - word)) : g_strdup(word);
        int r;

        if (!endpoint_name_is_valid(name))
                return report(assignment, word, "does not begin with the name of an endpoint",
                              "a name of an endpoint is [a-z][a-z0-9_-]{0,62}, without dots");
        endpoint.name = arena_text(assignment->context->arena, name);
        r = parse(assignment, word, value ? value + 1 : NULL, &endpoint);
        if (r < 0)
                return r;
        chain_add(chain, scratch, memcpy(arena_new(scratch, DeclaredEndpoint, 1), &endpoint, sizeof(endpoint)),
                  assignment->origin);
        return 0;
}

static int parse_words(const Assignment *assignment, EndpointParser parse, Chain *chain)
{
        g_auto(GStrv) words = NULL;
        const char *problem;
        unsigned n_errors = 0;

        if (words_split(assignment->value, &words, &problem) < 0) {
                (void) diag_error(assignment->diags, DIAG_INVALID_VALUE, assignment->origin, "%s= has %s",
                                  assignment->key->name, problem);
                return -EBADMSG;
        }
        for (size_t i = 0; words[i] && n_errors < MAX_WORD_ERRORS; i++)
                if (parse_word(assignment, words[i], parse, chain) < 0)
                        n_errors++;
        return n_errors > 0 ? -EBADMSG : 0;
}

int kind_parse_listen(const Assignment *assignment, void *target)
{
        return parse_words(assignment, parse_listen, target);
}

int kind_parse_ports(const Assignment *assignment, void *target)
{
        return parse_words(assignment, parse_port, target);
}

int kind_parse_publish(const Assignment *assignment, void *target)
{
        return parse_words(assignment, parse_text, target);
}
