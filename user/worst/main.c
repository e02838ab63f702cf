// SPDX-License-Identifier: MIT
// What takes the kernel longest: a case of everything that goes over many of something. On
// a machine of 64 MB there are 4,000 threads. How long interrupts had to wait meanwhile is
// measured from outside (grader/h4/latency.py).
#include "worst.h"

#include <l4/arch.h>
#include <l4/schedule.h>
#include <l4/sigma0.h>
#include <l4io.h>

#define MAP 0x8u
#define GRANT 0xAu

#define COM1 0x3F8u
#define COM1_PORTS 8u

#define HALTED 3 // threads; their numbers were others' before
#define ENDS 4
#define NOWHERE 0xA0000000u

#define PAGES 4096u // that are mapped
#define STRING_BYTES 0x3FFFFFu

static _Alignas(4096) unsigned char page_bytes[PAGE_BYTES];
struct stack other_stack;
static volatile bool is_ended;

void
next_case(L4_Word_t number)
{
        __asm__ volatile("int3" : : "b"(number) : "memory");
}

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

static void
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

static void
wide(void)
{
        make_wide();
        L4_Fpage_t page = own_page();
        L4_GetStatus(page);
        L4_UnmapFpage(without_writing(page));
        L4_UnmapFpage(page);
}

// In one space only the first is another one's: from 0 to 1, to 0 and so on.
static void
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

static void
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

static void
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
static void
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
static void
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

static void
spaces_end(void)
{
        for (L4_Word_t n = 0; n < ALONE; n++)
                alone_end(n);
}

// --- Threads ----------------------------------------------------------------------------------

static void
crowd_begins(void)
{
        for (L4_Word_t i = 0; i < CROWD; i++)
                if (!crowd_make(i)) {
                        complain("The crowd");
                        return;
                }
}

static void
first_is_sent_to(void)
{
        tell_crowd((struct order){ .to = crowd_id(0) });
        crowd_end(0);
        crowd_make(0);
}

static void
first_is_waited_for(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        crowd_end(0);
        crowd_make(0);
}

static void
first_is_renamed(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        if (!crowd_rename(0))
                give_up("Another ID");
        crowd_end(0);
        crowd_make(0);
}

// Who ends the first one is ended itself when that has hardly begun. Whoever does that has
// to do the rest.
static void
end_the_first(void)
{
        crowd_end(0);
        is_ended = true;
        L4_Sleep(L4_Never);
}

static void
ending_is_ended(void)
{
        tell_crowd((struct order){ .from = crowd_id(0) });
        if (!thread_here(ENDS))
                give_up("A thread that ends another one");
        L4_Set_Priority(thread_id(ENDS), 40);
        is_ended = false;
        thread_start(thread_id(ENDS), end_the_first, &other_stack);
        L4_Sleep(L4_TimePeriod(2000));
        if (is_ended)
                give_up("4,000 have been told within two milliseconds");
        thread_end(ENDS);
        if (!crowd_make(0))
                give_up("The number of a thread that has ended");
        // If one had not been told, it would not hear this, and the first thread waits for it.
        tell_crowd((struct order){ 0 });
}

static void
timeouts_end(void)
{
        L4_Time_t end = L4_TimePoint(
                L4_ClockAddUsec(L4_SystemClock(), (L4_Word64_t)CROWD * 1000));

        tell_crowd((struct order){ .from = crowd_id(0), .timeouts = end.raw });
        L4_Sleep(L4_TimePeriod((L4_Word64_t)CROWD * 2000));
}

// Many are sending to it already, but not its pager; nor in its name.
static void
first_begins(void)
{
        for (L4_Word_t deputies = 0; deputies < 2; deputies++) {
                crowd_end(0);
                crowd_plan(0);
                tell_crowd((struct order){
                        .to = crowd_id(0),
                        .mr = { deputies ? AS_ANOTHER : 0 },
                        .as = crowd_id(CROWD - 1),
                });
                crowd_make(0);
                crowd_end(0);
                crowd_make(0);
        }
}

// --- One thread ---------------------------------------------------------------------------------

static void
fault(void)
{
        L4_Set_Pager(L4_nilthread);
        *(volatile L4_Word_t *)(uintptr_t)NOWHERE = 0;
}

static void
halted(void)
{
        crowd_end(0);
        if (!thread_here(HALTED)) {
                complain("A thread to be halted");
                return;
        }
        thread_start(thread_id(HALTED), fault, &other_stack);
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
