// SPDX-License-Identifier: MIT
// Division of 64-bit integers, which IA-32 has no instruction for. A compiler
// turns `/` and `%` into calls of these functions; their names are the
// compilers' convention. The divisor 0 raises a divide error (vector 0), as the
// division of 32-bit integers does.
#ifndef KERNEL_DIVISION_H
#define KERNEL_DIVISION_H

#include <stdint.h>

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);
uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder);

// As in C: the quotient is rounded towards 0, the remainder has the sign of the
// dividend.
int64_t __divdi3(int64_t dividend, int64_t divisor);
int64_t __moddi3(int64_t dividend, int64_t divisor);
int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder);

#endif
