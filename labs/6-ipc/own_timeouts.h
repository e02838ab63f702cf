// SPDX-License-Identifier: MIT
// Exercise 6.10, a test of 6.4: what it tests, and what it is.
#ifndef OWN_TIMEOUTS_H
#define OWN_TIMEOUTS_H

#include <l4/timeout.h>

// No thread of these has a timeout when the test begins, and none is under way.
#define TESTED_THREADS 32u
extern struct thread tested_threads[TESTED_THREADS];

// Some version of timeout_add, timeout_remove, timeouts_any and timeout_take, right
// or wrong. Their contracts are those of <l4/timeout.h>.
void tested_add(struct thread *thread, uint64_t wake);
void tested_remove(struct thread *thread);
bool tested_any(void);
struct thread *tested_take(uint64_t now);

// Fails, by one of the functions of <h4/test.h>, where the four do not keep their
// contracts; returns where they do. It runs many times in one boot.
void own_test_of_timeouts(void);

#endif
