// SPDX-License-Identifier: MIT
// What tasks and their pager know of each other.
#ifndef TRIAL7_TASK_PAGER_H
#define TRIAL7_TASK_PAGER_H

#include <l4/types.h>

// The pager of all tasks, which is made when it is wanted first; ends it.
L4_ThreadId_t task_pager(void);
void task_pager_end(void);

// A task with a fault that nobody answers: it says that its order is over, and waits for the
// next one.
void task_breaks_off(L4_ThreadId_t task);

#endif
