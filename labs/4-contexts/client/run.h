// SPDX-License-Identifier: MIT
// Runs programs by turns until all of them have ended.
#ifndef CLIENT_RUN_H
#define CLIENT_RUN_H

#include "program.h"

// Answers whether each of them says that all went well.
bool run_all(struct program *programs, size_t count);

#endif
