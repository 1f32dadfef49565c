/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "broker.h"

#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "dbus/names.h"

#define BROKER_NAME "org.freedesktop.DBus"
#define BROKER_PATH "/org/freedesktop/DBus"
#define MATCH_BYTES_MAX 4096

typedef enum Owner { OWNER_NONE, OWNER_BROKER, OWNER_DAEMON, OWNER_CLIENT } Owner;

static void unique_name(const Link *link, char name[static 32])
{
        (void) g_snprintf(name, 32, ":1.%" G_GUINT64_FORMAT, link->id);
}

static Owner find_owner(const Link *link, const char *name)
{
        char unique[32];

        unique_name(link, unique);
        if (strcmp(name, BROKER_NAME) == 0)
                return OWNER_BROKER;
        if (strcmp(name, REEVE_BUS_NAME) == 0 || strcmp(name, BROKER_OWN_NAME) == 0)
                return OWNER_DAEMON;
        return strcmp(name, unique) == 0 ? OWNER_CLIENT : OWNER_NONE;
}

static int read_owner(sd_bus_message *message, const Link *link, Owner *ret, sd_bus_error *error)
{
        g_autofree char *quoted = NULL;
        const char *name;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        *ret = find_owner(link, name);
        if (*ret != OWNER_NONE)
                return 0;
        quoted = escape_text(name, 128);
        return sd_bus_error_setf(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER, "Nobody here is called \"%s\"", quoted);
}

static int on_hello(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        char name[32];

        unique_name(userdata, name);
        return sd_bus_reply_method_return(message, "s", name);
}

static int on_list_names(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        char name[32];

        unique_name(userdata, name);
        return sd_bus_reply_method_return(message, "as", 4, BROKER_NAME, REEVE_BUS_NAME, BROKER_OWN_NAME, name);
}

static int on_list_activatable(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return sd_bus_reply_method_return(message, "as", 0);
}

static int on_has_owner(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *name;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, "b", find_owner(userdata, name) != OWNER_NONE);
}

static int on_get_owner(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        char name[32];
        Owner owner;
        int r = read_owner(message, userdata, &owner, error);

        if (r < 0)
                return r;
        unique_name(userdata, name);
        return sd_bus_reply_method_return(message, "s",
                                          owner == OWNER_BROKER   ? BROKER_NAME
                                          : owner == OWNER_DAEMON ? BROKER_OWN_NAME
                                                                  : name);
}

static int on_list_queued(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        char name[32];
        Owner owner;
        int r = read_owner(message, userdata, &owner, error);

        if (r < 0)
                return r;
        unique_name(userdata, name);
        return sd_bus_reply_method_return(message, "as", 1,
                                          owner == OWNER_BROKER   ? BROKER_NAME
                                          : owner == OWNER_DAEMON ? BROKER_OWN_NAME
                                                                  : name);
}

static int on_get_uid(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Link *link = userdata;
        Owner owner;
        int r = read_owner(message, link, &owner, error);

        return r < 0 ? r
                     : sd_bus_reply_method_return(message, "u",
                                                  owner == OWNER_CLIENT ? (uint32_t) link->uid : (uint32_t) geteuid());
}

static int on_get_pid(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Link *link = userdata;
        Owner owner;
        int r = read_owner(message, link, &owner, error);

        return r < 0 ? r
                     : sd_bus_reply_method_return(message, "u",
                                                  owner == OWNER_CLIENT ? (uint32_t) link->pid : (uint32_t) getpid());
}

static int on_get_credentials(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const Link *link = userdata;
        Owner owner;
        int r = read_owner(message, link, &owner, error);

        if (r < 0)
                return r;
        return sd_bus_reply_method_return(message, "a{sv}", 2, "UnixUserID", "u",
                                          owner == OWNER_CLIENT ? (uint32_t) link->uid : (uint32_t) geteuid(),
                                          "ProcessID", "u",
                                          owner == OWNER_CLIENT ? (uint32_t) link->pid : (uint32_t) getpid());
}

static int on_start_service(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Owner owner;
        int r = read_owner(message, userdata, &owner, error);

        return r < 0 ? r : sd_bus_reply_method_return(message, "u", 2u); /* DBUS_START_REPLY_ALREADY_RUNNING */
}

static int on_refuse(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return sd_bus_error_set(error, SD_BUS_ERROR_NOT_SUPPORTED,
                                "This is the private socket of reeved, not a bus: there are no names to own");
}

static int on_get_id(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        char text[SD_ID128_STRING_MAX];
        sd_id128_t id;
        int r = sd_bus_get_bus_id(link->pump.connection, &id);

        return r < 0 ? r : sd_bus_reply_method_return(message, "s", sd_id128_to_string(id, text));
}

/* There is nothing to filter out: the client sorts what it gets by its own rules, and we remember none. */
static int on_add_match(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        const char *rule;
        int r = sd_bus_message_read(message, "s", &rule);

        if (r < 0)
                return r;
        if (strlen(rule) > MATCH_BYTES_MAX)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED, "The match rule is too long");
        news_subscribe(&link->news, link);
        return sd_bus_reply_method_return(message, NULL);
}

static int on_remove_match(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        return sd_bus_reply_method_return(message, NULL);
}

static int on_become_monitor(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        char name[32];
        int r;

        news_subscribe(&link->news, link);
        r = sd_bus_reply_method_return(message, NULL);
        if (r < 0)
                return r;
        /* A monitor waits to lose its name before it begins to show what it hears. */
        unique_name(link, name);
        return sd_bus_emit_signal(link->pump.connection, BROKER_PATH, BROKER_NAME, "NameLost", "s", name);
}

static const sd_bus_vtable broker_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Hello", NULL, "s", on_hello, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestName", "su", "u", on_refuse, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ReleaseName", "s", "u", on_refuse, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("StartServiceByName", "su", "u", on_start_service, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ListNames", NULL, "as", on_list_names, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ListActivatableNames", NULL, "as", on_list_activatable, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ListQueuedOwners", "s", "as", on_list_queued, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("NameHasOwner", "s", "b", on_has_owner, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetNameOwner", "s", "s", on_get_owner, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetConnectionUnixUser", "s", "u", on_get_uid, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetConnectionUnixProcessID", "s", "u", on_get_pid, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetConnectionCredentials", "s", "a{sv}", on_get_credentials, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AddMatch", "s", NULL, on_add_match, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RemoveMatch", "s", NULL, on_remove_match, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetId", NULL, "s", on_get_id, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL("NameLost", "s", 0),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable monitoring_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("BecomeMonitor", "asu", NULL, on_become_monitor, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

int broker_register(Link *link)
{
        sd_bus *connection = link->pump.connection;
        int r = sd_bus_add_object_vtable(connection, NULL, BROKER_PATH, BROKER_NAME, broker_vtable, link);

        if (r >= 0)
                r = sd_bus_add_object_vtable(connection, NULL, BROKER_PATH, "org.freedesktop.DBus.Monitoring",
                                             monitoring_vtable, link);
        return r < 0 ? r : 0;
}
