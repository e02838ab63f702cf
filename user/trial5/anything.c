// SPDX-License-Identifier: MIT
// A trial: system calls with arguments that nobody has chosen, some of them good ones.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/thread.h>
#include <user/threads.h>

#define NUMBERS 6 // of threads that come and go
#define MOST_KNOWN 1000

static L4_Word_t seed;

// Source: Marsaglia, Xorshift RNGs, 2003.
static L4_Word_t
random_word(void)
{
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        return seed;
}

static L4_Word_t
below(L4_Word_t limit)
{
        return random_word() % limit;
}

static L4_Word_t
any_word(void)
{
        static const L4_Word_t edges[] = {
                0,          1,          0x3FF,      0x400,      0xFFF,
                0x1000,     0x7FFFFFFF, 0x80000000, 0xBFFFFFFF, 0xC0000000,
                0xFFFFFC00, 0xFFFFFFC0, 0xFFFFFFFE, 0xFFFFFFFF, 0x00010001,
        };

        return below(3) ? edges[below(sizeof(edges) / sizeof(edges[0]))]
                        : random_word();
}

static L4_ThreadId_t
any_thread(void)
{
        L4_ThreadId_t id = thread_id(1 + below(NUMBERS));

        switch (below(8)) {
        case 0:
                return L4_Myself();
        case 1:
                id.raw = any_word();
                break;
        case 2:
                id.raw ^= 1u << below(14);
                break;
        case 3:
                id.raw = L4_MyLocalId().raw + L4_UtcbSize(0) * below(NUMBERS);
                break;
        case 4:
                return L4_nilthread;
        default:
                break;
        }
        return id;
}

static L4_Word_t
any_utcb(void)
{
        L4_Word_t area = below(3) ? L4_MyLocalId().raw & ~0xFFFu : OTHER_UTCBS;

        return below(6) ? area + below(NUMBERS + 1) * L4_UtcbSize(0)
                        : any_word();
}

static L4_Fpage_t
any_area(L4_Word_t usual)
{
        L4_Fpage_t fpage = { .raw = below(4) ? usual | (12 + below(4)) << 4
                                             : any_word() };

        return below(8) ? fpage : L4_Nilpage;
}

// It would stop this thread: nobody else is to run.
static bool
is_me(L4_ThreadId_t thread)
{
        return thread.raw == L4_Myself().raw ||
               thread.raw == L4_MyLocalId().raw;
}

// All that were made, some more than once.
static L4_ThreadId_t known[MOST_KNOWN];
static L4_Word_t known_count;

static void
remember(L4_ThreadId_t thread)
{
        if (!L4_IsGlobalId(thread))
                return;
        expect_that(known_count < MOST_KNOWN, "room for IDs");
        known[known_count++] = thread;
}

static void
end(L4_ThreadId_t thread)
{
        L4_ThreadControl(thread, L4_nilthread, L4_nilthread, L4_nilthread,
                         (void *)(uintptr_t)0xFFFFFFFF);
}

static void
control(void)
{
        L4_ThreadId_t thread = any_thread();
        L4_ThreadId_t space = below(2) ? L4_Myself() : any_thread();

        if (below(3) == 0)
                space = thread;
        L4_ThreadId_t scheduler = below(2) ? L4_Myself() : any_thread();
        if (L4_ThreadControl(thread, space, scheduler, any_thread(),
                             (void *)(uintptr_t)any_utcb()))
                remember(thread);
}

static struct stack stack;

// Without a stack: several may have the same one.
static void
rest(void)
{
        for (;;)
                __asm__ volatile("pause");
}

// A good one, or one that nobody will ever give to the thread.
static L4_Word_t
any_place(L4_Word_t good)
{
        return below(4) ? good : 0xC0000000 | random_word();
}

static void
exchange(void)
{
        L4_ThreadId_t thread = any_thread();
        L4_Word_t control = below(2) ? below(0x400) : any_word();

        // Who begins, begins at a place that was chosen.
        if ((control & 6) != 0)
                control |= 0x18;
        if (is_me(thread))
                control &= ~0x13Fu;
        L4_ExchangeRegisters(thread, control, any_place(stack_top(&stack)),
                             any_place((L4_Word_t)(uintptr_t)rest), any_word(),
                             any_word(), any_thread(), 0, 0, 0, 0, 0, 0);
}

static void
schedule(void)
{
        L4_ThreadId_t thread = any_thread();
        // Never 255: it might have a time slice without an end.
        L4_Word_t priority = any_word() & ~1u;
        L4_Word_t time = any_word();

        if (is_me(thread) || below(4) == 0) {
                priority = 0xFFFFFFFF;
                time = 0xFFFFFFFF;
        }

        L4_Schedule(thread, time, below(3) ? 0 : any_word(), priority,
                    below(2) ? 0xFFFFFFFF : any_word(), 0);
}

static void
any_call(void)
{
        switch (below(8)) {
        case 0:
        case 1:
        case 2:
                control();
                break;
        case 3:
                L4_SpaceControl(any_thread(), any_word(), any_area(OTHER_KIP),
                                any_area(OTHER_UTCBS), any_thread(), 0);
                break;
        case 4:
        case 5:
                exchange();
                break;
        case 6:
                schedule();
                break;
        default:
                L4_ThreadSwitch(any_thread());
                break;
        }
}

TRIAL(any_arguments)
{
        seed = trial_given(0) | 1;
        for (L4_Word_t i = 0; i < trial_given(1); i++)
                any_call();
        for (L4_Word_t i = 0; i < known_count; i++)
                end(known[i]);
        for (L4_Word_t n = 1; n <= NUMBERS; n++)
                end(thread_id(n));
        look(1);
}
