// SPDX-License-Identifier: MIT
// What takes the kernel longest with memory and ports: trees that are wide or deep, pieces of
// superpages, a string of 4 MB, spaces that end.
#include "worst.h"

#include <l4/arch.h>
#include <l4/sigma0.h>

#define MAP 0x8u
#define GRANT 0xAu

#define COM1 0x3F8u
#define COM1_PORTS 8u

#define PAGES 4096u // that are mapped
#define STRING_BYTES 0x3FFFFFu

static _Alignas(4096) unsigned char page_bytes[PAGE_BYTES];

static L4_Fpage_t
with_all(L4_Fpage_t page)
{
        return L4_FpageAddRights(page, L4_FullyAccessible);
}

static L4_Fpage_t
page_at(L4_Word_t address)
{
        return with_all(L4_FpageLog2(address, PAGE_LOG2));
}

// The right to write is to be taken away.
static L4_Fpage_t
without_writing(L4_Fpage_t page)
{
        L4_Set_Rights(&page, L4_Writable);
        return page;
}

static L4_Fpage_t
own_page(void)
{
        page_bytes[0] = 1;
        return page_at((L4_Word_t)(uintptr_t)page_bytes);
}

static L4_Fpage_t
windows(int log2)
{
        return with_all(L4_FpageLog2(WINDOWS, log2));
}

// --- Mappings ---------------------------------------------------------------------------------

void
absent_pages(void)
{
        send_item(alone_id(0), WINDOWS | MAP, windows(28), windows(28));
        L4_UnmapFpage(windows(28));
}

static void
make_wide(void)
{
        for (L4_Word_t i = 0; i < PAGES; i++)
                send_item(alone_id(0), (WINDOWS + i * PAGE_BYTES) | MAP,
                          own_page(), L4_CompleteAddressSpace);
}

void
wide(void)
{
        make_wide();
        L4_Fpage_t page = own_page();
        L4_GetStatus(page);
        L4_UnmapFpage(without_writing(page));
        L4_UnmapFpage(page);
}

// In one space only the first is another one's: from 0 to 1, to 0 and so on.
void
deep(void)
{
        send_item(alone_id(0), WINDOWS | MAP, own_page(),
                  L4_CompleteAddressSpace);
        for (L4_Word_t i = 1; i < PAGES; i++)
                let_send_item(alone_id((i - 1) % 2), alone_id(i % 2),
                              (WINDOWS + i * PAGE_BYTES) | MAP,
                              page_at(WINDOWS + (i - 1) * PAGE_BYTES),
                              L4_CompleteAddressSpace);
        L4_GetStatus(own_page());
        L4_UnmapFpage(own_page());
}

void
space_ends(void)
{
        make_wide();
        // And page-tables: as many as there is room for.
        for (L4_Word_t i = 1; i < 256; i++)
                send_item(alone_id(0),
                          (WINDOWS + i * (1u << SUPERPAGE_LOG2)) | MAP,
                          own_page(), L4_CompleteAddressSpace);
        alone_end(0);
        alone_make(0);
}

static L4_Fpage_t
large_page(void)
{
        L4_Fpage_t page = L4_Sigma0_GetAny(L4_nilthread, SUPERPAGE_LOG2,
                                           L4_CompleteAddressSpace);

        if (L4_IsNilFpage(page))
                complain("A superpage");
        return with_all(page);
}

void
superpage(void)
{
        L4_Fpage_t large = large_page();
        L4_Word_t address = L4_Address(large);

        for (L4_Word_t i = 0; i < 2; i++)
                send_item(alone_id(i), WINDOWS | MAP, large,
                          L4_CompleteAddressSpace);
        L4_UnmapFpage(page_at(address + 5 * PAGE_BYTES));
        send_item(alone_id(0), (WINDOWS + 0x10000000u) | GRANT,
                  page_at(address + 7 * PAGE_BYTES), L4_CompleteAddressSpace);
        L4_UnmapFpage(without_writing(large));
        L4_UnmapFpage(large);
}

// To the caller: where it comes from and where it goes is the same memory.
void
string(void)
{
        L4_Fpage_t large = large_page();
        L4_Word_t address = L4_Address(large);

        send_item(alone_id(0), address | MAP, large, L4_CompleteAddressSpace);
        order = (struct order){
                .to = thread_id(0),
                .mr = { 2 << 6, STRING_BYTES << 10, address },
        };
        tell(alone_id(0));
        L4_LoadBR(0, 1);
        L4_LoadBR(1, STRING_BYTES << 10);
        L4_LoadBR(2, address);
        L4_Receive(alone_id(0));
        L4_LoadBR(0, 0);
}

// --- Ports ------------------------------------------------------------------------------------

static L4_Fpage_t
ports_from(L4_Word_t port, int log2)
{
        return with_all((L4_Fpage_t){ .raw = L4_IoFpageLog2(port, log2).raw });
}

// Each has every second one of the first thread's ports from the one before.
void
ports(void)
{
        L4_Fpage_t all = ports_from(0, 16);

        for (L4_Word_t n = 0; n < ALONE; n++) {
                if (n >= 2 && !alone_make(n))
                        complain("A space for ports");
                for (L4_Word_t i = 0; i < COM1_PORTS; i += 2) {
                        L4_Fpage_t port = ports_from(COM1 + i, 0);
                        if (n == 0)
                                send_item(alone_id(0), MAP, port, all);
                        else
                                let_send_item(alone_id(n - 1), alone_id(n), MAP,
                                              port, all);
                }
        }
        L4_UnmapFpage(ports_from(COM1, 3));
}

void
spaces_end(void)
{
        for (L4_Word_t n = 0; n < ALONE; n++)
                alone_end(n);
}
