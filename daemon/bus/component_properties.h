/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the properties of a component's object as getters of sd-bus; USERDATA is the ApiSpot.
 * Does not own: the vtable (api_component), nor the figures behind them. */
#pragma once

#include "property.h"

PROPERTY_GETTER(component_get_name);
PROPERTY_GETTER(component_get_module);
PROPERTY_GETTER(component_get_description);
PROPERTY_GETTER(component_get_type);
PROPERTY_GETTER(component_get_scope);
PROPERTY_GETTER(component_get_start);
PROPERTY_GETTER(component_get_policy);
PROPERTY_GETTER(component_get_restart);
PROPERTY_GETTER(component_get_timeout_start);
PROPERTY_GETTER(component_get_timeout_stop);
PROPERTY_GETTER(component_get_source);
PROPERTY_GETTER(component_get_drop_ins);
PROPERTY_GETTER(component_get_provides);
PROPERTY_GETTER(component_get_endpoints);
PROPERTY_GETTER(component_get_requires);
PROPERTY_GETTER(component_get_required_by);
PROPERTY_GETTER(component_get_state);
PROPERTY_GETTER(component_get_state_since);
PROPERTY_GETTER(component_get_sub_state);
PROPERTY_GETTER(component_get_result);
PROPERTY_GETTER(component_get_main_pid);
PROPERTY_GETTER(component_get_incarnation);
PROPERTY_GETTER(component_get_desired);
PROPERTY_GETTER(component_get_status_text);
PROPERTY_GETTER(component_get_exit_code);
PROPERTY_GETTER(component_get_exit_status);
PROPERTY_GETTER(component_get_error_number);
PROPERTY_GETTER(component_get_n_restarts);
PROPERTY_GETTER(component_get_spawn_index);
PROPERTY_GETTER(component_get_ready_index);
PROPERTY_GETTER(component_get_timings);
PROPERTY_GETTER(component_get_counters);
