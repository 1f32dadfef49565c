/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the properties of a component's object as getters of sd-bus; USERDATA is the ApiSpot.
 * Does not own: the vtable (api_component). Those that take more than a line each; the plain ones stand there. */
#pragma once

#include "property.h"

PROPERTY_GETTER(component_get_drop_ins);
PROPERTY_GETTER(component_get_provides);
PROPERTY_GETTER(component_get_requires);
PROPERTY_GETTER(component_get_required_by);
PROPERTY_GETTER(component_get_timings);
PROPERTY_GETTER(component_get_counters);
