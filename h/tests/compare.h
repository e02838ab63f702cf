// SPDX-License-Identifier: MIT
// Whether the machine is in the state in which the model is: what the page tables,
// the status of pages and H's own tables say is put into the model's terms.
#ifndef H_TESTS_COMPARE_H
#define H_TESTS_COMPARE_H

#include "model.h"

// Forgets what was compared before. To be called after model_reset.
void compare_reset(void);

// Compares what the model says has changed; the address spaces that are named,
// one more, and a part of everything else: each time another part. A difference
// stops the machine (machine_stop).
void compare_step(const struct model_pagemap *a, const struct model_pagemap *b);

// Compares everything: what memory holds and which handles are good too; looks
// whether the machine is well-formed, and whether the TLB holds what the tables
// do not.
void compare_all(void);

// Parts of it.
void compare_contexts(void); // and lines and timer; after each call
void compare_handles(void);
void compare_memory(void);

// Do the pages hold nothing but zeros?
void compare_zeros(const uint32_t *pages, size_t count);

#endif
