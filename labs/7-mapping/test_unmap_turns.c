// SPDX-License-Identifier: MIT
// Unmap with interrupts: a step, and the rest when it is the thread's turn again.
#include "unmaps.h"

#define RW (H_R | H_W)
#define AT(i) (0x01000000u + (i)*0x1000u)
#define BELOW(i) (0x02000000u + (i)*0x1000u)
#define PAGES 4u
#define BELOW_EACH 3u
#define TURNS_MOST 500u

static struct unmap calls[2];
static struct space *below;

static uint32_t
fpage(uint32_t first, unsigned rights)
{
        return first | H_PAGE_LOG2 << 4 | rights;
}

// Two callers; each has pages, and of each of them there are some below.
static void
begin(void)
{
        trees_begin(0);
        interrupts_begin();
        calls[0].thread = unmap_thread();
        calls[1].thread = unmap_thread();
        below = forest_space();
        for (unsigned i = 0; i < 2 * PAGES; i++)
                trees_put(calls[i / PAGES].thread->space, AT(i % PAGES),
                          forest_page(i), H_PAGE_LOG2, RW, NOBODY);
        for (unsigned i = 0; i < 2 * PAGES * BELOW_EACH; i++) {
                unsigned parent = i % (2 * PAGES);
                trees_put(below, BELOW(i), forest_page(parent), H_PAGE_LOG2, RW,
                          parent);
        }
        for (unsigned i = 0; i < 2; i++) {
                calls[i].control = PAGES - 1;
                for (unsigned j = 0; j < PAGES; j++)
                        calls[i].words[j] =
                                fpage(AT(j), j % 2 ? H_W : RW | H_X);
        }
}

// All is there, and below the second page of each caller it has been written.
static void
use(void)
{
        trees_restore();
        for (unsigned i = 0; i < 2 * PAGES * BELOW_EACH; i++)
                if (i % PAGES == 1)
                        forest_touch(below, BELOW(i), H_W);
}

// What both calls take, and what they say.
static void
expect_both(const char *when)
{
        static const unsigned used[PAGES] = { 0, RW, 0, 0 };

        for (unsigned i = 0; i < 2; i++) {
                unmap_expect(&calls[i], used, when);
                for (unsigned j = 0; j < PAGES; j++)
                        trees_take((struct range){ calls[i].thread->space,
                                                   AT(j), AT(j) },
                                   calls[i].words[j] & FPAGE_RIGHTS, false);
        }
        trees_check(when);
}

// While an interrupt is pending, one step is done and no more. Returns whether it is over.
static bool
expect_one_step(const struct unmap *call, const struct thread *next,
                uint32_t before)
{
        if (mapdb_used() + 1 < before)
                fail("%u mappings have gone while an interrupt was pending",
                     before - mapdb_used());
        expect_bool(true, next == call->thread,
                    "an interrupt is pending: the thread is preferred still");
        if (call->thread->work == WORK_NONE)
                return true;
        expect_number(WORK_UNMAP, call->thread->work,
                      "an interrupt is pending: what is to be done for the "
                      "thread");
        return false;
}

TEST(unmap_goes_on_in_turns)
{
        static const char when[] = "two calls, a step of each in turn";
        bool over[2];
        uint32_t turns = 0;

        begin();
        use();
        interrupt_is(true);
        for (unsigned i = 0; i < 2; i++) {
                uint32_t before = mapdb_used();
                over[i] = expect_one_step(&calls[i], unmap_call(&calls[i]),
                                          before);
        }
        while (!over[0] || !over[1]) {
                struct unmap *call = &calls[over[0] || (!over[1] && turns % 3)];
                uint32_t before = mapdb_used();
                struct thread *next = unmap_go_on(call->thread);
                over[call == &calls[1]] = expect_one_step(call, next, before);
                if (turns++ > TURNS_MOST)
                        fail("the calls are not over after %u turns", turns);
        }
        // Four flexpages of each, and three mappings below each page.
        if (turns < 2 * PAGES * BELOW_EACH)
                fail("both calls were over after %u turns, and an interrupt "
                     "was pending all the time",
                     turns);
        expect_both(when);

        // The interrupt comes in the middle, and goes again.
        use();
        interrupt_is(true);
        unmap_call(&calls[0]);
        for (unsigned i = 0; i < 5; i++)
                unmap_go_on(calls[0].thread);
        interrupt_is(false);
        unmap_expect_over(&calls[0], unmap_go_on(calls[0].thread),
                          "the interrupt is pending no more");
        unmap_expect_over(&calls[1], unmap_call(&calls[1]), "no interrupt");
        expect_both("an interrupt in the middle");

        // A call that is broken off, and one that begins anew.
        use();
        interrupt_is(true);
        unmap_call(&calls[0]);
        for (unsigned i = 0; i < 12; i++)
                unmap_go_on(calls[0].thread);
        unmap_break(calls[0].thread);
        trees_learn();
        trees_restore();
        use();
        interrupt_is(false);
        for (unsigned i = 0; i < 2; i++)
                unmap_expect_over(&calls[i], unmap_call(&calls[i]),
                                  "the last call was broken off");
        expect_both("the last call was broken off");
        interrupts_end();
}
