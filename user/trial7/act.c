// SPDX-License-Identifier: MIT
// The contracts are in act.h.
#include "act.h"

#include "pager.h"

#define MOST_ACTS 24u
#define ACTS_OF_ONE 6u
#define WORDS 64u
#define ALL_BUFFERS 33u
#define CONTINUES (1u << 9)

static struct act acts[MOST_ACTS];
static L4_Word_t act_count;
static struct act *acts_of[THREADS][ACTS_OF_ONE];
static struct stack stacks[THREADS];
static volatile L4_Word_t over;
static bool pager_is_there, raiser_is_there;

struct act *
act(L4_Word_t n, L4_ThreadId_t to, L4_ThreadId_t from_whom)
{
        L4_Word_t i = 0;

        expect_that(act_count < MOST_ACTS && n < THREADS, "room for acts");
        struct act *it = &acts[act_count++];
        it->to = to;
        it->from_whom = from_whom;
        it->next_buffer = 1;
        while (n > 0 && acts_of[n][i])
                i++;
        expect_that(i + 1 < ACTS_OF_ONE, "room for one more act");
        if (n > 0) {
                acts_of[n][i] = it;
                acts_of[n][i + 1] = 0;
        }
        return it;
}

// --- Messages -----------------------------------------------------------------------

static L4_Word_t
count_of(L4_Word_t tag)
{
        return (tag & 0x3F) + (tag >> 6 & 0x3F);
}

void
add_untyped(struct act *it, L4_Word_t count)
{
        for (L4_Word_t i = 1; i <= count; i++)
                it->words[i] = 0x1000 + i;
        it->words[0] += count;
}

void
add_word(struct act *it, L4_Word_t word)
{
        it->words[0] += 1u << 6;
        it->words[count_of(it->words[0])] = word;
}

void
add_string(struct act *it, const void *from, L4_Word_t bytes)
{
        add_word(it, bytes << 10);
        add_word(it, (L4_Word_t)(uintptr_t)from);
}

// The register with which the last part of the last string begins.
static L4_Word_t *
last_part(struct act *it)
{
        L4_Word_t *part = &it->words[1 + (it->words[0] & 0x3F)];
        L4_Word_t *end = &it->words[1 + count_of(it->words[0])];

        while (part + 2 + (*part >> 4 & 0x1F) < end)
                part += 2 + (*part >> 4 & 0x1F);
        return part;
}

void
add_part(struct act *it, const void *from, L4_Word_t bytes)
{
        *last_part(it) |= CONTINUES;
        add_string(it, from, bytes);
}

void
add_substring(struct act *it, const void *from)
{
        L4_Word_t *part = last_part(it);

        add_word(it, (L4_Word_t)(uintptr_t)from);
        *part += 1u << 4;
}

void
add_buffer(struct act *it, void *to, L4_Word_t bytes)
{
        it->buffers[0] |= 1;
        if (it->last_buffer)
                it->buffers[it->last_buffer] |= 1;
        it->last_buffer = it->next_buffer;
        it->buffers[it->next_buffer++] = bytes << 10;
        it->buffers[it->next_buffer++] = (L4_Word_t)(uintptr_t)to;
}

static L4_Word_t *
last_buffer_part(struct act *it)
{
        L4_Word_t *part = &it->buffers[it->last_buffer];

        while ((*part & CONTINUES) != 0)
                part += 2 + (*part >> 4 & 0x1F);
        return part;
}

void
add_buffer_part(struct act *it, void *to, L4_Word_t bytes)
{
        *last_buffer_part(it) |= CONTINUES;
        it->buffers[it->next_buffer++] = bytes << 10;
        it->buffers[it->next_buffer++] = (L4_Word_t)(uintptr_t)to;
}

void
add_buffer_substring(struct act *it, void *to)
{
        *last_buffer_part(it) += 1u << 4;
        it->buffers[it->next_buffer++] = (L4_Word_t)(uintptr_t)to;
}

void
perform(struct act *it)
{
        L4_Word_t *mr = __L4_X86_Utcb();

        for (L4_Word_t i = 0; i < WORDS; i++)
                mr[i] = it->words[i];
        for (L4_Word_t i = 0; i < ALL_BUFFERS; i++)
                L4_LoadBR((int)i, it->buffers[i]);
        __L4_TCR_Set_XferTimeout(it->transfer);
        __L4_TCR_Set_ErrorCode(UNWRITTEN);
        it->result = L4_Ipc(it->to, it->from_whom, it->timeouts, &it->from);
        for (L4_Word_t i = 0; i < WORDS; i++)
                it->mr[i] = mr[i];
        it->error = L4_ErrorCode();
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

static void
make_pager(void)
{
        if (pager_is_there)
                return;
        expect_that(thread_here(PAGER), "a pager is made");
        L4_Set_Priority(thread_id(PAGER), 254);
        thread_start(thread_id(PAGER), serve, &stacks[PAGER]);
        pager_is_there = true;
}

void
make_here(L4_Word_t n)
{
        expect_that(thread_here(n), "a thread is made");
}

void
make_there(L4_Word_t n)
{
        make_pager();
        expect_that(thread_in_new_space(n, OTHER_KIP, thread_id(PAGER)),
                    "a thread is made in a space of its own");
}

// The pager of one in another space starts it: the first thread is in its space.
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

void
begin_there(L4_Word_t n)
{
        make_there(n);
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
        for (L4_Word_t n = 1; n < THREADS; n++) {
                thread_end(n);
                acts_of[n][0] = 0;
        }
        pager_is_there = false;
        raiser_is_there = false;
}

// --- What is expected ---------------------------------------------------------------

void
act_got(const struct act *it, const struct act *sent, const char *text,
        const char *file, uint32_t line)
{
        L4_Word_t tag = sent->words[0];

        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        if ((it->result.raw & FAILED) != 0)
                trial_failed(tag, it->error, text, file, line);
        trial_expect(UNWRITTEN, it->error, text, file, line);
        trial_expect(tag, it->result.raw, text, file, line);
        for (L4_Word_t i = 1; i < WORDS; i++)
                trial_expect(i <= count_of(tag) ? sent->words[i] : it->words[i],
                             it->mr[i], text, file, line);
}

void
act_sent(const struct act *it, const char *text, const char *file,
         uint32_t line)
{
        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        trial_expect(UNWRITTEN, it->error, text, file, line);
        trial_expect(it->words[0], it->result.raw, text, file, line);
        trial_expect(0, it->from.raw, text, file, line);
}

void
act_failed(const struct act *it, L4_Word_t error, const char *text,
           const char *file, uint32_t line)
{
        if (it->over == 0)
                trial_failed(1, 0, text, file, line);
        trial_expect(error, it->error, text, file, line);
        trial_expect(FAILED, it->result.raw, text, file, line);
        trial_expect(0, it->from.raw, text, file, line);
}
