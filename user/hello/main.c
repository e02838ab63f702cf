// SPDX-License-Identifier: MIT
// Speaks, by each of the two ways into the kernel, and ends.
#include <user/system.h>

uint32_t
main(uint32_t instance)
{
        static const char by_gate[] = "Hello from ring 3, by INT 0x80.";
        static const char by_sysenter[] = "Hello again, by SYSENTER.";
        uint16_t selector;

        (void)instance;
        // Both say how much of the text was read.
        uint32_t gate = call(CALL_PRINT, (uint32_t)(uintptr_t)by_gate);
        uint32_t fast = call_fast(CALL_PRINT, (uint32_t)(uintptr_t)by_sysenter);

        // The ring is in the two lowest bits of CS, for everybody to read.
        __asm__("mov %%cs, %0" : "=r"(selector));
        print("CS is ");
        print_hex(selector);
        print(", and it is ");
        print_number(time_now() / 1000);
        print(" ms since boot.\n");
        return gate == sizeof(by_gate) - 1 && fast == sizeof(by_sysenter) - 1 &&
                               (selector & 3) == 3
                       ? 0
                       : 1;
}
