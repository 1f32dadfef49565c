/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the table of verbs, and the help made from it.
 * Does not own: what verbs do; each family has a file of its own, named below. */
#pragma once

#include "ctl.h"

typedef enum VerbGroup {
        GROUP_LOOK,
        GROUP_CHANGE,
        GROUP_FILES,
        GROUP_N_,
} VerbGroup;

#define NAMES_MANY SIZE_MAX

typedef struct Verb {
        const char *name;
        const char *arguments;
        const char *help;          /* one line */
        int (*function)(Ctl *ctl); /* returns the exit status */
        VerbGroup group;
        size_t min_names, max_names;
        unsigned options;     /* of OptionBit, beside OPTION_GLOBAL */
        bool executes_reeved; /* options that we do not know, and what stands behind "--", are not for us */
} Verb;

extern const Verb verbs[];
extern const size_t n_verbs;

const Verb *verb_find(const char *name);
/* "; did you mean …?" or "". Newly allocated. */
char *verb_hint(const char *name);
bool verb_is_later(const char *name);
bool verb_passes_unknown(const char *name);
/* The whole help, or that of one verb. */
void verb_format_help(const Verb *verb, bool has_colour, GString *out);

/* status.c */
int verb_status(Ctl *ctl);
int verb_list(Ctl *ctl);
/* show.c */
int verb_show(Ctl *ctl);
/* explain.c */
int verb_why(Ctl *ctl);
/* events.c */
int verb_events(Ctl *ctl);
/* analyze.c */
int verb_analyze(Ctl *ctl);
/* resolve.c */
int verb_resolve(Ctl *ctl);
/* control.c */
int verb_start(Ctl *ctl);
int verb_stop(Ctl *ctl);
int verb_restart(Ctl *ctl);
int verb_reset(Ctl *ctl);
/* offline.c */
int verb_check(Ctl *ctl);
int verb_plan(Ctl *ctl);
int verb_graph(Ctl *ctl);
/* run.c */
int verb_run(Ctl *ctl);
