// SPDX-License-Identifier: MIT
// Tests of the heap of timeouts. No program is needed, and nothing of the system: the
// heap's units are the tests' own.
#include <h4/test.h>
#include <l4/timeout.h>
#include <l4/units.h>

#define THREADS 300u
#define MANY 40u
#define NOBODY THREADS

static struct unit room[THREADS];
static struct thread threads[THREADS];

// The model: numbers of the threads that have a timeout, in the order in which they
// were given them, and when each ends.
static uint32_t order[THREADS];
static uint32_t count;
static uint64_t wakes[THREADS];

static void
begin(void)
{
        units = room;
        unit_count = THREADS;
        timeouts_init();
        count = 0;
        for (uint32_t i = 0; i < THREADS; i++)
                threads[i] = (struct thread){ .id = id_make(100 + i, 1) };
}

static void
add(uint32_t number, uint64_t wake)
{
        order[count++] = number;
        wakes[number] = wake;
        timeout_add(&threads[number], wake);
}

static uint32_t
place_in_order(uint32_t number)
{
        uint32_t at = 0;

        while (at < count && order[at] != number)
                at++;
        return at;
}

static void
drop(uint32_t number)
{
        uint32_t at = place_in_order(number);

        for (count--; at < count; at++)
                order[at] = order[at + 1];
}

static uint32_t
due(void)
{
        uint32_t best = NOBODY;

        for (uint32_t i = 0; i < count; i++)
                if (best == NOBODY || wakes[order[i]] < wakes[best])
                        best = order[i];
        return best;
}

static uint32_t
id_of(const struct thread *thread)
{
        return thread ? thread->id : 0;
}

// Takes the one that is due, if it has ended by now.
static void
take(uint64_t now, const char *what)
{
        uint32_t number = due();

        if (number != NOBODY && wakes[number] > now)
                number = NOBODY;
        trying("timeout_take, %u under way: %s", count, what);
        expect_hex(number == NOBODY ? 0 : threads[number].id,
                   id_of(timeout_take(now)),
                   "%s, %u under way: the ID of the thread that timeout_take "
                   "returns",
                   what, count);
        trying_over();
        if (number != NOBODY)
                drop(number);
}

static void
take_all(const char *what)
{
        while (count > 0)
                take(UINT64_MAX, what);
        expect_bool(false, timeouts_any(), "%s, all taken: timeouts_any", what);
}

// --- What is seen from outside -----------------------------------------------------------

TEST(timeouts_begin_with_none)
{
        begin();
        expect_bool(false, timeouts_any(), "after timeouts_init: timeouts_any");
        expect_hex(0, id_of(timeout_take(UINT64_MAX)),
                   "after timeouts_init: timeout_take");
        for (uint32_t i = 0; i < 5; i++) {
                add(i, 50 - i);
                expect_bool(true, timeouts_any(), "timeouts_any with %u",
                            count);
        }
        begin();
        expect_bool(false, timeouts_any(),
                    "after timeouts_init, when there were five: timeouts_any");
        expect_hex(0, id_of(timeout_take(UINT64_MAX)),
                   "after timeouts_init, when there were five: timeout_take");
        add(6, 70);
        add(5, 60);
        take_all("begun anew");
}

TEST(timeouts_end_when_they_are_due)
{
        static const uint64_t times[] = {
                1,
                1000,
                0x7FFFFFFF,
                0x80000000,
                0xFFFFFFFF,
                0x100000000,
                0x100000001,
                0x7FFFFFFFFFFFFFFF,
                0x180000000,
                0x200000000,
                0xFFFFFFFFFFFFFFFF,
        };

        begin();
        for (uint32_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
                add(0, times[i]);
                expect_bool(true, threads[0].wake == times[i],
                            "the %u. time: wake of a thread is when its "
                            "timeout ends",
                            i + 1);
                take(0, "a time that has not come");
                take(times[i] - 1, "one microsecond too early");
                expect_bool(true, timeouts_any(),
                            "one microsecond too early: timeouts_any");
                take(times[i], "to the microsecond");
                expect_number(0, threads[0].wake_place,
                              "wake_place of a thread that was taken");
                take(UINT64_MAX, "after the only one was taken");
        }
        add(1, 0x100000000);
        add(2, 0xFFFFFFFF);
        add(3, 0x80000000);
        add(4, 0x7FFFFFFF);
        for (uint32_t i = 0; i < 6; i++)
                take(0x80000000, "four times around 2^31 and 2^32");
        take_all("two of them are left");
}

