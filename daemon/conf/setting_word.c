/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Closed sets of words of reeved.conf, [Module] and [Reference], which the schema lists, too. */
#include "module_draft.h"
#include "reference_draft.h"
#include "settings.h"

const char *const container_environment_names[ENVIRONMENT_N_] = {
        [ENVIRONMENT_LOCAL] = "local",
        [ENVIRONMENT_DEV] = "dev",
        [ENVIRONMENT_STAGE] = "stage",
        [ENVIRONMENT_PROD] = "prod",
};

const char *const bus_choice_names[BUS_N_] = {
        [BUS_AUTO] = "auto",
        [BUS_SYSTEM] = "system",
        [BUS_USER] = "user",
        [BUS_NONE] = "none",
};

const char *const visibility_names[VISIBILITY_N_] = {
        [VISIBILITY_PUBLIC] = "public",
        [VISIBILITY_PRIVATE] = "private",
};

const char *const ref_policy_names[REF_POLICY_N_] = {
        [REF_STATIC] = "static",
        [REF_DYNAMIC] = "dynamic",
};
