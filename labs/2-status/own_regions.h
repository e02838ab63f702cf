// SPDX-License-Identifier: MIT
// Exercise 2.6, a test of 2.4: what it tests, and what it is.
#ifndef OWN_REGIONS_H
#define OWN_REGIONS_H

#include <kernel/status.h>

// Some version of region_count_mapping and of region_uncount_mapping, right or
// wrong. Their contract is that of <kernel/status.h>.
enum page_result tested_count(struct pfpage region, struct paddr *refused);
enum page_result tested_uncount(struct pfpage region, struct paddr *refused);

// Fails, by one of the functions of <h4/test.h> and <h4/pages.h>, where the two do
// not keep their contract; returns where they do. It runs many times in one boot.
void own_test_of_regions(void);

#endif
