// SPDX-License-Identifier: MIT
// Memory far away that is written to: from 8 MB to 16 MB. Every machine that gives a
// verdict has it (32 MB); on a smaller one the parts of tests that need it are left out.
#ifndef FAR_MEMORY_H
#define FAR_MEMORY_H

#include <h/internal/state.h>
#include <h4/entries.h>
#include <h4/spaces.h>

// Its second half, as a superpage; and an address for that, which nobody has.
#define FAR_FRAMES 0x00C00000u
#define FAR_ADDRESS 0xF4000000u

static inline void
far_show(void)
{
        h_state.reference_entries[FAR_ADDRESS / H_SUPERPAGE_SIZE] =
                raw_superpage(paddr(FAR_FRAMES), READ_WRITE);
}

static inline void
far_hide(void)
{
        h_state.reference_entries[FAR_ADDRESS / H_SUPERPAGE_SIZE] = 0;
        live_flush();
}

// Behind spaces_begin, while the processor is on the reference directory.
static inline bool
far_is_there(void)
{
        volatile uint32_t *last =
                (volatile uint32_t *)(FAR_ADDRESS + H_SUPERPAGE_SIZE - 4);

        far_show();
        *last = 0x600DF00D;
        bool there = *last == 0x600DF00D;
        *last = ~0x600DF00Du;
        there = there && *last == ~0x600DF00Du;
        far_hide();
        return there;
}

#endif
