// SPDX-License-Identifier: MIT
// What a task may ask of root7, the root server that has loaded it. Each question is a
// message to the root server, from the task's first thread:
//
//     label         words                  words of the answer
//     TASK_READY    a name: 8 characters   none
//     TASK_FIND     a name                 the first thread of the task with it, or nil
//     TASK_THREAD   where, pager           the new thread, or nil
//     TASK_IRQ      a number               1, or 0: it cannot be had
//     TASK_SAY      a text of TASK_TEXT    none
//                   characters
//
// Page faults and port faults of a task go to the root server's pager.
#ifndef USER_TASK_H
#define USER_TASK_H

#include <l4/types.h>

#include <stdbool.h>

#define TASK_READY 1
#define TASK_FIND 2
#define TASK_THREAD 3
#define TASK_IRQ 4
#define TASK_SAY 5

#define TASK_NAME 8
#define TASK_TEXT 72

// Where a new thread is to be.
#define TASK_BESIDE 0 // in the task's own space
#define TASK_APART 1  // in a space of its own

// The task has this name, and either serves from now on or has shown all that it shows.
void task_ready(const char *name);

// The first thread of the task that has said this name; nil: none has.
L4_ThreadId_t task_find(const char *name);

// A thread more, which waits to be started: by a message from its pager, or if it is in the
// same space by ExchangeRegisters. Nil as the pager is the root server's. Nil: none.
L4_ThreadId_t task_thread(L4_Word_t where, L4_ThreadId_t pager);

// The calling thread becomes the handler of this interrupt. False: it cannot be had.
bool task_irq(L4_Word_t number);

// A line for the tour, as printf has it.
__attribute__((format(printf, 1, 2))) void task_say(const char *format, ...);

// The pager of a thread starts it.
void task_start(L4_ThreadId_t thread, void (*run)(void), L4_Word_t stack);

#endif
