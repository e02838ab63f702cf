// SPDX-License-Identifier: MIT
// The ready threads: a ring for each priority, and two levels of bits that say
// which rings have some.
//
//      bit p / 32 of `words`:  is one of the bits of word p / 32 set?
//      bit p % 32 of rings_used[p / 32]:  has ring p threads?
//
//      first[p] --> thread <--> thread <--> thread <--> (the first one again)
//
// The contracts are in schedule.h.
#include "schedule.h"

static struct thread *first[PRIORITIES];
static uint32_t rings_used[PRIORITIES / 32];
static uint32_t words;

void
ready_init(void)
{
        for (unsigned i = 0; i < PRIORITIES; i++)
                first[i] = NULL;
        for (unsigned i = 0; i < PRIORITIES / 32; i++)
                rings_used[i] = 0;
        words = 0;
}

bool
ready_is(const struct thread *thread)
{
        return thread->next_ready != NULL;
}

void
ready_add(struct thread *thread)
{
        unsigned priority = thread->priority;
        struct thread *head = first[priority];

        if (head) {
                thread->next_ready = head;
                thread->last_ready = head->last_ready;
                head->last_ready->next_ready = thread;
                head->last_ready = thread;
                return;
        }
        thread->next_ready = thread;
        thread->last_ready = thread;
        first[priority] = thread;
        rings_used[priority / 32] |= 1u << priority % 32;
        words |= 1u << priority / 32;
}

void
ready_remove(struct thread *thread)
{
        unsigned priority = thread->priority;
        struct thread *next = thread->next_ready;

        if (next != thread) {
                next->last_ready = thread->last_ready;
                thread->last_ready->next_ready = next;
                if (first[priority] == thread)
                        first[priority] = next;
        } else {
                first[priority] = NULL;
                rings_used[priority / 32] &= ~(1u << priority % 32);
                if (rings_used[priority / 32] == 0)
                        words &= ~(1u << priority / 32);
        }
        thread->next_ready = NULL;
        thread->last_ready = NULL;
}

// The highest bit of a word in which one is set.
static unsigned
highest(uint32_t word)
{
        return 31u - (unsigned)__builtin_clz(word);
}

struct thread *
ready_first(void)
{
        if (words == 0)
                return NULL;

        unsigned word = highest(words);
        return first[word * 32 + highest(rings_used[word])];
}

void
ready_replace(struct thread *thread, struct thread *by)
{
        struct thread *next = thread->next_ready;
        struct thread *last = thread->last_ready;

        if (next == thread) {
                by->next_ready = by;
                by->last_ready = by;
        } else {
                by->next_ready = next;
                by->last_ready = last;
                next->last_ready = by;
                last->next_ready = by;
        }
        if (first[thread->priority] == thread)
                first[thread->priority] = by;
        thread->next_ready = NULL;
        thread->last_ready = NULL;
}

void
ready_last(struct thread *thread)
{
        ready_remove(thread);
        ready_add(thread);
}
