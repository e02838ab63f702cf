// SPDX-License-Identifier: MIT
// The thread table: from a thread's number to the thread, in two steps.
//
//     number: 17 bits          roots                    leaf
//    +-----------+--------+   +-------+               +--------+
//    | root      | leaf   |   |     ------------------>|     ------> thread
//    +-----------+--------+   |   ...                 |   ...
//                             +-------+               +--------+
//
// Where there is no thread, there is `nobody`, whose ID is none; where there is no
// leaf, there is one with nobody in it. So a thread is found without a question on
// the way, and one comparison of the whole ID says whether it is the one.
//
// The contracts are in thread.h.
#include "thread.h"

#include "todo.h"
#include "units.h"

// H4-BEGIN 5.2
#define ROOTS (NUMBERS / LEAF)

static struct thread nobody;
static struct leaf empty;

static struct leaf *roots[ROOTS];
static struct leaf *free_leaves;
static struct thread *free_threads; // linked by next_ready

static void
free_leaf(struct leaf *leaf)
{
        leaf->next_free = free_leaves;
        free_leaves = leaf;
}
// H4-STUB 5.2
// H4-END 5.2

void
threads_init(void)
{
        // H4-BEGIN 5.2
        nobody = (struct thread){ 0 };
        for (uint32_t i = 0; i < LEAF; i++)
                empty.threads[i] = &nobody;
        for (struct leaf **root = roots; root < roots + ROOTS; root++)
                *root = &empty;

        free_threads = NULL;
        free_leaves = NULL;
        for (uint32_t i = unit_count; i-- > 0;) {
                struct thread *thread = &units[i].thread;
                thread->next_ready = free_threads;
                free_threads = thread;
                free_leaf(&units[i].leaf);
        }
        // H4-STUB 5.2
        //| H4_TODO("5.2");
        // H4-END 5.2
}

struct thread *
thread_find(uint32_t id)
{
        // H4-BEGIN 5.2
        uint32_t number = id_number(id) % NUMBERS;
        struct thread *thread = roots[number / LEAF]->threads[number % LEAF];

        return thread->id == id && id != ID_NIL ? thread : NULL;
        // H4-STUB 5.2
        //| H4_TODO("5.2", id);
        // H4-END 5.2
}

struct thread *
thread_numbered(uint32_t number)
{
        // H4-BEGIN 5.2
        if (number >= NUMBERS)
                return NULL;
        struct thread *thread = roots[number / LEAF]->threads[number % LEAF];

        return thread != &nobody ? thread : NULL;
        // H4-STUB 5.2
        //| H4_TODO("5.2", number);
        // H4-END 5.2
}

// H4-BEGIN 5.2
static struct leaf *
own_leaf(uint32_t root)
{
        if (roots[root] != &empty)
                return roots[root];

        struct leaf *leaf = free_leaves;
        free_leaves = leaf->next_free;
        for (uint32_t i = 0; i < LEAF; i++)
                leaf->threads[i] = &nobody;
        leaf->used = 0;
        roots[root] = leaf;
        return leaf;
}
// H4-STUB 5.2
// H4-END 5.2

struct thread *
thread_take(uint32_t id)
{
        // H4-BEGIN 5.2
        struct thread *thread = free_threads;

        if (!thread)
                return NULL;
        free_threads = thread->next_ready;
        *thread = (struct thread){ .id = id };

        // As many leaves as threads: there is one.
        uint32_t number = id_number(id);
        struct leaf *leaf = own_leaf(number / LEAF);
        leaf->threads[number % LEAF] = thread;
        leaf->used++;
        return thread;
        // H4-STUB 5.2
        //| H4_TODO("5.2", id);
        // H4-END 5.2
}

void
thread_give(struct thread *thread)
{
        // H4-BEGIN 5.2
        uint32_t number = id_number(thread->id);
        struct leaf *leaf = roots[number / LEAF];

        leaf->threads[number % LEAF] = &nobody;
        if (--leaf->used == 0) {
                roots[number / LEAF] = &empty;
                free_leaf(leaf);
        }
        *thread = (struct thread){ .next_ready = free_threads };
        free_threads = thread;
        // H4-STUB 5.2
        //| H4_TODO("5.2", thread);
        // H4-END 5.2
}
