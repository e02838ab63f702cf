// SPDX-License-Identifier: MIT
// The keeper of the hostile crew: round after round it lets it loose, disturbs it, ends it,
// and looks whether the kernel has all back and serves. What it is told to do, and whom it
// tells, is the stage's: labs/8-speed/fuzz.
#include "fuzz.h"

#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/threads.h>

#define ROUND_CALLS 2500u // in a round
#define ROUND_WAKES 100u  // and no more than so often is it looked
#define MOST_ROUNDS                                                            \
        4          // as many as there should be: then the crew does not get on
#define NAP 40000u // microseconds
#define PAGER_PRIORITY 150u // above the crew
#define PATIENCE L4_TimePeriod(2000000)
#define EXHAUSTED 400u // threads that are not refused

static struct stack stacks[PAGERS + 1];

static void
make_pagers(struct chance *chance)
{
        for (L4_Word_t i = 1; i <= PAGERS; i++) {
                if (!thread_here(i))
                        ask(ASK_BROKEN, 1);
                L4_Set_Priority(thread_id(i),
                                PAGER_PRIORITY + below(chance, 60));
                thread_start(thread_id(i), pager_run, &stacks[i]);
        }
}

static void
end_pagers(void)
{
        for (L4_Word_t i = 1; i <= PAGERS; i++)
                thread_end(i);
}

// --- Does the kernel serve? -----------------------------------------------------------------

static bool
partner_answers(L4_Word_t value)
{
        L4_Word_t answer;

        L4_LoadMR(0, 1);
        L4_LoadMR(1, value);
        L4_MsgTag_t tag =
                L4_Call_Timeouts(crew_id(PARTNER), PATIENCE, PATIENCE);
        L4_StoreMR(1, &answer);
        return L4_IpcSucceeded(tag) && answer == value + 1;
}

// A thread in a space of its own, a page that it is lent, and once more when that has been
// taken back. What is wrong; 0: nothing.
static L4_Word_t
does_not_serve(void)
{
        volatile L4_Word_t *word = arena_word(PARTNER - 1);
        L4_Word_t before = *word;
        L4_ThreadId_t id = crew_id(PARTNER);
        void *utcb = (void *)(uintptr_t)CREW_UTCBS;

        if (!L4_ThreadControl(id, id, thread_id(0), L4_nilthread, utcb))
                return 10;
        if (!L4_SpaceControl(id, 0, L4_FpageLog2(CREW_KIP, PAGE_LOG2),
                             L4_FpageLog2(CREW_UTCBS, PAGE_LOG2), L4_nilthread,
                             0))
                return 11;
        if (!L4_ThreadControl(id, id, thread_id(0), thread_id(1),
                              (void *)(uintptr_t)0xFFFFFFFF))
                return 12;
        L4_Start_SpIp(id, STACKS + (PARTNER + 1) * PAGE - 16,
                      (L4_Word_t)(uintptr_t)partner_run);
        for (L4_Word_t i = 1; i <= 3; i++) {
                if (!partner_answers(i))
                        return 20 + i;
                if (*word != before + i)
                        return 30 + i;
                L4_UnmapFpage(L4_FpageAddRights(arena_stack(PARTNER - 1),
                                                L4_FullyAccessible));
        }
        return 0;
}

static void
serve(struct chance *chance)
{
        pagers_are_good = true;
        make_pagers(chance);
        L4_Word_t wrong = does_not_serve();
        if (wrong != 0)
                ask(ASK_BROKEN, wrong);
        crew_end(PARTNER);
        end_pagers();
        pagers_are_good = false;
}

// --- Rounds --------------------------------------------------------------------------------------

// Threads and spaces until there are no more.
static void
exhaust(void)
{
        L4_ThreadId_t me = thread_id(0);

        for (L4_Word_t n = 1; n < EXHAUSTED; n++) {
                L4_ThreadId_t id = L4_GlobalId(FIRST_CREW + CREW + n, 2);
                if (!L4_ThreadControl(id, id, me, L4_nilthread,
                                      (void *)(uintptr_t)CREW_UTCBS))
                        break;
                L4_SpaceControl(id, 0, L4_FpageLog2(CREW_KIP, PAGE_LOG2),
                                L4_FpageLog2(CREW_UTCBS, PAGE_LOG2),
                                L4_nilthread, 0);
                L4_ThreadControl(id, id, me, thread_id(1),
                                 (void *)(uintptr_t)0xFFFFFFFF);
        }
        for (L4_Word_t n = 1; n < 2 * EXHAUSTED; n++)
                if (!L4_ThreadControl(
                            L4_GlobalId(FIRST_CREW + CREW + EXHAUSTED + n, 2),
                            crew_id(n % SPACES), me, L4_nilthread,
                            (void *)(uintptr_t)(CREW_UTCBS + n * 512)))
                        break;
}

static void
end_exhausted(void)
{
        for (L4_Word_t n = 1; n < 3 * EXHAUSTED; n++)
                L4_ThreadControl(L4_GlobalId(FIRST_CREW + CREW + n, 2),
                                 L4_nilthread, L4_nilthread, L4_nilthread,
                                 (void *)(uintptr_t)0xFFFFFFFF);
}

static void
disturb(struct chance *chance, enum theme theme)
{
        L4_Word_t n = below(chance, CREW);

        crew_end(n);
        crew_make(chance, n, theme);
        for (L4_Word_t i = 0; i < CREW; i++)
                if (once_in(chance, 24))
                        crew_reset(chance, i, theme);
        if (once_in(chance, 8))
                arena_recover_large();
        for (L4_Word_t i = theme == THEME_CONTROL ? 16 : below(chance, 4);
             i > 0; i--)
                control_any(chance);
}

static void
play(struct chance *chance, enum theme theme)
{
        L4_Word_t first = ask(ASK_CALLS, 0);
        L4_Word_t wakes = 0;

        make_pagers(chance);
        for (L4_Word_t n = 0; n < CREW; n++)
                crew_make(chance, n, theme);
        if (theme == THEME_THREADS)
                exhaust();
        while (ask(ASK_CALLS, 0) - first < ROUND_CALLS &&
               wakes++ < ROUND_WAKES) {
                L4_Sleep(L4_TimePeriod(NAP));
                disturb(chance, theme);
                if (theme == THEME_THREADS && wakes == 8)
                        end_exhausted();
        }
        for (L4_Word_t n = 0; n < CREW; n++)
                crew_end(n);
        if (theme == THEME_THREADS)
                end_exhausted();
        end_pagers();
        arena_recover();
}

int
main(void)
{
        L4_Word_t seed = ask(ASK_SEED, 0);
        L4_Word_t wanted = ask(ASK_WANTED, 0);
        L4_Word_t most = MOST_ROUNDS * (wanted / ROUND_CALLS + 1);
        struct chance chance = chance_from(seed);

        if (!arena_take())
                ask(ASK_BROKEN, 2);
        serve(&chance);
        arena_recover();
        ask(ASK_EMPTY, 0);
        for (L4_Word_t round = 0; ask(ASK_CALLS, 0) < wanted; round++) {
                ask(ASK_ROUND, round);
                if (round >= most)
                        ask(ASK_BROKEN, 3);
                play(&chance, (enum theme)(round % THEMES));
                serve(&chance);
                arena_recover();
                ask(ASK_RETURNED, 0);
        }
        ask(ASK_END, 0);
        return 0;
}
