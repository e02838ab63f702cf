// SPDX-License-Identifier: MIT
// Files that are no programs: a sound one with one mistake in it, for each of some
// mistakes. Each has to be refused with the reason that it is.
#ifndef CLIENT_REFUSE_H
#define CLIENT_REFUSE_H

#include "files.h"

bool refuse_damaged(const struct file *file);

#endif
