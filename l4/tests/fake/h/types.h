// SPDX-License-Identifier: MIT
// H's types as they are; but superpages may be as small as a test wants them, so that
// every page of one can be looked at after every step.
#ifndef L4_TESTS_FAKE_H_TYPES_H
#define L4_TESTS_FAKE_H_TYPES_H

#include "../../../../h/types.h"

#ifdef SUPERPAGE_LOG2
#undef H_SUPERPAGE_LOG2
#undef H_SUPERPAGE_SIZE
#define H_SUPERPAGE_LOG2 SUPERPAGE_LOG2
#define H_SUPERPAGE_SIZE (1u << SUPERPAGE_LOG2)
#endif

#endif
