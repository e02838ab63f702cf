// SPDX-License-Identifier: MIT
// Parts of calls, chosen at random. See choose.c.
#ifndef H_TESTS_CHOOSE_H
#define H_TESTS_CHOOSE_H

#include "call.h"

#define PICK(source, array)                                                    \
        ((array)[source_below(source, sizeof(array) / sizeof((array)[0]))])

static inline bool
once_in(struct source *source, uint32_t times)
{
        return source_below(source, times) == 0;
}

uint32_t any_word(struct source *source);

uint16_t a_live_pagemap(struct source *source);
uint16_t a_live_mapping(struct source *source);
uint16_t a_live_context(struct source *source);
// A handle by the number of the call that got it, now and then another one.
struct handle a_handle(struct source *source, uint16_t live, uint16_t highest);
uint32_t a_size(struct source *source);
// A page of memory. Of `log2_size`, since large regions are in one place only.
uint32_t a_page(struct source *source, uint32_t log2_size);
// A flexpage, at times a word that is none.
uint32_t a_flexpage(struct source *source, uint32_t page, uint32_t log2_size);
// A page of user space, rarely one of kernel space.
uint32_t a_user_page(struct source *source, uint16_t pagemap);
// A page of those that the client controls, rarely one of others.
uint32_t a_client_page(struct source *source);
uint32_t some_rights(struct source *source);
struct h_pagemap_page a_table(struct source *source);
uint32_t an_address(struct source *source, bool kernel, uint16_t pagemap);
uint32_t an_offset(struct source *source);
uint32_t a_count(struct source *source, uint32_t unit);
uint32_t a_capacity(struct source *source);

// What concerns a context, a line or the timer, in a call of that kind.
void generate_context(struct source *source, struct call *out);

#endif
