// SPDX-License-Identifier: MIT
// The contracts are in chance.h.
#include "fuzz.h"

#include <l4/kip.h>
#include <l4/thread.h>
#include <user/threads.h>

#define RIGHTS 7u

L4_Word_t
any_edge(struct chance *chance)
{
        static const L4_Word_t edges[] = {
                0,          1,          2,          7,          8,
                15,         16,         31,         32,         33,
                47,         48,         63,         64,         0xFF,
                0x100,      0x3FF,      0x400,      0xFFF,      0x1000,
                0x1FFFF,    0x20000,    0x3FFFFF,   0x400000,   0x7FFFFFFF,
                0x80000000, 0xBFFFF000, 0xBFFFFFFF, 0xC0000000, 0xFFC00000,
                0xFFFFF000, 0xFFFFFFC0, 0xFFFFFFFE, 0xFFFFFFFF,
        };

        if (once_in(chance, 3))
                return any_word(chance);
        return edges[below(chance, sizeof(edges) / sizeof(edges[0]))];
}

L4_Word_t
any_thread(struct chance *chance)
{
        switch (below(chance, 24)) {
        case 0:
                return CREW_UTCBS + below(chance, CREW) * 512 + 256;
        case 1:
                return thread_id(1 + below(chance, PAGERS)).raw;
        case 2:
                return L4_anythread.raw;
        case 3:
                return L4_anylocalthread.raw;
        case 4:
                switch (below(chance, 8)) {
                case 0:
                        return thread_id(0).raw;
                case 1:
                        return L4_GlobalId(L4_ThreadIdUserBase(0), 1).raw;
                case 2:
                        return L4_GlobalId(below(chance, 20), 1).raw;
                case 3:
                        return L4_nilthread.raw;
                case 4:
                        return any_edge(chance);
                default:
                        return L4_Myself().raw;
                }
        default:
                return L4_GlobalId(FIRST_CREW + below(chance, CREW),
                                   FIRST_VERSION)
                        .raw;
        }
}

L4_Word_t
any_address(struct chance *chance)
{
        L4_Word_t inside = once_in(chance, 3) ? below(chance, PAGE)
                                              : PAGE - 1 - below(chance, 8);

        switch (below(chance, 16)) {
        case 0:
                return any_edge(chance);
        case 1:
                return CREW_UTCBS + below(chance, 1u << CREW_UTCBS_LOG2);
        case 2:
                return STACKS + below(chance, CREW) * PAGE + inside;
        case 3:
                return 0x00400000 + below(chance, 8 * PAGE);
        default:
                return YARD + below(chance, YARD_PAGES) * PAGE + inside;
        }
}

L4_Word_t
any_fpage(struct chance *chance)
{
        L4_Word_t rights =
                once_in(chance, 3) ? below(chance, RIGHTS + 1) : RIGHTS;

        // The larger ones take long: nobody else gets on meanwhile.
        if (once_in(chance, 400))
                return L4_CompleteAddressSpace.raw | rights;
        if (once_in(chance, 200))
                return (any_word(chance) & ~0x3FFu) | below(chance, 34) << 4 |
                       rights;
        switch (below(chance, 24)) {
        case 9: // where a superpage may be
                return L4_FpageLog2(YARD + (below(chance, 4) << SUPERPAGE_LOG2),
                                    SUPERPAGE_LOG2)
                               .raw |
                       rights;
        case 0:
        case 1:
                return rights;
        case 2:
                return (any_word(chance) & ~0x3FFu) | below(chance, 18) << 4 |
                       rights;
        case 3:
                return below(chance, 0x10000) << 16 | below(chance, 18) << 10 |
                       2u << 4 | rights;
        case 4:
                return 0x03F80000 | below(chance, 4) << 10 | 2u << 4 | rights;
        case 5:
                return any_word(chance) & ~0x200u;
        case 6:
                return L4_FpageLog2(YARD, 14 + (int)below(chance, 5)).raw |
                       rights;
        case 7:
                return L4_FpageLog2(once_in(chance, 2) ? CREW_UTCBS : CREW_KIP,
                                    12 + (int)below(chance, 5))
                               .raw |
                       rights;
        case 8:
                return L4_FpageLog2(YARD + (below(chance, 64) << 22),
                                    12 + (int)below(chance, 6))
                               .raw |
                       rights;
        default:
                return L4_FpageLog2(YARD + below(chance, YARD_PAGES) * PAGE,
                                    12 + (int)below(chance, 2))
                               .raw |
                       rights;
        }
}

static L4_Word_t
any_time(struct chance *chance)
{
        switch (below(chance, 16)) {
        case 0:
                return 0; // never
        case 1:
                return any_word(chance) & 0xFFFF;
        case 2:
                return 0x8000 | (any_word(chance) & 0x7FFF);
        case 3:
        case 4:
        case 5:
        case 6:
                return 0x0400; // no time at all
        default:
                return 2u << 10 | (1 + below(chance, 1000));
        }
}

L4_Word_t
any_timeouts(struct chance *chance)
{
        return any_time(chance) << 16 | any_time(chance);
}
