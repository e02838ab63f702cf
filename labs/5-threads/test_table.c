// SPDX-License-Identifier: MIT
// Tests of the thread table. They need H's heap, and no program.
#include <h4/system.h>
#include <h4/test.h>
#include <kernel/string.h>
#include <l4/thread.h>
#include <l4/units.h>

#define SOME 60u
#define ROOTS (NUMBERS / LEAF)

static void
begin(void)
{
        system_begin_h();
        units_init();
        threads_init();
}

static uint32_t
random_number(void)
{
        // Near to each other, and all over the table.
        return random_below(2) ? NUMBER_USER + random_below(100)
                               : random_below(NUMBERS);
}

TEST(threads_are_found)
{
        static struct thread *threads[SOME];
        static uint32_t ids[SOME];

        begin();
        for (uint32_t i = 0; i < 300; i++) {
                uint32_t at = random_below(SOME);
                if (threads[at]) {
                        trying("thread_give of 0x%08x, and asking for it "
                               "afterwards",
                               ids[at]);
                        thread_give(threads[at]);
                        expect_hex(0, threads[at]->id,
                                   "the ID in the slot that is free again");
                        threads[at] = NULL;
                        expect_bool(false, thread_find(ids[at]) != NULL,
                                    "thread_find(0x%08x): it is no more",
                                    ids[at]);
                        expect_bool(false,
                                    thread_numbered(id_number(ids[at])) != NULL,
                                    "thread_numbered(%u): it is no more",
                                    id_number(ids[at]));
                        continue;
                }
                uint32_t number = random_number();
                bool there = false;
                for (uint32_t j = 0; j < SOME; j++)
                        there |= threads[j] && id_number(ids[j]) == number;
                expect_bool(there, thread_numbered(number) != NULL,
                            "thread_numbered(%u) when there are some threads",
                            number);
                if (there)
                        continue;
                ids[at] = id_make(number, 1 + random_below(63));
                trying("thread_take(0x%08x), and asking for all there are",
                       ids[at]);
                threads[at] = thread_take(ids[at]);
                expect_bool(true, threads[at] != NULL, "thread_take(0x%08x)",
                            ids[at]);
                for (uint32_t j = 0; j < SOME; j++)
                        if (threads[j])
                                expect_bool(true,
                                            thread_find(ids[j]) == threads[j],
                                            "thread_find(0x%08x): it is the "
                                            "thread that was taken",
                                            ids[j]);
        }
        trying_over();
        for (uint32_t j = 0; j < SOME; j++)
                threads[j] = NULL;
}

TEST(any_word_may_be_asked_for)
{
        begin();
        struct thread *thread = thread_take(id_make(100, 5));
        for (uint32_t i = 0; i < 700; i++) {
                uint32_t word = random_word();
                bool is_it = word == thread->id;
                expect_bool(is_it, thread_find(word) != NULL,
                            "thread_find(0x%08x)", word);
                expect_bool(word == 100, thread_numbered(word) != NULL,
                            "thread_numbered(0x%08x)", word);
        }
        for (uint32_t number = 0; number < 2 * LEAF; number++)
                expect_bool(number == 100,
                            thread_find(id_make(number, 5)) != NULL,
                            "thread_find(0x%08x)", id_make(number, 5));
        for (uint32_t number = 0; number < 64 * LEAF; number++)
                expect_bool(number == 100, thread_numbered(number) != NULL,
                            "thread_numbered(%u)", number);
        expect_bool(false, thread_find(0) != NULL, "thread_find(0)");
        expect_bool(false, thread_find(id_make(100, 6)) != NULL,
                    "thread_find of another version");
        expect_bool(false, thread_find(UINT32_MAX) != NULL,
                    "thread_find(0xFFFFFFFF)");
}

TEST(the_table_may_be_full)
{
        begin();
        // What is left in the units when the table begins anew is nobody's.
        for (uint32_t i = 0; i < 3; i++)
                thread_take(id_make(i, 1));
        threads_init();
        uint32_t most = unit_count;
        for (uint32_t round = 0; round < 2; round++) {
                // Each in a leaf of its own, and each time in others.
                for (uint32_t i = 0; i < most; i++) {
                        uint32_t root = (round * most + i) % ROOTS;
                        trying("thread_take, the %u. of %u, round %u", i + 1,
                               most, round + 1);
                        expect_bool(true,
                                    thread_take(id_make(root * LEAF + 18, 1)) !=
                                            NULL,
                                    "thread_take, the %u. of %u", i + 1, most);
                }
                trying_over();
                expect_bool(false, thread_take(id_make(49, 1)) != NULL,
                            "thread_take when there are %u", most);
                // Where those of the round before were nobody is.
                for (uint32_t root = 0; root < ROOTS; root++) {
                        uint32_t number = root * LEAF + 18;
                        uint32_t place =
                                (root + ROOTS - round * most % ROOTS) % ROOTS;
                        expect_bool(place < most,
                                    thread_numbered(number) != NULL,
                                    "thread_numbered(%u), round %u", number,
                                    round + 1);
                }
                for (uint32_t i = 0; i < most; i++) {
                        uint32_t root = (round * most + i) % ROOTS;
                        trying("thread_give, the %u. of %u, round %u", i + 1,
                               most, round + 1);
                        thread_give(thread_find(id_make(root * LEAF + 18, 1)));
                }
                trying_over();
        }
}

