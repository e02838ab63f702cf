// SPDX-License-Identifier: MIT
// A trial: threads that send each other strings and pages, right ones and wrong ones, while
// the first thread cancels, halts, renames and ends them, and takes their pages away.
#include <l4/space.h>

#include "pager.h"

#define CROWD 4u
#define ROUNDS 400u

static struct stack stacks[CROWD + 1];
static unsigned char here[2 * PAGE];
static L4_Word_t seed;
static L4_Word_t versions[CROWD + 1];
static volatile L4_Word_t arrived, failed_by[8];

// Each has its own row of numbers.
static L4_Word_t
random(L4_Word_t *state, L4_Word_t below)
{
        *state = *state * 1664525 + 1013904223;
        return (*state >> 10) % below;
}

static L4_ThreadId_t
crowd_id(L4_Word_t n)
{
        L4_ThreadId_t id = thread_id(n);

        return L4_GlobalId(L4_ThreadNo(id), versions[n]);
}

// Mostly where something may be.
static L4_Word_t
some_address(L4_Word_t *state)
{
        L4_Word_t kind = random(state, 16);

        if (kind < 9)
                return AREA + random(state, sizeof(store) + PAGE);
        if (kind < 12)
                return (L4_Word_t)(uintptr_t)here + random(state, sizeof(here));
        if (kind == 12)
                return 0xBFFFFFF0 + random(state, 64);
        if (kind == 13)
                return OTHER_UTCBS + 0x40 + random(state, 0x100);
        if (kind == 14)
                return OTHER_KIP + random(state, PAGE);
        return random(state, 2) ? 0 : 0xFFFFFFFC;
}

static L4_Word_t
some_length(L4_Word_t *state)
{
        return random(state, 4) == 0 ? random(state, 3 * PAGE)
                                     : random(state, 400);
}

// A row of parts; where it ends.
static L4_Word_t
string_to(L4_Word_t *state, L4_Word_t *words, L4_Word_t at, L4_Word_t end)
{
        L4_Word_t more;

        do {
                L4_Word_t addresses = 1 + random(state, 4) / 3;
                more = random(state, 3) == 0;
                if (at + 1 + addresses > end)
                        return at;
                words[at++] = some_length(state) << 10 | more << 9 |
                              (addresses - 1) << 4 | random(state, 8);
                while (addresses-- > 0)
                        words[at++] = some_address(state);
        } while (more);
        return at;
}

// In the first space nothing comes elsewhere than in AREA.
static L4_Word_t
some_fpage(L4_Word_t *state)
{
        if (random(state, 12) == 0 && L4_MyLocalId().raw < ROOT_UTCBS)
                return 0x10 | random(state, 16);
        return (AREA + PAGE * random(state, AREA_PAGES)) |
               (12 + random(state, 4)) << 4 | random(state, 8);
}

static void
load_message(L4_Word_t *state)
{
        L4_Word_t words[64] = { 0 };
        L4_Word_t untyped = random(state, 4);
        L4_Word_t end = 1 + untyped;

        for (L4_Word_t i = random(state, 4); i > 0 && end < 56; i--) {
                if (random(state, 3) > 0) {
                        end = string_to(state, words, end, 60);
                } else {
                        words[end++] = some_address(state) >> 10 << 10 |
                                       (8 + random(state, 5));
                        words[end++] = some_fpage(state);
                }
        }
        words[0] = (end - 1 - untyped) << 6 | untyped;
        if (random(state, 10) == 0)
                words[0] += random(state, 3) << 6;
        if (random(state, 10) == 0)
                words[1 + random(state, 50)] = random(state, 0x400000) << 9;
        L4_LoadMRs(0, 64, words);
}

static void
load_buffers(L4_Word_t *state)
{
        L4_Word_t words[33] = { 0 };
        L4_Word_t at = 1;

        while (at < 30 && random(state, 4) > 0) {
                L4_Word_t first = at;
                at = string_to(state, words, at, 33);
                words[first] = (words[first] & ~0xFu) | 1;
        }
        words[0] = (some_fpage(state) & ~0xFu) | (random(state, 8) > 0);
        L4_LoadBRs(0, 33, words);
}

