// SPDX-License-Identifier: MIT
// What takes the kernel longest: a case of everything that goes over many of something. On
// a machine of 64 MB there are 4,000 threads. How long interrupts had to wait meanwhile is
// measured from outside (grader/h4/latency.py).
#include "worst.h"

#include <l4/schedule.h>
#include <l4io.h>

struct stack other_stack;

void
next_case(L4_Word_t number)
{
        __asm__ volatile("int3" : : "b"(number) : "memory");
}

int
main(void)
{
        static void (*const cases[])(void) = {
                absent_pages,
                wide,
                deep,
                space_ends,
                superpage,
                string,
                ports,
                spaces_end,
                crowd_begins,
                first_is_sent_to,
                first_is_waited_for,
                first_is_renamed,
                ending_is_ended,
                timeouts_end,
                first_begins,
                any_local,
                one_named,
                handed_over,
                halted,
        };

        L4_Set_Timeslice(L4_Myself(), L4_Never, L4_Never);
        L4_Set_Priority(L4_Myself(), 50);
        if (!others_begin() || !alone_make(0) || !alone_make(1)) {
                complain("The others");
                return 0;
        }
        for (L4_Word_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                next_case(i + 1);
                cases[i]();
                printf("%u\n", i + 1);
        }
        return 0;
}
