/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the names and paths of the D-Bus face: the one header that daemon/ and client/ both include.
 * Does not own: members and their meaning; org.reeve.Reeve1.*.xml say those. */
#pragma once

#define REEVE_BUS_NAME "org.reeve.Reeve1"

#define REEVE_PATH "/org/reeve/Reeve1"
/* Followed by "/" and the sd_bus_path_encode()d name. */
#define REEVE_COMPONENT_PATH REEVE_PATH "/component"
#define REEVE_MODULE_PATH REEVE_PATH "/module"
/* Followed by "/" and the decimal id. */
#define REEVE_CHANGE_PATH REEVE_PATH "/change"

#define REEVE_CONTAINER_INTERFACE REEVE_BUS_NAME ".Container"
#define REEVE_COMPONENT_INTERFACE REEVE_BUS_NAME ".Component"
#define REEVE_MODULE_INTERFACE REEVE_BUS_NAME ".Module"
#define REEVE_CHANGE_INTERFACE REEVE_BUS_NAME ".Change"
/* On a component's own connection, both at REEVE_PATH: the daemon's object and the component's. */
#define REEVE_SESSION_INTERFACE REEVE_BUS_NAME ".Session"
#define REEVE_LIFECYCLE_INTERFACE REEVE_BUS_NAME ".Lifecycle"

/* Followed by the CamelCase code of the finding: …Error.InUse */
#define REEVE_ERROR_PREFIX REEVE_BUS_NAME ".Error."

/* The private socket, below /run or $XDG_RUNTIME_DIR. */
#define REEVE_SOCKET_SUFFIX "reeve/bus"

/* An event: sequence, µs monotonic, kind, component, incarnation, from, to, sub-state, reason, text, number. */
#define REEVE_EVENT_TYPE "(ttssussssst)"
#define REEVE_EVENT_CONTENTS "ttssussssst"
/* A step of a finding's path or sources: name, kind of the edge to the next, file, line. */
#define REEVE_STEP_CONTENTS "sssu"