static L4_ThreadId_t
somebody(L4_Word_t *state)
{
        return crowd_id(1 + random(state, CROWD));
}

static L4_Time_t
some_time(L4_Word_t *state)
{
        L4_Word_t kind = random(state, 16);

        return kind == 0  ? L4_ZeroTime
               : kind < 6 ? L4_Never
                          : L4_TimePeriod(1000ull * (1 + random(state, 8)));
}

// Sends, or receives, or both.
static L4_MsgTag_t
exchange_something(L4_Word_t *state)
{
        L4_Word_t phases = random(state, 5);
        L4_ThreadId_t to = phases < 3 ? somebody(state) : none;
        L4_ThreadId_t from = phases > 1 ? L4_anythread : none;
        L4_Time_t time = some_time(state);

        if (time.raw == L4_Never.raw)
                time = L4_TimePeriod(10000);
        if (phases == 2 && random(state, 2))
                from = to;
        load_buffers(state);
        load_message(state);
        __L4_TCR_Set_XferTimeout(
                L4_Timeouts(some_time(state), some_time(state)));
        return L4_Ipc(to, from, L4_Timeouts(time, time), &from);
}

static void
be_one_of_many(void)
{
        L4_Word_t n = L4_ThreadNo(L4_MyGlobalId()) - L4_ThreadNo(thread_id(0));
        L4_Word_t state =
                seed * 31 + n * 1000003 + (L4_Word_t)L4_SystemClock().raw;

        for (;;) {
                L4_Set_Pager(thread_id(PAGER));
                L4_MsgTag_t tag = exchange_something(&state);
                if (L4_IpcFailed(tag))
                        failed_by[L4_ErrorCode() >> 1 & 7]++;
                else if (L4_TypedWords(tag) > 0)
                        arrived++;
        }
}

static void
make(L4_Word_t n)
{
        versions[n] = 2;
        if (n <= CROWD / 2) {
                make_here(n);
                L4_Set_PagerOf(crowd_id(n), thread_id(PAGER));
        } else {
                make_there(n);
        }
        thread_start(crowd_id(n), be_one_of_many, &stacks[n]);
}

static void
disturb(L4_Word_t *state)
{
        L4_Word_t n = 1 + random(state, CROWD);
        L4_Word_t kind = random(state, 10);
        L4_Fpage_t page;

        // It may have another one there by now: UTCBs are written to, too.
        thread_control(crowd_id(n), crowd_id(n), none, thread_id(PAGER), SAME);
        if (kind < 3) {
                exchange_control(crowd_id(n), random(state, 8) & 6);
        } else if (kind == 3) {
                exchange_control(crowd_id(n), 0x101 | (random(state, 8) & 6));
                sleep(1000);
                exchange_control(crowd_id(n), 0x100);
        } else if (kind == 4) {
                thread_end(n);
                make(n);
        } else if (kind == 5) {
                L4_Word_t next = (versions[n] + 1) % 60 + 1;
                L4_ThreadId_t old = crowd_id(n);
                versions[n] = next;
                thread_control(crowd_id(n), old, none, none, SAME);
        } else if (kind < 9) {
                page = L4_FpageLog2((L4_Word_t)(uintptr_t)store +
                                            PAGE * random(state, AREA_PAGES),
                                    12);
                L4_UnmapFpage(L4_FpageAddRights(page, L4_FullyAccessible));
        } else {
                pager_mode = random(state, 5);
                told_count = 0;
        }
}

TRIAL(a_crowd_with_strings)
{
        L4_Word_t state;

        seed = trial_given(0);
        state = seed;
        for (L4_Word_t n = CROWD; n > 0; n--)
                make(n);
        for (L4_Word_t i = 0; i < ROUNDS; i++) {
                sleep(1000 + random(&state, 2000));
                disturb(&state);
        }
        note(arrived, failed_by[4], failed_by[5], failed_by[6], failed_by[7]);
        end_all();
        L4_Flush(L4_FpageAddRights(L4_FpageLog2(AREA, 15), L4_FullyAccessible));
        look(1);
}
