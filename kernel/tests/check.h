// SPDX-License-Identifier: MIT
// What every test file here needs: cmocka, and comparisons in the terms of the
// kernel.
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

// cmocka.h wants these before it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "random.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// What an output holds before a call that may not write to it.
#define UNTOUCHED 0xDEADBEEFu

// Results are compared as numbers; those of <kernel/result.h> count from 0.
#define assert_result(call, expected)                                          \
        assert_int_equal((int)(call), (int)(expected))

#endif
