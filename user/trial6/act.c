// SPDX-License-Identifier: MIT
// The contracts are in <h4/act.h>.
#include <h4/act.h>

#define MOST_ACTS 48u
#define ACTS_OF_ONE 6u
#define WORDS 63u
#define FLAGS 0xF000u // of a tag

static struct act acts[MOST_ACTS];
static L4_Word_t act_count;
static struct act *acts_of[THREADS][ACTS_OF_ONE];
static struct stack stacks[THREADS];
static volatile L4_Word_t over;
static bool pager_is_there, raiser_is_there;

struct act *
act(L4_Word_t n, L4_ThreadId_t to, L4_ThreadId_t from_whom, L4_Word_t timeouts)
{
        L4_Word_t i = 0;

        expect_that(act_count < MOST_ACTS && n < THREADS, "room for acts");
        struct act *it = &acts[act_count++];
        it->to = to;
        it->from_whom = from_whom;
        it->timeouts = timeouts;
        it->first = 0x1000000 * (n + 1) + 0x10000 * act_count;
        while (n > 0 && acts_of[n][i])
                i++;
        expect_that(i + 1 < ACTS_OF_ONE, "room for one more act");
        if (n > 0)
                acts_of[n][i] = it;
        return it;
}

struct act *
send(L4_Word_t n, L4_ThreadId_t to, L4_Word_t tag)
{
        struct act *it = act(n, to, none, NEVER);

        it->tag = tag;
        return it;
}

struct act *
receive(L4_Word_t n, L4_ThreadId_t from)
{
        return act(n, none, from, NEVER);
}

void
perform(struct act *it)
{
        L4_Word_t *mr = __L4_X86_Utcb();

        if (it->before)
                it->before();
        mr[0] = it->tag;
        for (L4_Word_t i = 1; i <= WORDS; i++)
                mr[i] = it->first + i;
        for (L4_Word_t i = 0; i < it->typed_count; i++)
                mr[(it->tag & 0x3F) + 1 + i] = it->typed[i];
        if (has_sigma0())
                L4_LoadBR(0, it->acceptor);
        L4_Set_VirtualSender(it->as);
        __L4_TCR_Set_IntendedReceiver(UNWRITTEN);
        __L4_TCR_Set_ErrorCode(UNWRITTEN);
        it->begun = L4_SystemClock().raw;
        it->result = L4_Ipc(it->to, it->from_whom, it->timeouts, &it->from);
        it->ended = L4_SystemClock().raw;
        for (L4_Word_t i = 0; i <= WORDS; i++)
                it->mr[i] = mr[i];
        it->error = L4_ErrorCode();
        it->actual = L4_ActualSender().raw;
        it->intended = L4_IntendedReceiver().raw;
        it->over = ++over;
}

// --- Threads ------------------------------------------------------------------------

static void
do_acts(void)
{
        L4_Word_t n = L4_ThreadNo(L4_MyGlobalId()) - L4_ThreadNo(thread_id(0));

        for (L4_Word_t i = 0; acts_of[n][i]; i++)
                perform(acts_of[n][i]);
}

void
make_here(L4_Word_t n)
{
        expect_that(thread_here(n), "a thread is made");
}

void
launch(L4_Word_t n)
{
        thread_start(thread_id(n), do_acts, &stacks[n]);
}

void
begin_here(L4_Word_t n)
{
        make_here(n);
        launch(n);
}

static L4_ThreadId_t
pager(void)
{
        if (!pager_is_there) {
                expect_that(thread_here(PAGER), "a pager is made");
                L4_Set_Priority(thread_id(PAGER), 254);
                thread_start(thread_id(PAGER), serve_faults, &stacks[PAGER]);
                pager_is_there = true;
        }
        return thread_id(PAGER);
}

void
make_there(L4_Word_t n)
{
        expect_that(thread_in_new_space(n, OTHER_KIP, pager()),
                    "a thread is made in a space of its own");
}

void
begin_there(L4_Word_t n)
{
        make_there(n);
        launch(n);
}

void
begin_beside(L4_Word_t n, L4_Word_t other)
{
        expect_that(thread_beside(n, other, pager()),
                    "a thread is made in another one's space");
        launch(n);
}

void
sleep(L4_Word_t microseconds)
{
        L4_Sleep(L4_TimePeriod(microseconds));
}

// Nobody may give itself a higher priority: so this thread does it for the first one.
static void
raise_the_first(void)
{
        L4_ThreadId_t from = none;

        for (;;) {
                L4_ReplyWait(from, &from);
                L4_Set_Priority(thread_id(0), 255);
        }
}

void
settle(void)
{
        if (!raiser_is_there) {
                make_here(RAISER);
                L4_Set_Priority(thread_id(RAISER), 255);
                thread_start(thread_id(RAISER), raise_the_first,
                             &stacks[RAISER]);
                raiser_is_there = true;
        }
        L4_Set_Priority(me, 1);
        // Here all others wait.
        L4_LoadMR(0, 0);
        L4_Call(thread_id(RAISER));
}

void
end_all(void)
{
        for (L4_Word_t n = 1; n < THREADS; n++)
                thread_end(n);
        pager_is_there = false;
        raiser_is_there = false;
}

// --- What is expected ---------------------------------------------------------------

static L4_Word_t
words_of(L4_Word_t tag)
{
        return (tag & 0x3F) + (tag >> 6 & 0x3F);
}

// Message registers that were sent as they were, or not written.
static void
words(const struct act *it, L4_Word_t from, L4_Word_t to, L4_Word_t first,
      const char *text, const char *file, uint32_t line)
{
        for (L4_Word_t i = from; i <= to; i++)
                trial_expect(first + i, it->mr[i], text, file, line);
}

void
act_message(const struct act *it, L4_ThreadId_t from, L4_Word_t tag,
            L4_Word_t first, const char *text, const char *file, uint32_t line)
{
        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        if ((it->result.raw & FAILED) != 0)
                trial_failed(tag, it->error, text, file, line);
        trial_expect(tag, it->result.raw, text, file, line);
        trial_expect(tag, it->mr[0], text, file, line);
        trial_expect(from.raw, it->from.raw, text, file, line);
        trial_expect(UNWRITTEN, it->error, text, file, line);
        words(it, 1, words_of(tag), first, text, file, line);
        words(it, words_of(tag) + 1, WORDS, it->first, text, file, line);
}

void
act_sent(const struct act *it, const char *text, const char *file,
         uint32_t line)
{
        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        trial_expect(it->tag & ~FLAGS, it->result.raw & ~(FLAGS & ~FAILED),
                     text, file, line);
        trial_expect(it->result.raw, it->mr[0], text, file, line);
        trial_expect(0, it->from.raw, text, file, line);
        trial_expect(UNWRITTEN, it->error, text, file, line);
        words(it, 1, WORDS, it->first, text, file, line);
}

void
act_failed(const struct act *it, L4_Word_t error, const char *text,
           const char *file, uint32_t line)
{
        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        trial_expect(error, it->error, text, file, line);
        trial_expect(FAILED, it->result.raw, text, file, line);
        trial_expect(FAILED, it->mr[0], text, file, line);
        trial_expect(0, it->from.raw, text, file, line);
        words(it, 1, WORDS, it->first, text, file, line);
}