TEST(timeouts_come_in_their_order)
{
        begin();
        for (uint32_t round = 0; round < 7; round++) {
                uint32_t some = round == 2  ? THREADS
                                : round < 3 ? MANY
                                            : 1 + random_below(MANY);
                for (uint32_t i = 0; i < some; i++)
                        add(i, round == 0   ? i
                               : round == 1 ? 1000 - i
                                            : (uint64_t)random_word() << 3);
                take_all(round == 0   ? "added in rising order"
                         : round == 1 ? "added in falling order"
                                      : "added in any order");
        }
}

TEST(equal_timeouts_come_in_turn)
{
        begin();
        for (uint32_t round = 0; round < 3; round++) {
                for (uint32_t i = 0; i < 30; i++)
                        add(i * 7 % 30, 500 + random_below(round + 1));
                take_all("some that end together");
        }
        // What has come in between does not matter.
        for (uint32_t i = 0; i < 120; i++) {
                uint32_t number = random_below(15);
                if (place_in_order(number) == count)
                        add(number, 500);
                else
                        take(600, "all end together, they come and go");
        }
        take_all("all end together");
}

// wake_order counts all that there have been. Here it is as if they had been so many
// that it has begun anew between the one and the other.
TEST(numbers_of_timeouts_begin_anew)
{
        for (uint32_t split = 0; split < 8; split++) {
                begin();
                for (uint32_t i = 0; i < 8; i++)
                        add(i, 500);
                uint32_t back = threads[split].wake_order + 1;
                // Between the one and the other there were many that are off by
                // now: 36864 of them, or 16, 256, 4096 times as many.
                uint32_t gap = 0x9000u << split % 4 * 4;
                for (uint32_t i = 0; i < 8; i++)
                        threads[i].wake_order -= back + (i > split ? 0 : gap);
                take_all("eight that end together, wake_order of some is below "
                         "2^32, of those added later just above 0");
        }
}

// --- Taking off ----------------------------------------------------------------------------

static void
take_off(uint32_t number)
{
        trying("timeout_remove of the %u. that was added, %u under way",
               number + 1, count);
        timeout_remove(&threads[number]);
        trying_over();
        expect_number(0, threads[number].wake_place,
                      "wake_place of a thread behind timeout_remove");
        if (place_in_order(number) < count)
                drop(number);
}

// The last one of the heap ends before the one above the gap; the gap is the left child
// of that one, or the right one.
static void
fill_from_another_branch(void)
{
        static const uint8_t times[] = { 1, 10, 2, 11, 12, 3, 4 };

        for (uint32_t gap = 3; gap <= 4; gap++) {
                begin();
                for (uint32_t i = 0; i < sizeof(times); i++)
                        add(i, times[i]);
                take_off(gap);
                add(7, 5);
                add(8, 9);
                take_all(gap == 3 ? "added to end at 1, 10, 2, 11, 12, 3, 4; "
                                    "taken off 11; added 5 and 9"
                                  : "added to end at 1, 10, 2, 11, 12, 3, 4; "
                                    "taken off 12; added 5 and 9");
        }
}

// The last one of the heap ends behind those below the gap.
static void
fill_with_what_sinks(void)
{
        static const uint8_t times[] = { 1, 2, 3, 4, 5, 6, 7, 20 };

        begin();
        for (uint32_t i = 0; i < sizeof(times); i++)
                add(i, times[i]);
        take_off(1);
        take_all("added to end at 1 to 7 and 20; taken off 2");
}

TEST(timeouts_are_taken_off)
{
        fill_from_another_branch();
        fill_with_what_sinks();
        for (uint32_t length = 1; length <= 8; length++)
                for (uint32_t at = 0; at < length; at++) {
                        begin();
                        for (uint32_t i = 0; i < length; i++)
                                add(i, random_below(12));
                        take_off(at);
                        take_off(at);     // it has none any more
                        take_off(length); // it has had none
                        expect_bool(count > 0, timeouts_any(),
                                    "one of %u taken off: timeouts_any",
                                    length);
                        take_all("one of some has been taken off");
                }
        begin();
        // More than a byte counts.
        for (uint32_t i = 0; i < THREADS; i++)
                add(i, random_below(1000));
        for (uint32_t i = THREADS; i-- > 0;)
                if (i % 3 != 0)
                        take_off(i);
        take_all("two thirds of many have been taken off");
}
