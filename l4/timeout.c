// SPDX-License-Identifier: MIT
// The timeouts under way: a binary heap by the time at which they end. Of two that end
// at the same time the one that was begun first goes first.
//
//                     heap[0]: ends first
//                    /         \  .
//               heap[1]      heap[2]
//               /     \  .   /     \        heap[i] ends no later than
//             [3]     [4]  [5]     [6]      heap[2i + 1] and heap[2i + 2]
//
// The contracts are in timeout.h.
#include "timeout.h"

#include "heap.h"

static struct thread **heap;
static uint32_t count;
static uint32_t begun; // how many there have been

void
timeouts_init(void)
{
        heap = heap_take(threads_most() * sizeof(*heap));
        count = 0;
        begun = 0;
}

static bool
earlier(const struct thread *a, const struct thread *b)
{
        if (a->wake != b->wake)
                return a->wake < b->wake;
        return (int32_t)(a->wake_order - b->wake_order) < 0;
}

static void
put(uint32_t place, struct thread *thread)
{
        heap[place] = thread;
        thread->wake_place = place + 1;
}

static void
rise(uint32_t place, struct thread *thread)
{
        while (place > 0) {
                uint32_t parent = (place - 1) / 2;
                if (!earlier(thread, heap[parent]))
                        break;
                put(place, heap[parent]);
                place = parent;
        }
        put(place, thread);
}

static void
sink(uint32_t place, struct thread *thread)
{
        for (;;) {
                uint32_t child = 2 * place + 1;
                if (child >= count)
                        break;
                if (child + 1 < count && earlier(heap[child + 1], heap[child]))
                        child++;
                if (!earlier(heap[child], thread))
                        break;
                put(place, heap[child]);
                place = child;
        }
        put(place, thread);
}

void
timeout_add(struct thread *thread, uint64_t wake)
{
        thread->wake = wake;
        thread->wake_order = begun++;
        rise(count++, thread);
}

void
timeout_remove(struct thread *thread)
{
        if (thread->wake_place == 0)
                return;

        uint32_t place = thread->wake_place - 1;
        struct thread *last = heap[--count];
        thread->wake_place = 0;
        if (last == thread)
                return;
        if (place > 0 && earlier(last, heap[(place - 1) / 2]))
                rise(place, last);
        else
                sink(place, last);
}

struct thread *
timeout_take(uint64_t now)
{
        if (count == 0 || heap[0]->wake > now)
                return NULL;

        struct thread *first = heap[0];
        timeout_remove(first);
        return first;
}
