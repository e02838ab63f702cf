// SPDX-License-Identifier: MIT
// How threads of the crew are made, begin and end. The contracts are in fuzz.h.
#include "fuzz.h"

#include <l4/kip.h>
#include <l4/schedule.h>
#include <l4/space.h>
#include <l4/thread.h>
#include <user/threads.h>

#define UNCHANGED ((void *)(uintptr_t)0xFFFFFFFF)
#define HIGHEST 140u

static L4_Word_t versions[CREW + 1]; // 0: FIRST_VERSION

L4_ThreadId_t
crew_id(L4_Word_t n)
{
        L4_Word_t version = versions[n] ? versions[n] : FIRST_VERSION;

        return L4_GlobalId(FIRST_CREW + n, version);
}

static void *
utcb(L4_Word_t n)
{
        return (void *)(uintptr_t)(CREW_UTCBS + n * L4_UtcbSize(0));
}

static L4_ThreadId_t
any_pager(struct chance *chance)
{
        return thread_id(1 + below(chance, PAGERS));
}

static bool
make_space(struct chance *chance, L4_Word_t n, L4_ThreadId_t pager)
{
        L4_ThreadId_t id = crew_id(n);
        L4_Word_t kip = CREW_KIP;

        if (once_in(chance, 8))
                kip = 0x40000000 + (below(chance, 64) << 22);
        if (!L4_ThreadControl(id, id, thread_id(0), L4_nilthread, utcb(n)))
                return false;
        // One that gets no areas is ended with all others.
        return L4_SpaceControl(id, 0, L4_FpageLog2(kip, PAGE_LOG2),
                               L4_FpageLog2(CREW_UTCBS, CREW_UTCBS_LOG2),
                               L4_nilthread, 0) &&
               L4_ThreadControl(id, id, thread_id(0), pager, UNCHANGED);
}

static void
start(struct chance *chance, L4_Word_t n, enum theme theme)
{
        L4_Word_t handle =
                any_word(chance) / THEMES * THEMES + (L4_Word_t)theme;
        L4_Word_t sp = STACKS + (n + 1) * PAGE - 16;
        L4_Word_t ip = (L4_Word_t)(uintptr_t)worker_run;

        if (handle < THEMES)
                handle = (L4_Word_t)theme;
        L4_ExchangeRegisters(crew_id(n), 0x100 | 0x40 | 0x1E, sp, ip, 0, handle,
                             L4_nilthread, 0, 0, 0, 0, 0, 0);
}

void
crew_make(struct chance *chance, L4_Word_t n, enum theme theme)
{
        L4_ThreadId_t id = crew_id(n);
        L4_Word_t leader = below(chance, SPACES);
        L4_ThreadId_t pager = any_pager(chance);

        if (n < SPACES && !make_space(chance, n, pager))
                return;
        if (n >= SPACES && !L4_ThreadControl(id, crew_id(leader), thread_id(0),
                                             pager, utcb(n)))
                return;
        L4_Set_Priority(id, once_in(chance, 4) ? below(chance, HIGHEST) : 100);
        if (!once_in(chance, 16)) // or whoever pages it
                start(chance, n, theme);
        if (once_in(chance, 8)) {
                L4_ThreadId_t other = { .raw = any_thread(chance) };
                L4_ExchangeRegisters(id, 0x80, 0, 0, 0, 0, other, 0, 0, 0, 0, 0,
                                     0);
        }
        if (once_in(chance, 8)) {
                L4_ThreadId_t other = crew_id(below(chance, CREW));
                L4_ThreadControl(id, id, other, L4_nilthread, UNCHANGED);
        }
}

void
crew_reset(struct chance *chance, L4_Word_t n, enum theme theme)
{
        start(chance, n, theme);
}

void
crew_end(L4_Word_t n)
{
        L4_ThreadControl(crew_id(n), L4_nilthread, L4_nilthread, L4_nilthread,
                         UNCHANGED);
        versions[n] = 0;
}

void
crew_rename(struct chance *chance, L4_Word_t n)
{
        L4_Word_t version = 1 + below(chance, 50);
        L4_ThreadId_t id = L4_GlobalId(FIRST_CREW + n, version);

        if (L4_ThreadControl(id, crew_id(n), L4_nilthread, L4_nilthread,
                             UNCHANGED))
                versions[n] = version;
}
