/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: how the core's values look in a message, and reading options: a{sv} with a closed set of keys.
 * Does not own: which members there are (api). All return 0 or more, or a negative errno of sd-bus. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#include "base/diag.h"
#include "run/event.h"

/* An s; NULL is empty. What is not UTF-8 is escaped: the receiver would hang up. */
int marshal_text(sd_bus_message *message, const char *text);
/* An entry of a{sv}; an empty or NULL text is left out. */
int marshal_text_entry(sd_bus_message *message, const char *key, const char *text);
/* An entry of a{sv} with a basic type: t, u, b. */
int marshal_number_entry(sd_bus_message *message, const char *key, char type, uint64_t value);
/* An a{sv}. */
int marshal_finding(sd_bus_message *message, const Diag *diag);
/* An aa{sv}. */
int marshal_findings(sd_bus_message *message, const DiagList *diags);
/* The members of an event, without a struct around them. */
int marshal_event(sd_bus_message *message, const RunEvent *event);
/* A (su). */
int marshal_origin(sd_bus_message *message, Origin origin);

typedef struct Option {
        const char *name;
        char type; /* 'b', 's' or 't' */
        void *ret; /* int *, const char **, which is borrowed from the message, or uint64_t * */
} Option;

/* Reads an a{sv}. Unknown keys and wrong types: InvalidArgs in ERROR. */
int options_read(sd_bus_message *message, const Option *options, size_t n_options, sd_bus_error *error);
