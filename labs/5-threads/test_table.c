// SPDX-License-Identifier: MIT
// Tests of the thread table. They need H's heap, and no program.
#include <h4/system.h>
#include <h4/test.h>
#include <l4/thread.h>
#include <l4/units.h>

#define SOME 60u

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
        for (uint32_t i = 0; i < 600; i++) {
                uint32_t at = random_below(SOME);
                if (threads[at]) {
                        thread_give(threads[at]);
                        threads[at] = NULL;
                        expect_bool(false, thread_find(ids[at]) != NULL,
                                    "thread_find(0x%08x): it is no more",
                                    ids[at]);
                        continue;
                }
                uint32_t number = random_number();
                if (thread_numbered(number))
                        continue;
                ids[at] = id_make(number, 1 + random_below(63));
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
        for (uint32_t j = 0; j < SOME; j++)
                threads[j] = NULL;
}

TEST(any_word_may_be_asked_for)
{
        begin();
        struct thread *thread = thread_take(id_make(100, 5));
        for (uint32_t i = 0; i < 2000; i++) {
                uint32_t word = random_word();
                bool is_it = word == thread->id;
                expect_bool(is_it, thread_find(word) != NULL,
                            "thread_find(0x%08x)", word);
                expect_bool(word == 100, thread_numbered(word) != NULL,
                            "thread_numbered(0x%08x)", word);
        }
        expect_bool(false, thread_find(0) != NULL, "thread_find(0)");
        expect_bool(false, thread_find(id_make(100, 6)) != NULL,
                    "thread_find of another version");
        expect_bool(false, thread_find(UINT32_MAX) != NULL,
                    "thread_find(0xFFFFFFFF)");
}

TEST(the_table_may_be_full)
{
        begin();
        uint32_t most = unit_count;
        for (uint32_t round = 0; round < 2; round++) {
                // Each in a leaf of its own.
                for (uint32_t i = 0; i < most; i++)
                        expect_bool(true,
                                    thread_take(id_make(i * 64 + 50, 1)) !=
                                            NULL,
                                    "thread_take, the %u. of %u", i + 1, most);
                expect_bool(false, thread_take(id_make(49, 1)) != NULL,
                            "thread_take when there are %u", most);
                for (uint32_t i = 0; i < most; i++)
                        thread_give(thread_find(id_make(i * 64 + 50, 1)));
        }
}
