// SPDX-License-Identifier: MIT
// The contracts are in many.h. The first thread gives the processor away only where it
// says so, as its time slice has no end. All have the same priority.
#include "many.h"

#include <l4/schedule.h>
#include <l4/time.h>

#define TRIES 12
#define ROUNDS 4
#define UTCBS_IN_A_PAGE 8

// None of these timeouts ends here: so long the program does not take.
#define LONG 1000000000u
#define SHORTER 500000000u

// A timer's interrupt takes more ticks than that, two reads of the counter less.
#define NOTICED 200u

static L4_Word_t
ticks(void)
{
        L4_Word_t low, high;

        __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
        return low;
}

static void
keep_least(L4_Word_t *least, L4_Word_t ticks_taken)
{
        if (ticks_taken < *least)
                *least = ticks_taken;
}

// The timer interrupts at other places then.
static void
pass_time(int turns)
{
        for (int i = 0; i < turns; i++)
                __asm__ volatile("");
}

// Makes and ends the last one, and makes it at last in its usual place.
static void
measure_life(L4_Word_t n, L4_Word_t costs[COSTS])
{
        L4_Word_t own_page =
                (n + UTCBS_IN_A_PAGE - 1) / UTCBS_IN_A_PAGE * UTCBS_IN_A_PAGE;

        for (int i = 0; i < TRIES; i++) {
                L4_Word_t begin = ticks();
                crew_end(n);
                keep_least(&costs[ENDING], ticks() - begin);

                begin = ticks();
                crew_make(n, own_page);
                keep_least(&costs[MAKING_PAGE], ticks() - begin);

                crew_end(n);
                begin = ticks();
                crew_make(n, n - 1);
                keep_least(&costs[MAKING], ticks() - begin);
                pass_time(i * i * 50);
        }
        crew_start(n);
        crew_call(n, L4_Never);
}

static void
measure_switching(L4_Word_t n, L4_Word_t *cost)
{
        yielding = true;
        for (L4_Word_t i = 1; i <= n; i++)
                crew_tell(i, YIELD, L4_Never);
        L4_Yield();
        for (int i = 0; i < ROUNDS; i++) {
                L4_Word_t begin = ticks();
                L4_Yield();
                keep_least(cost, (ticks() - begin) / (n + 1));
        }
        yielding = false;
        for (L4_Word_t i = 1; i <= n; i++)
                crew_call(i, L4_Never);
}

static void
measure_message(L4_Word_t n, L4_Time_t time, L4_Word_t *cost)
{
        crew_call(n, time);
        for (int i = 0; i < TRIES; i++) {
                L4_Word_t begin = ticks();
                crew_call(n, time);
                keep_least(cost, ticks() - begin);
        }
}

static void
wait_all(L4_Word_t n, L4_Time_t time)
{
        for (L4_Word_t i = 1; i <= n; i++)
                crew_call(i, time);
}

// The longest time until `end` for which this thread did not run.
static L4_Word_t
longest_gap(L4_Clock_t end)
{
        L4_Word_t longest = 0;
        L4_Word_t last = ticks();

        for (;;) {
                L4_Word_t now = ticks();
                L4_Word_t gap = now - last;
                last = now;
                if (gap < NOTICED)
                        continue;
                if (gap > longest)
                        longest = gap;
                if (L4_IsClockLater(L4_SystemClock(), end))
                        return longest;
                last = ticks();
        }
}

// The others are ready then, but have not run.
static void
measure_expiring(L4_Word_t n, L4_Word_t *cost)
{
        L4_Word_t usual = longest_gap(L4_ClockAddUsec(L4_SystemClock(), 5000));
        L4_Clock_t end = L4_ClockAddUsec(L4_SystemClock(), 20000 + n * 1000);

        wait_all(n, L4_TimePoint(end));
        // A point in time is rounded up by less than one part in 500.
        *cost = (longest_gap(L4_ClockAddUsec(end, 10000 + n * 2)) - usual) / n;
        L4_Yield();
}

// The last ones first: they are behind all others.
static void
measure_receiving(L4_Word_t n, L4_Word_t *cost)
{
        for (L4_Word_t i = 1; i <= n; i++)
                crew_tell(i, CALL, L4_Never);
        L4_Yield();
        for (L4_Word_t i = n; i > 0; i--) {
                L4_Word_t begin = ticks();
                L4_Receive(crew_id(i));
                L4_Word_t taken = ticks() - begin;
                if (n - i < TRIES)
                        keep_least(cost, taken);
        }
}

void
measure(L4_Word_t n, L4_Word_t costs[COSTS])
{
        for (int i = 0; i < COSTS; i++)
                costs[i] = UINT32_MAX;
        wait_all(n, L4_Never);
        measure_life(n, costs);
        measure_switching(n, &costs[SWITCHING]);
        measure_message(n, L4_Never, &costs[MESSAGE]);
        for (L4_Word_t i = 0; i < TRIES; i += n)
                measure_receiving(n, &costs[RECEIVING]);

        wait_all(n, L4_TimePeriod(LONG));
        measure_message(n, L4_TimePeriod(SHORTER), &costs[TIMEOUT]);
        measure_expiring(n, &costs[EXPIRING]);
}
