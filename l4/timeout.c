// SPDX-License-Identifier: MIT
// The timeouts under way: a binary heap by the time at which they end. Of two that end
// at the same time the one that was begun first goes first.
//
//                     place 0: ends first
//                    /         \  .
//               place 1      place 2
//               /     \  .   /     \        place i ends no later than
//             [3]     [4]  [5]     [6]      2i + 1 and 2i + 2
//
// The contracts are in timeout.h.
#include "timeout.h"

#include "todo.h"
#include "units.h"

// H4-BEGIN 6.4
static uint32_t count;
static uint32_t begun; // how many there have been
// H4-STUB 6.4
// H4-END 6.4

void
timeouts_init(void)
{
        // H4-BEGIN 6.4
        count = 0;
        begun = 0;
        // H4-STUB 6.4
        //| H4_TODO("6.4");
        // H4-END 6.4
}

// H4-BEGIN 6.4
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
        units[place].timeout = thread;
        thread->wake_place = place + 1;
}

static void
rise(uint32_t place, struct thread *thread)
{
        while (place > 0) {
                uint32_t parent = (place - 1) / 2;
                if (!earlier(thread, units[parent].timeout))
                        break;
                put(place, units[parent].timeout);
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
                if (child + 1 < count &&
                    earlier(units[child + 1].timeout, units[child].timeout))
                        child++;
                if (!earlier(units[child].timeout, thread))
                        break;
                put(place, units[child].timeout);
                place = child;
        }
        put(place, thread);
}
// H4-STUB 6.4
// H4-END 6.4

void
timeout_add(struct thread *thread, uint64_t wake)
{
        // H4-BEGIN 6.4
        thread->wake = wake;
        thread->wake_order = begun++;
        rise(count++, thread);
        // H4-STUB 6.4
        //| H4_TODO("6.4", thread, wake);
        // H4-END 6.4
}

void
timeout_remove(struct thread *thread)
{
        // H4-BEGIN 6.4
        if (thread->wake_place == 0)
                return;

        uint32_t place = thread->wake_place - 1;
        struct thread *last = units[--count].timeout;
        thread->wake_place = 0;
        if (last == thread)
                return;
        if (place > 0 && earlier(last, units[(place - 1) / 2].timeout))
                rise(place, last);
        else
                sink(place, last);
        // H4-STUB 6.4
        //| H4_TODO("6.4", thread);
        // H4-END 6.4
}

bool
timeouts_any(void)
{
        // H4-BEGIN 6.4
        return count > 0;
        // H4-STUB 6.4
        //| H4_TODO("6.4");
        // H4-END 6.4
}

struct thread *
timeout_take(uint64_t now)
{
        // H4-BEGIN 6.4
        if (count == 0 || units[0].timeout->wake > now)
                return NULL;

        struct thread *first = units[0].timeout;
        timeout_remove(first);
        return first;
        // H4-STUB 6.4
        //| H4_TODO("6.4", now);
        // H4-END 6.4
}

bool
timeout_begin(struct thread *thread, uint16_t word)
{
        // H4-BEGIN 6.4
        if (word == TIME_NEVER)
                return true;
        if (time_is_zero(word))
                return false;

        uint64_t now = h_clock();
        uint64_t end = time_end(word, now);
        if (end <= now)
                return false;
        timeout_add(thread, end);
        return true;
        // H4-STUB 6.4
        //| H4_TODO("6.4", thread, word);
        // H4-END 6.4
}
