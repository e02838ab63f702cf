// SPDX-License-Identifier: MIT
// Page-map pages: memory that the client lends H for its tables, and where H is
// to see it. Making one up is only looking at two numbers; not before its use is
// anything written, so until then both stay free, and may have been taken by the
// time that comes.
//
// The contracts are in <h/h.h> and <h/internal/pagemap_page.h>.
#include <h/h.h>
#include <h/internal/client_space.h>
#include <h/internal/convert.h>
#include <h/internal/pagemap_page.h>
#include <h/internal/paranoid.h>
#include <h/internal/regions.h>
#include <kernel/status.h>
#include <kernel/tlb.h>
#include <kernel/todo.h>

// H4-BEGIN 3.2
// Is it one page of the client's memory, and the address of a page that the
// client controls? Nothing of this ever changes.
static enum h_error
check_parts(struct h_pagemap_page page, struct paddr *frame)
{
        struct pfpage pages;
        enum h_error error = region_check(page.page, &pages);
        if (error != H_OK)
                return error;
        if (fpage_log2(pages.range) != PAGE_LOG2)
                return H_BAD_SIZE;
        struct vaddr address = kernel_vaddr(page.mapped);
        if (address.value % PAGE_SIZE != 0 || !client_controls(address))
                return H_BAD_ADDRESS;

        *frame = paddr(fpage_first(pages.range));
        return H_OK;
}
// H4-STUB 3.2
// H4-END 3.2

enum h_error
h_create_pagemap_page(struct h_region region, struct h_vaddr mapped,
                      struct h_pagemap_page *out)
{
        H_OPERATION();
        // H4-BEGIN 3.2
        struct h_pagemap_page page = { region, mapped };
        struct paddr frame;
        enum h_error error = check_parts(page, &frame);
        if (error != H_OK)
                return error;

        *out = page;
        return H_OK;
        // H4-STUB 3.2
        //| H4_TODO("3.2", region, mapped, out);
        // H4-END 3.2
}

enum h_error
pagemap_page_check(struct h_pagemap_page page, struct paddr *frame)
{
        // H4-BEGIN 3.2
        struct paddr named;
        enum h_error error = check_parts(page, &named);
        if (error != H_OK)
                return error;
        // 0: a normal page that no mapping reaches, neither a user's nor one of
        // the client's own.
        if (page_at(named)->status != 0)
                return H_NOT_FREE;
        if (client_address_used(kernel_vaddr(page.mapped)))
                return H_ADDRESS_USED;

        *frame = named;
        return H_OK;
        // H4-STUB 3.2
        //| H4_TODO("3.2", page, frame);
        // H4-END 3.2
}

struct pagemap_page
pagemap_page_attach(struct paddr frame, struct vaddr address)
{
        // H4-BEGIN 3.2
        // All address spaces share this entry's page-table, so that one entry
        // is enough, and the translation is the same in all of them: global.
        *client_entry(address) = frame.value | ENTRY_PRESENT | ENTRY_WRITE |
                                 ENTRY_GLOBAL | ENTRY_ASKED_READ;
        h_state.seen_at[frame.value >> PAGE_LOG2] = address;
        return (struct pagemap_page){ frame, table_seen(frame) };
        // H4-STUB 3.2
        //| H4_TODO("3.2", frame, address);
        // H4-END 3.2
}

void
pagemap_page_detach(struct paddr frame)
{
        // H4-BEGIN 3.2
        struct vaddr *seen_at = &h_state.seen_at[frame.value >> PAGE_LOG2];

        // What the tables said is not the next owner's business.
        zero_page(table_seen(frame));
        *client_entry(*seen_at) = 0;
        tlb_invalidate_page(*seen_at);
        *seen_at = vaddr(0);
        // H4-STUB 3.2
        //| H4_TODO("3.2", frame);
        // H4-END 3.2
}
