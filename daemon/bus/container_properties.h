/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the properties of the container's object as getters of sd-bus; USERDATA is the Link.
 * Does not own: the vtable (api_container), nor the figures behind them. */
#pragma once

#include "property.h"

PROPERTY_GETTER(container_get_version);
PROPERTY_GETTER(container_get_features);
PROPERTY_GETTER(container_get_name);
PROPERTY_GETTER(container_get_environment);
PROPERTY_GETTER(container_get_pid);
PROPERTY_GETTER(container_get_state);
PROPERTY_GETTER(container_get_degraded);
PROPERTY_GETTER(container_get_result);
PROPERTY_GETTER(container_get_generation);
PROPERTY_GETTER(container_get_hash);
PROPERTY_GETTER(container_get_counts);
PROPERTY_GETTER(container_get_startup);
PROPERTY_GETTER(container_get_scan);
PROPERTY_GETTER(container_get_report);
