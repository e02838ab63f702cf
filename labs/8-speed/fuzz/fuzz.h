// SPDX-License-Identifier: MIT
// What the parts of this stage know of each other. Of H and L4 it sees all there is.
#ifndef FUZZ_H
#define FUZZ_H

#include <kernel/types.h>

#include <stdbool.h>

// Says on the line to the grader what is not as it has to be, and stops.
_Noreturn void broken(const char *text, ...)
        __attribute__((format(printf, 1, 2)));

#define FUZZ_HOLDS(condition, ...)                                             \
        do {                                                                   \
                if (!(condition))                                              \
                        broken(__VA_ARGS__);                                   \
        } while (0)

// Who has just been left: one of the crew; the keeper itself?
bool hostile_runs(void);
bool keeper_runs(void);

// --- What L4 keeps, looked at between two of its events ------------------------------

// Stops where a thread, a space, a ring, a timeout or a mapping says something else than
// what belongs to it.
void check_threads(void);
void check_waiting(void);
void check_spaces(void);
void check_mappings(void);

// How many mappings of 4 MB were seen at all of these looks that programs have made out of
// others of 4 MB.
extern uint32_t superpages_seen;

// Is L4 in the middle of something for a thread, or of a space's end? Then rights may have
// been taken away above, but not below yet.
bool kernel_is_at_work(void);

// --- What is in use (books.c) ----------------------------------------------------------

// What there has to be as much of when all programs but the first two are gone.
enum book {
        BOOK_POOL, // pages of the kernel's that can be had
        BOOK_MAPPINGS,
        BOOK_THREADS,
        BOOK_SPACES,
        BOOK_UTCB_PAGES,
        BOOK_TIMEOUTS,
        BOOK_CONTEXTS,
        BOOK_PAGEMAPS,
        BOOK_KERNEL_MAPPINGS,
        BOOK_DIRECTORIES,
        BOOK_TABLES,
        BOOK_MAPPED, // pages that are mapped for programs, each as often as it is
        BOOKS,
};

extern const char *const book_names[BOOKS];

void books_count(uint32_t books[BOOKS]);

// Parts of it that are counted where they can be seen.
void books_of_h(uint32_t books[BOOKS]);
void books_of_l4(uint32_t books[BOOKS]);

#endif
