// SPDX-License-Identifier: MIT
// Making flexpages. The contracts are in <h/types.h>.
#include <h/internal/convert.h>

struct h_pfpage
h_pfpage(struct h_paddr base, unsigned log2_size)
{
        return client_pfpage(pfpage_make(kernel_paddr(base), log2_size));
}

struct h_vfpage
h_vfpage(struct h_vaddr base, unsigned log2_size)
{
        return client_vfpage(vfpage_make(kernel_vaddr(base), log2_size));
}
