/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: from a chain of assignments to an array in a canonical order: the same meaning gives the same array (§7), so
 * the order of words in a file shows nowhere. Of two words for one thing the later stands.
 * Does not own: single values. */
#pragma once

#include "draft.h"

/* NAME=VALUE words, or bare ones, of several chains laid over each other: by name, each name once, NULL-terminated. */
const char *const *builder_list_texts(const Chain *const *chains, size_t n_chains, Arena *arena);
/* In the arena; NULL for none. */
const uint8_t *builder_list_statuses(const Chain *chain, Arena *arena, uint32_t *ret_n);
const Limit *builder_list_limits(const Chain *chain, Arena *arena, uint32_t *ret_n);
/* By name; of two of one name the later stands. NULL: there is none. */
const CredentialSpec *builder_list_credentials(const Chain *chain, Arena *arena);
/* In the order written, which is that of the calls. NULL: there is none. */
const HookSpec *builder_list_hooks(const Chain chains[HOOK_N_], Arena *arena);

/* Links of the chains for RefKind 0 … N_KINDS-1, by (kind, key, route), each once, with the first one's origin; newly
 * allocated, or NULL for none. */
Ref *builder_list_refs(const Chain *chains, uint32_t n_kinds, uint32_t *ret_n);
Provide *builder_list_provides(const Chain *chain, uint32_t *ret_n);
/* By key; of two for one key the later stands. In the arena; NULL for none. */
const Contribution *builder_list_contributions(const Chain *chain, Arena *arena, uint32_t *ret_n);
