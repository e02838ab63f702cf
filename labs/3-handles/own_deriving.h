// SPDX-License-Identifier: MIT
// Exercise 3.8, a test of 3.1: what it tests, and what it is.
#ifndef OWN_DERIVING_H
#define OWN_DERIVING_H

#include <h/internal/regions.h>

// Some version of region_check and of h_derive_region, right or wrong. Their
// contracts are those of <h/internal/regions.h> and <h/h.h>.
enum h_error tested_check(struct h_region region, struct pfpage *pages);
enum h_error tested_derive(struct h_region region, struct h_pfpage pages,
                           struct h_region *out);

// Fails, by one of the functions of <h4/test.h> and <h4/spaces.h>, where the two
// do not keep their contracts; returns where they do. It runs many times in one
// boot.
void own_test_of_deriving(void);

#endif
