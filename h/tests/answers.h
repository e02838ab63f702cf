// SPDX-License-Identifier: MIT
// Random calls prove nothing of an answer that they never get.
#ifndef H_TESTS_ANSWERS_H
#define H_TESTS_ANSWERS_H

#include <stdbool.h>

// Has each operation given every answer that its contract has, since the
// program began? Prints those that never came; or how often each one came.
bool all_answers_came(bool print);

#endif
