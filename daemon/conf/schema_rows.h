/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the shorthand that the schema's tables are written in, and the names of those tables.
 * Does not own: anything outside schema*.c. */
#pragma once

#include "definition.h"
#include "schema.h"

#define ROW(name_, kind_, group_, type_, field_, fallback_, doc_, ...)                                                 \
        {                                                                                                              \
                .name = (name_), .doc = (doc_), .fallback = (fallback_), .kind = KIND_##kind_,                         \
                .group = GROUP_##group_, .offset = (uint16_t) offsetof(type_, field_), __VA_ARGS__                     \
        }
#define LATER(name_, doc_)                                                                                             \
        {                                                                                                              \
                .name = (name_), .doc = (doc_), .kind = KIND_LATER                                                     \
        }
#define WORDS_BELOW(words_, n_words_, later_)                                                                          \
        .words = &(const SchemaWords)                                                                                  \
        {                                                                                                              \
                (words_), (n_words_), (later_)                                                                         \
        }
#define WORDS(words_, later_) WORDS_BELOW(words_, G_N_ELEMENTS(words_), later_)
#define MARK(type_, field_) .mark = (uint16_t) (offsetof(type_, field_) + 1)
#define RANGE(min_, max_) .min = (min_), .max = (max_)

extern const SchemaKey schema_component_keys[];
extern const SchemaKey schema_container_keys[];
