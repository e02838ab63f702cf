// SPDX-License-Identifier: MIT
// What the model's operations on user space are made of.
#ifndef H_TESTS_MODEL_SPACE_H
#define H_TESTS_MODEL_SPACE_H

#include "model.h"

#define FOR_SLOTS(slot, range)                                                 \
        for (uint32_t slot = (range).first / 1024;                             \
             slot <= ((range).first + (range).count - 1) / 1024; slot++)

// The part of `range` in a slot, as entries from 0.
struct range in_slot(struct range range, unsigned slot);

// A page that is a table now, and holds nothing yet.
void become_pages(struct model_slot *slot, uint32_t table);

uint32_t mapped_in(const struct model_slot *slot, struct range part);

bool range_mapped(struct model_pagemap *pagemap, struct range range, bool all);

// How many entries a page-table holds.
void count_entries(struct model_slot *slot, uint32_t change);

bool is_piece_of_superpage(struct model_pagemap *pagemap, struct range range);

// What stands in every operation on a range.
refusals check_range(struct h_pagemap handle, struct h_vfpage pages,
                     struct model_pagemap **pagemap, struct range *range);

// As they are told: writing includes reading, and there are no other rights.
uint8_t told(unsigned rights);

#endif
