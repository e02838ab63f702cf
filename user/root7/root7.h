// SPDX-License-Identifier: MIT
// A root server that loads modules into address spaces of their own: its parts.
//
//     modules.c   where the modules are, from the kernel interface page
//     image.c     what a module says of itself: an ELF file, or not
//     pager.c     the thread that gives tasks their pages, when they use them
//     tasks.c     making tasks, and answering what they ask
//     tour.c      what has become of it all, on one screen
#ifndef USER_ROOT7_ROOT7_H
#define USER_ROOT7_ROOT7_H

#include <l4/types.h>
#include <user/task.h>

#include <stdbool.h>

#define PAGE_LOG2 12
#define PAGE_BYTES 4096u

// The root server's own threads; those of the n-th task begin behind TASK_FIRST(n).
#define PAGER 1
#define TASK_THREADS 64 // of a task, and of the spaces that it has made
#define TASK_FIRST(n) (((n) + 1) * TASK_THREADS)

// --- Images --------------------------------------------------------------------------------

#define SEGMENTS 8

// A part of a task's memory. Behind `bytes` all is 0.
struct segment {
        L4_Word_t first, size;
        const unsigned char *from;
        L4_Word_t bytes;
        L4_Word_t rights; // as in a flexpage
};

struct image {
        L4_Word_t entry, stack;
        struct segment segments[SEGMENTS];
        unsigned count;
};

struct module {
        L4_Word_t first, last;
};

// The n-th boot module behind the root server's own, mapped to its own address. False:
// there are no more. With `first` 0 sigma0 does not give it.
bool module_open(unsigned n, struct module *module);

// What is to be loaded of a module: the segments of an ELF file, and a stack. Returns why
// that cannot be; null: it can.
const char *image_read(const struct module *module, struct image *image);

// --- Tasks ---------------------------------------------------------------------------------

#define TASKS 8
#define LINES 3

struct task {
        struct image image;
        L4_ThreadId_t thread; // the first one
        char name[TASK_NAME + 1];
        unsigned threads; // all of them
        unsigned apart;   // of them: in spaces of their own
        unsigned pages, faults;
        unsigned lines;
        char says[LINES][TASK_TEXT];
};

extern struct task tasks[TASKS];
extern unsigned task_count;

// Whose thread it is; null: nobody's.
struct task *task_of(L4_ThreadId_t thread);

// Makes a task of a module, and waits until it is ready. Says on the serial line what
// has gone wrong.
void task_load(unsigned n, const struct module *module);

// Ends all tasks.
void tasks_end(void);

// --- The pager -----------------------------------------------------------------------------

// What the pager's thread does for ever. A message from this space with the words
// thread, instruction and stack starts that thread.
void serve_tasks(void);

// The label of what it says to the first thread when a task has made a page fault that
// cannot be answered: the thread.
#define TASK_LOST 100

// Writes the tour, by the console task if there is one.
void tour(void);

#endif
