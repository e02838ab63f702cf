// SPDX-License-Identifier: MIT
// Flexpage arithmetic: making a flexpage, and comparing two.
//
// The address space ends at 0xFFFFFFFF, and a flexpage may end there too. The
// address after its last one then does not exist, which is why everything here
// is said in terms of a first and a last address.
//
// The contracts are in <kernel/flexpage.h>.
#include <kernel/flexpage.h>
#include <kernel/layout.h>
#include <kernel/todo.h>

struct fpage
fpage_make(uint32_t base, unsigned log2_size)
{
        // H4-BEGIN 1.1
        if (log2_size < PAGE_LOG2 || log2_size > 32)
                return (struct fpage){ 0 };

        // Shifting 32 bits by 32 is undefined, so the mask is made from the
        // other side, where the shift is 0 to 20.
        uint32_t offset_bits = UINT32_MAX >> (32 - log2_size);
        return (struct fpage){ (base & ~offset_bits) | log2_size };
        // H4-STUB 1.1
        //| H4_TODO("1.1", base, log2_size);
        // H4-END 1.1
}

uint32_t
fpage_last(struct fpage fpage)
{
        // H4-BEGIN 1.1
        return fpage_first(fpage) + (UINT32_MAX >> (32 - fpage_log2(fpage)));
        // H4-STUB 1.1
        //| H4_TODO("1.1", fpage);
        // H4-END 1.1
}

bool
fpage_contains(struct fpage fpage, uint32_t address)
{
        // H4-BEGIN 1.1
        if (fpage_is_nil(fpage))
                return false;
        return fpage_first(fpage) <= address && address <= fpage_last(fpage);
        // H4-STUB 1.1
        //| H4_TODO("1.1", fpage, address);
        // H4-END 1.1
}

bool
fpage_within(struct fpage inner, struct fpage outer)
{
        // H4-BEGIN 1.1
        if (fpage_is_nil(inner))
                return false;
        return fpage_contains(outer, fpage_first(inner)) &&
               fpage_contains(outer, fpage_last(inner));
        // H4-STUB 1.1
        //| H4_TODO("1.1", inner, outer);
        // H4-END 1.1
}

bool
fpage_overlap(struct fpage a, struct fpage b)
{
        // H4-BEGIN 1.1
        // Each is aligned to its size, so two that meet are nested.
        return fpage_within(a, b) || fpage_within(b, a);
        // H4-STUB 1.1
        //| H4_TODO("1.1", a, b);
        // H4-END 1.1
}
