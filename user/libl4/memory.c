// SPDX-License-Identifier: MIT
// Calls about memory that take many flexpages.
//
// The contracts are in <l4/space.h> and <l4/misc.h>.
#include <l4/misc.h>
#include <l4/space.h>

void
__L4_UnmapPages(L4_Word_t control, L4_Word_t count, L4_Fpage_t *f)
{
        if (count == 0 || count > __L4_NUM_MRS)
                return;
        for (L4_Word_t i = 0; i < count; i++)
                L4_LoadMR((int)i, f[i].raw);
        L4_Unmap(control | (count - 1));
        for (L4_Word_t i = 0; i < count; i++)
                L4_StoreMR((int)i, &f[i].raw);
}

L4_Word_t
L4_Set_PagesAttributes(L4_Word_t count, const L4_Fpage_t *f,
                       const L4_Word_t attributes[4])
{
        if (count == 0 || count > __L4_NUM_MRS)
                return 0;
        for (L4_Word_t i = 0; i < count; i++)
                L4_LoadMR((int)i, f[i].raw);
        return L4_MemoryControl(count - 1, attributes);
}

L4_Word_t
L4_Set_PageAttribute(L4_Fpage_t f, L4_Word_t attribute)
{
        const L4_Word_t attributes[4] = { attribute };

        L4_Set_Rights(&f, 0); // the first of them
        return L4_Set_PagesAttributes(1, &f, attributes);
}
