// SPDX-License-Identifier: MIT
// Pagers and exception handlers of the crew. They answer as they should, so that the crew
// goes on; now and then they answer something else, or not at all. They never touch what the
// crew may have taken away from them.
#include "fuzz.h"

#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/thread.h>
#include <user/threads.h>

#define KIND 0xFFF0u
#define PAGE_FAULT 0xFFE0u
#define PORT_FAULT 0xFF80u
#define EXCEPTION 0xFFB0u
#define EXCEPTION_WORDS 12
#define TEXT 0x00400000u
#define SCRATCH (2 * PAGE)
#define MAP 8u
#define GRANT 10u
#define MESSAGE_REGISTERS 64

volatile bool pagers_are_good;
static volatile L4_Word_t next_seed = 1;
static unsigned char scratch[PAGERS][SCRATCH];

static L4_Word_t
end_of_code(void)
{
        // No writable word is on a page with code.
        return (L4_Word_t)(uintptr_t)&pagers_are_good & ~(PAGE - 1);
}

static void
item(L4_Word_t kind, L4_Word_t fpage, L4_Word_t base)
{
        L4_LoadMR(0, 2 << 6);
        L4_LoadMR(1, (base & ~0x3FFu) | kind);
        L4_LoadMR(2, fpage);
}

static void
begin_anew(struct chance *chance, L4_Word_t n)
{
        crew_reset(chance, n, (enum theme)below(chance, THEMES));
}

// Any tag. What still stands in the message registers is the crew's: an item out of it would
// map, or grant, the keeper's own memory to the crew. Without this bit no word is a map or
// grant item, but it may be a string's.
static void
any_message(struct chance *chance)
{
        for (int i = 1; i < MESSAGE_REGISTERS; i++)
                L4_LoadMR(i, any_word(chance) & ~MAP);
        L4_LoadMR(0, any_word(chance));
}

// Whatever comes to mind.
static bool
answer_badly(struct chance *chance)
{
        switch (below(chance, 6)) {
        case 0:
                return false;
        case 1:
                any_message(chance);
                return true;
        case 2: // a string
                L4_LoadMR(0, 2 << 6);
                L4_LoadMR(1, below(chance, 4 * PAGE) << 10);
                L4_LoadMR(2, TEXT);
                return true;
        case 3: // nothing
                L4_LoadMR(0, below(chance, 4));
                return true;
        case 4: // its own kernel interface page or UTCBs
                item(once_in(chance, 2) ? MAP : GRANT,
                     (once_in(chance, 2) ? 0xBFF00000u : 0xBF000000u) |
                             12u << 4 | 7,
                     YARD);
                return true;
        default: // all there is: to be read, or what it has in the window
                item(MAP,
                     once_in(chance, 2)
                             ? TEXT | 16u << 4 | 5
                             : WINDOW | (L4_Word_t)WINDOW_LOG2 << 4 | 7,
                     any_word(chance));
                return true;
        }
}

static bool
answer_page_fault(struct chance *chance, L4_Word_t n)
{
        L4_Word_t address, ip;

        L4_StoreMR(1, &address);
        L4_StoreMR(2, &ip);
        L4_Word_t page = address & ~(PAGE - 1);
        if (page >= TEXT && page < end_of_code()) {
                item(MAP, (page & ~0x3FFFu) | 14u << 4 | 5, page & ~0x3FFFu);
                return true;
        }
        if (page == STACKS + n * PAGE) {
                item(MAP, arena_stack(n).raw | 7, page);
                return true;
        }
        if (page - YARD >= 0x10000000u ||
            (!pagers_are_good && once_in(chance, 64))) {
                begin_anew(chance, n);
                return false;
        }
        if (pagers_are_good) {
                item(MAP, arena_stack(PARTNER - 1).raw | 7, page);
                return true;
        }
        L4_Fpage_t given = arena_any(chance);
        // What is granted of 4 MB is lost to them until they are taken back.
        L4_Word_t seldom = arena_is_large(given) ? 64 : 6;
        item(once_in(chance, seldom) ? GRANT : MAP,
             given.raw | (once_in(chance, 4) ? below(chance, 8) : 7), page);
        return true;
}

static bool
answer_exception(struct chance *chance, L4_Word_t n)
{
        if (once_in(chance, 4)) {
                begin_anew(chance, n);
                return false;
        }
        L4_LoadMR(0, EXCEPTION_WORDS);
        L4_LoadMR(1, (L4_Word_t)(uintptr_t)worker_run);
        L4_LoadMR(2, any_word(chance));
        L4_LoadMR(8, STACKS + (n + 1) * PAGE - 16);
        return true;
}

// Puts the answer together. False: there is none.
static bool
answer(struct chance *chance, L4_MsgTag_t tag, L4_ThreadId_t from)
{
        L4_Word_t n = L4_ThreadNo(from) - FIRST_CREW;

        if (n > PARTNER || !L4_IsGlobalId(from))
                return false;
        if (!pagers_are_good && once_in(chance, 24))
                return answer_badly(chance);
        switch (L4_Label(tag) & KIND) {
        case PAGE_FAULT:
                return answer_page_fault(chance, n);
        case EXCEPTION:
                return answer_exception(chance, n);
        case PORT_FAULT:
                item(once_in(chance, 8) ? GRANT : MAP,
                     L4_IoFpageLog2(0x3F8, (int)below(chance, 4)).raw | 7, 0);
                return !once_in(chance, 4);
        default:
                return once_in(chance, 2) && answer_badly(chance);
        }
}

// What it is ready to receive itself.
static void
accept(struct chance *chance, L4_Word_t mine)
{
        L4_Word_t window =
                once_in(chance, 4) ? WINDOW | (L4_Word_t)WINDOW_LOG2 << 4 : 0;

        L4_LoadBR(0, window | once_in(chance, 2));
        L4_LoadBR(1, SCRATCH << 10);
        L4_LoadBR(2, (L4_Word_t)(uintptr_t)scratch[mine]);
        __L4_TCR_Set_XferTimeout(0x08640864); // 100 us
}

void
pager_run(void)
{
        L4_Word_t mine =
                (L4_ThreadNo(L4_MyGlobalId()) - L4_ThreadNo(thread_id(1))) %
                PAGERS;
        struct chance chance = chance_from(next_seed++);
        L4_ThreadId_t from = L4_nilthread;
        L4_ThreadId_t to = L4_nilthread;

        for (;;) {
                accept(&chance, mine);
                L4_MsgTag_t tag = L4_Ipc(to, L4_anythread, 0x04000000, &from);
                to = L4_nilthread;
                if (!L4_IpcSucceeded(tag) || !answer(&chance, tag, from))
                        continue;
                to = from;
                if (!pagers_are_good && once_in(&chance, 64))
                        to = crew_id(below(&chance, CREW));
        }
}
