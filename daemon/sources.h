/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: from the command line and reeved.conf to the one LoadRequest that check, plan and start share.
 * Does not own: reading modules (conf/registry). */
#pragma once

#include "conf/registry.h"
#include "options.h"

typedef struct Sources {
        LoadRequest request; /* points into the rest, and into OPTIONS and SETTINGS */
        char **directories;
} Sources;

/* Reads reeved.conf into SETTINGS; what is wrong there is added to DIAGS. OPTIONS and SETTINGS are borrowed. */
void sources_init(Sources *sources, const Options *options, Settings *settings, DiagList *diags);
void sources_done(Sources *sources);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sources, sources_done)
