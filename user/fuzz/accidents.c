// SPDX-License-Identifier: MIT
// Memory that is not there, instructions that are not allowed, and registers with anything
// in them.
#include "fuzz.h"

#include "wild.h"

#include <l4/thread.h>

void
act_touch(struct chance *chance)
{
        volatile unsigned char *byte =
                (volatile unsigned char *)(uintptr_t)any_address(chance);

        if (once_in(chance, 2))
                (void)*byte;
        else if (!once_in(chance, 16))
                *byte = (unsigned char)any_word(chance);
        else
                ((void (*)(void))(uintptr_t)byte)();
}

static L4_Word_t
any_port(struct chance *chance)
{
        static const unsigned short ports[] = {
                0x3F8, 0x3F9, 0x3FB, 0x3FD, 0x3FF, 0x20,   0x21,
                0x40,  0x43,  0x2F8, 0x80,  0xA1,  0xFFFF, 0x378,
        };

        return ports[below(chance, sizeof(ports) / sizeof(ports[0]))];
}

void
act_accident(struct chance *chance)
{
        L4_Word_t port = any_port(chance);

        switch (below(chance, 16)) {
        case 0:
                __asm__ volatile("xorl %%edx, %%edx\n\tdivl %%edx" ::
                                         : "eax", "edx");
                return;
        case 1:
                __asm__ volatile("int3" ::: "eax");
                return;
        case 2:
                __asm__ volatile("int3\n\tcmpb $0xd, %%al" ::: "eax");
                return;
        case 3:
                __asm__ volatile("ud2");
                return;
        case 4:
                __asm__ volatile(
                        "pushfl\n\torl $0x100, (%esp)\n\tpopfl\n\tnop");
                return;
        case 5:
                __asm__ volatile("inb %%dx, %%al" : : "d"(port) : "eax");
                return;
        case 6:
                __asm__ volatile("inl %%dx, %%eax" : : "d"(port) : "eax");
                return;
        case 7:
                __asm__ volatile("cli");
                return;
        case 8:
                __asm__ volatile("movw %%ax, %%gs" : : "a"(any_word(chance)));
                return;
        case 9:
                __asm__ volatile("movw %%ax, %%es" : : "a"(any_word(chance)));
                return;
        case 10:
                __asm__ volatile("int $0x80"
                                 :
                                 : "a"(any_edge(chance)), "c"(any_edge(chance)),
                                   "d"(any_edge(chance)));
                return;
        case 11:
                __asm__ volatile("fninit\n\tfldz\n\tfld1\n\tfdivp\n\tfwait");
                return;
        case 12:
                __asm__ volatile("insb"
                                 :
                                 : "d"(port), "D"(any_address(chance))
                                 : "memory");
                return;
        case 13:
                __asm__ volatile("outb %%al, %%dx" : : "d"(0x3FF), "a"(0));
                return;
        case 14:
                __asm__ volatile("pushfl\n\txorl %0, (%%esp)\n\tpopfl\n\tcld"
                                 :
                                 : "r"(any_word(chance) & ~0x100u)
                                 : "cc");
                return;
        default:
                __asm__ volatile("rep movsb"
                                 :
                                 : "S"(any_address(chance)),
                                   "D"(any_address(chance)),
                                   "c"(below(chance, PAGE))
                                 : "memory");
                return;
        }
}

// With any registers: to any address, by a stack that is nowhere, into the kernel by each of
// the ways. Somebody else lets it begin anew.
void
act_wild(struct chance *chance)
{
        struct wild wild;
        L4_Word_t *word = (L4_Word_t *)&wild;

        for (L4_Word_t i = 0; i < sizeof(wild) / sizeof(*word); i++)
                word[i] = once_in(chance, 3) ? any_address(chance)
                                             : any_edge(chance);
        if (once_in(chance, 2))
                wild.ebx = (L4_Word_t)(uintptr_t)worker_run;
        if (once_in(chance, 2))
                wild.ebp = STACKS + (1 + below(chance, CREW)) * PAGE - 16;
        switch (below(chance, 4)) {
        case 0:
                wild_gate(&wild);
        case 1:
                wild_sysenter(&wild);
        case 2:
                wild.eax = CREW_KIP + 0x100 + below(chance, 0x200);
                wild_jump(&wild);
        default:
                wild_jump(&wild);
        }
}