// Whatever a unit was used for before.
TEST(threads_begin_with_zeros)
{
        static struct thread zeros;

        zeros.id = id_make(300, 7);
        begin();
        for (uint32_t i = 0; i < unit_count + unit_count / 4; i++) {
                struct thread *thread = thread_take(zeros.id);
                if (!thread)
                        fail("thread_take: there is no room for a thread");
                const uint32_t *found = (const uint32_t *)thread;
                const uint32_t *due = (const uint32_t *)&zeros;
                for (uint32_t word = 0; word < sizeof(zeros) / 4; word++)
                        if (due[word] != found[word])
                                expect_hex(due[word], found[word],
                                           "word %u of a new thread's "
                                           "structure",
                                           word);
                memset(thread, 0xFF, sizeof(*thread));
                thread->id = zeros.id;
                thread_give(thread);
        }
}

// Of a unit: all but the thread and the leaf.
static uint32_t
sum_of_others(void)
{
        uint32_t sum = 0;

        for (uint32_t i = 0; i < unit_count; i++) {
                const struct unit *unit = &units[i];
                const uint32_t *word = (const uint32_t *)&unit->space;
                const uint32_t *end = (const uint32_t *)(unit + 1);
                for (; word < end; word++)
                        sum = (sum << 5 | sum >> 27) ^ *word;
        }
        return sum;
}

TEST(nothing_but_units_is_written)
{
        system_begin_h();
        units_init();
        for (uint32_t i = 0; i < unit_count; i++) {
                units[i].free_pages[0] = random_word();
                units[i].space.number = random_word();
                units[i].utcb_page.address = random_word();
        }
        uint32_t before = sum_of_others();
        threads_init();
        for (uint32_t i = 0; i < 50; i++)
                thread_take(id_make(NUMBER_USER + i * 30, 1));
        for (uint32_t i = 0; i < 50; i++)
                thread_give(thread_find(id_make(NUMBER_USER + i * 30, 1)));
        expect_hex(before, sum_of_others(),
                   "a sum of what is neither threads nor leaves in the units");
}

// Each begins with a table that is empty, whatever is left in variables and in the
// units.
TEST(the_table_begins_anew)
{
        begin();
        for (uint32_t i = 0; i < 200; i++)
                thread_take(id_make(i * 3, 1));
        units_init();
        threads_init();
        // Beside places that were somebody's before.
        for (uint32_t i = 1; i < 600; i += LEAF)
                thread_take(id_make(i, 1));
        for (uint32_t i = 0; i < 600; i++)
                expect_bool(i % LEAF == 1, thread_numbered(i) != NULL,
                            "thread_numbered(%u) after threads_init, and a "
                            "thread for each number that is %u times n, and 1",
                            i, LEAF);
        for (uint32_t i = 1; i < 600; i += LEAF) {
                trying("thread_give(thread_find(0x%08x))", id_make(i, 1));
                thread_give(thread_find(id_make(i, 1)));
        }
        trying_over();
        for (uint32_t i = 0; i < unit_count; i++) {
                trying("thread_take, the %u. of %u", i + 1, unit_count);
                expect_bool(true, thread_take(id_make(i, 1)) != NULL,
                            "thread_take, the %u. of %u", i + 1, unit_count);
        }
        trying_over();
}

// Versions and numbers at their borders.
TEST(whole_ids_are_compared)
{
        static const uint32_t numbers[] = {
                0, 1, 63, 64, 65, 16383, NUMBERS - 64, NUMBERS - 1
        };

        begin();
        for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
                thread_take(id_make(numbers[i], 0x2A81));
        for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
                uint32_t id = id_make(numbers[i], 0x2A81);
                trying("thread_find and thread_numbered of 0x%08x, and of "
                       "others in which a bit is another one",
                       id);
                expect_bool(true, thread_find(id) != NULL,
                            "thread_find(0x%08x)", id);
                expect_bool(true, thread_numbered(numbers[i]) != NULL,
                            "thread_numbered(%u)", numbers[i]);
                for (uint32_t bit = 0; bit < 14; bit++)
                        expect_bool(false, thread_find(id ^ 1u << bit) != NULL,
                                    "thread_find(0x%08x): its version is "
                                    "another one",
                                    id ^ 1u << bit);
                expect_bool(false, thread_find(id ^ 0x80000000) != NULL,
                            "thread_find(0x%08x): no number is so large",
                            id ^ 0x80000000);
                expect_bool(false,
                            thread_numbered(numbers[i] + NUMBERS) != NULL,
                            "thread_numbered(%u): no number is so large",
                            numbers[i] + NUMBERS);
        }
        trying_over();
}
