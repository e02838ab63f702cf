// SPDX-License-Identifier: MIT
// What only privileged threads may do, with any arguments about the crew, and some about
// others that must be refused.
#include "fuzz.h"

#include <l4/space.h>
#include <l4/syscalls.h>
#include <l4/thread.h>
#include <user/threads.h>

#define UNCHANGED 0xFFFFFFFFu

static L4_ThreadId_t
any_crew(struct chance *chance)
{
        if (once_in(chance, 8))
                return L4_GlobalId(FIRST_CREW + below(chance, CREW),
                                   1 + below(chance, 80));
        return crew_id(below(chance, CREW));
}

// Another space for a thread, another pager, another UTCB: whatever is allowed.
static void
any_thread_control(struct chance *chance)
{
        L4_ThreadId_t to = any_crew(chance);
        L4_ThreadId_t space = once_in(chance, 3) ? to : any_crew(chance);
        L4_ThreadId_t scheduler =
                once_in(chance, 2) ? L4_nilthread : any_crew(chance);
        L4_ThreadId_t pager = { .raw = L4_nilthread.raw };
        L4_Word_t utcb = UNCHANGED;

        if (once_in(chance, 2))
                pager = once_in(chance, 4)
                                ? any_crew(chance)
                                : thread_id(1 + below(chance, PAGERS));
        if (once_in(chance, 2))
                utcb = CREW_UTCBS + below(chance, 70) * 512 +
                       (once_in(chance, 8) ? below(chance, 512) : 0);
        if (once_in(chance, 16))
                utcb = any_edge(chance);
        L4_ThreadControl(to, space, scheduler, pager, (void *)(uintptr_t)utcb);
}

// It lasts no longer than the handler does.
static void
any_interrupt(struct chance *chance)
{
        L4_ThreadId_t line = L4_GlobalId(below(chance, 20), 1);

        L4_ThreadControl(line, line, L4_nilthread, any_crew(chance),
                         (void *)(uintptr_t)UNCHANGED);
}

static void
any_space_control(struct chance *chance)
{
        L4_Fpage_t kip = { .raw = any_fpage(chance) };
        L4_Fpage_t utcbs = { .raw = any_fpage(chance) };
        L4_ThreadId_t redirector = L4_nilthread;

        if (once_in(chance, 4))
                redirector =
                        once_in(chance, 2) ? L4_anythread : any_crew(chance);
        if (once_in(chance, 2))
                kip = utcbs = L4_Nilpage;
        L4_SpaceControl(any_crew(chance), any_word(chance), kip, utcbs,
                        redirector, 0);
}

// What the kernel has to refuse.
static void
any_refused(struct chance *chance)
{
        L4_ThreadId_t any = { .raw = any_edge(chance) };
        void *place = (void *)(uintptr_t)any_edge(chance);

        switch (below(chance, 5)) {
        case 4: // a number that no thread has
                any = L4_GlobalId(0x20000 + below(chance, 0x20000), 1);
                L4_ThreadControl(any, any_crew(chance), thread_id(0),
                                 L4_nilthread, place);
                return;
        case 0:
                L4_ThreadControl(any_crew(chance), L4_GlobalId(5, 1), any, any,
                                 place);
                return;
        case 1:
                L4_ThreadControl(L4_GlobalId(16 + below(chance, 32), 1), any,
                                 any, any, place);
                return;
        case 2:
                L4_ThreadControl(thread_id(0), L4_nilthread, any, any, place);
                return;
        default:
                L4_ProcessorControl(any_edge(chance), any_edge(chance), 0, 0);
                return;
        }
}

static void
any_memory_control(struct chance *chance)
{
        const L4_Word_t attributes[4] = { any_edge(chance), 0, any_edge(chance),
                                          0 };
        L4_Word_t count = below(chance, 64);

        for (L4_Word_t i = 0; i <= count; i++)
                L4_LoadMR((int)i, any_fpage(chance));
        L4_MemoryControl(any_edge(chance) << 6 | count, attributes);
}

// Takes back some of what the crew has been given.
static void
any_unmap(struct chance *chance)
{
        L4_Fpage_t pages =
                L4_FpageAddRights(arena_any(chance), 1 + below(chance, 7));

        if (once_in(chance, 2))
                L4_Flush(pages);
        else
                L4_UnmapFpage(pages);
}

void
control_any(struct chance *chance)
{
        switch (below(chance, 12)) {
        case 0:
        case 1:
        case 2:
                any_thread_control(chance);
                return;
        case 3:
                any_space_control(chance);
                return;
        case 4:
                any_refused(chance);
                return;
        case 5:
                any_memory_control(chance);
                return;
        case 6:
                any_interrupt(chance);
                return;
        case 7:
                crew_rename(chance, below(chance, CREW));
                return;
        case 8:
                L4_Schedule(any_crew(chance), any_timeouts(chance), 0,
                            below(chance, 140), any_edge(chance), 0);
                return;
        default:
                any_unmap(chance);
                return;
        }
}
