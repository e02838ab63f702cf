// SPDX-License-Identifier: MIT
// Trials: the kernel interface page and the clock.
#include <h4/trial.h>
#include <l4/kip.h>
#include <l4/thread.h>

TRIAL(the_page_is_found)
{
        L4_Word_t version, flags, id;
        const L4_Word_t *kip = L4_KernelInterface(&version, &flags, &id);

        expect_word(0x4BE6344C, kip[0], "the first word of the page");
        expect_word(0x84050000, version, "KernelInterface: the API's version");
        expect_word(version, kip[1], "the API's version in the page");
        expect_word(0, flags, "KernelInterface: the API's flags");
        note((L4_Word_t)(uintptr_t)kip, id, 0, 0, 0);
        look(1);
}

// All other registers stay as they are.
TRIAL(the_page_is_found_and_nothing_else)
{
        L4_Word_t eax = 1, ecx = 2, edx = 3, esi = 4, edi = 0x5A5A0001;
        L4_Word_t ebx = 0x5A5A0002;

        __asm__ volatile(".byte 0xF0, 0x90"
                         : "+a"(eax), "+c"(ecx), "+d"(edx), "+S"(esi),
                           "+D"(edi), "+b"(ebx));
        expect_word(0x5A5A0001, edi, "EDI after LOCK NOP");
        expect_word(0x5A5A0002, ebx, "EBX after LOCK NOP");
}

TRIAL(the_clock_goes_on)
{
        L4_Word64_t first = L4_SystemClock().raw;
        L4_Word64_t last = first;

        for (int i = 0; i < 40; i++) {
                L4_Word64_t now = L4_SystemClock().raw;
                expect_that(now >= last, "the clock does not go back");
                last = now;
        }
        look(1);
        L4_Word64_t after = L4_SystemClock().raw;
        note((L4_Word_t)first, (L4_Word_t)(first >> 32), (L4_Word_t)after,
             (L4_Word_t)(after >> 32), 0);
        while (L4_SystemClock().raw < after + 5000)
                ;
        look(2);
}
