/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: from a value's text to the field it goes to, one function a kind of value.
 * Does not own: empty assignments, marks and the choice of the function (assign.c). */
#pragma once

#include "assign.h"

/* 0, or -EBADMSG with a finding added. TARGET is what the key's row points to. */
typedef int (*KindParser)(const Assignment *assignment, void *target);

/* kind_scalar.c */
int kind_parse_text(const Assignment *assignment, void *target);
int kind_parse_word(const Assignment *assignment, void *target);
int kind_parse_bool(const Assignment *assignment, void *target);
int kind_parse_int(const Assignment *assignment, void *target);
int kind_parse_count(const Assignment *assignment, void *target);
int kind_parse_count_or_infinity(const Assignment *assignment, void *target);
int kind_parse_octal(const Assignment *assignment, void *target);
int kind_parse_duration(const Assignment *assignment, void *target);
int kind_parse_size(const Assignment *assignment, void *target);
int kind_parse_quota(const Assignment *assignment, void *target);
int kind_parse_signal(const Assignment *assignment, void *target);
int kind_parse_log_level(const Assignment *assignment, void *target);

/* kind_name.c */
int kind_parse_path(const Assignment *assignment, void *target);
int kind_parse_account(const Assignment *assignment, void *target);
int kind_parse_output(const Assignment *assignment, void *target);
int kind_parse_name(const Assignment *assignment, void *target);
int kind_parse_scope(const Assignment *assignment, void *target);
int kind_parse_probe(const Assignment *assignment, void *target);
int kind_parse_command(const Assignment *assignment, void *target);

/* TARGET is a Chain */
int kind_parse_hook(const Assignment *assignment, void *target);

/* kind_list.c: the same */
int kind_parse_condition(const Assignment *assignment, void *target);
int kind_parse_environment(const Assignment *assignment, void *target);
int kind_parse_variables(const Assignment *assignment, void *target);
int kind_parse_labels(const Assignment *assignment, void *target);
int kind_parse_statuses(const Assignment *assignment, void *target);
int kind_parse_limit(const Assignment *assignment, void *target);
int kind_parse_refs(const Assignment *assignment, void *target);
int kind_parse_provides(const Assignment *assignment, void *target);
int kind_parse_names(const Assignment *assignment, void *target);
int kind_parse_globs(const Assignment *assignment, void *target);
int kind_parse_paths(const Assignment *assignment, void *target);

/* kind_wiring.c: the list ones the same; data is a Contribution, a char *, a LabelTest */
int kind_parse_contributions(const Assignment *assignment, void *target);
int kind_parse_route(const Assignment *assignment, void *target);
int kind_parse_routes(const Assignment *assignment, void *target);
int kind_parse_cardinality(const Assignment *assignment, void *target);
int kind_parse_target(const Assignment *assignment, void *target);

/* kind_endpoint.c: the same; data is a DeclaredEndpoint */
int kind_parse_listen(const Assignment *assignment, void *target);
int kind_parse_ports(const Assignment *assignment, void *target);
int kind_parse_publish(const Assignment *assignment, void *target);

/* kind_file.c: the same: of char *, of Credential. The files are read. */
int kind_parse_environment_file(const Assignment *assignment, void *target);
int kind_parse_credential(const Assignment *assignment, void *target);
