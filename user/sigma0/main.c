// SPDX-License-Identifier: MIT
// sigma0: all memory of programs is its own from the beginning, each page at its own
// address, and it hands every page on to the first thread that asks for it.
//
//     page fault  0xFFE0 + rights   address, instruction     that page
//     port fault  0xFF80            ports, instruction       these ports
//     request     0xFFA0            flexpage, attributes     these pages or ports
//
// A request for the address 0xFFFFFC00 is one for any pages. The answer is a map item; nil
// in it refuses. Whatever else comes is not answered, nor is a page fault that cannot be:
// the same access would have it again and again.
#include "owners.h"

#include <l4/arch.h>
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/misc.h>
#include <l4io.h>
#include <user/threads.h>

#define PAGE_FAULT 0xFFEu // of a label: the upper bits
#define PORT_FAULT 0xFF8u
#define REQUEST 0xFFAu
#define LABEL_SHIFT 4
#define WORDS 2u

#define ANYWHERE 0x3FFFFFu // as an address, without its lower 10 bits

// Types of memory: kip.h.
#define CONVENTIONAL 1u
#define DEDICATED 3u
#define OF_ALL 4u
#define BOOT_LOADER 0xEu
#define ARCHITECTURE 0xFu

static L4_Word_t
owner_of(const L4_MemoryDesc_t *memory)
{
        switch (L4_MemoryDescType(memory) & 0xF) {
        case CONVENTIONAL:
                return FREE;
        case DEDICATED:
        case BOOT_LOADER:
        case ARCHITECTURE:
                return DEVICE;
        case OF_ALL:
                return SHARED;
        default:
                return RESERVED;
        }
}

// What the kernel interface page says. Of what is not whole pages nobody gets the rest.
static void
learn_memory(L4_KernelInterfacePage_t *kip)
{
        owners_init();
        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(kip); i++) {
                const L4_MemoryDesc_t *memory = L4_MemoryDesc(kip, i);
                L4_Word_t first = L4_MemoryDescLow(memory) >> PAGE_LOG2;
                L4_Word_t last = L4_MemoryDescHigh(memory) >> PAGE_LOG2;
                if (!L4_IsMemoryDescVirtual(memory) && first <= last)
                        owners_set(first, last, owner_of(memory));
        }
}

static void
learn_server(const L4_BootServer_t *server, L4_Word_t number)
{
        if (server->high != 0)
                owners_set(server->low >> PAGE_LOG2,
                           (server->high - 1) >> PAGE_LOG2,
                           L4_GlobalId(L4_ThreadIdUserBase(0) + number, 1).raw);
}

static void
take_pages(L4_Word_t page, L4_Word_t end)
{
        for (; page < end; page++) {
                uintptr_t at = page << PAGE_LOG2;

                // It may be 0, and to the compiler nothing is there.
                __asm__ volatile("" : "+r"(at));
                (void)*(volatile unsigned char *)at;
        }
}

// Takes all that may be handed on, so that nothing is missing later. The kernel gives 4 MB
// at once where it can, and what is there already costs little.
static void
take_memory(void)
{
        for (L4_Word_t page = 0; page < PAGES; page = owners_next(page))
                if (owners_of(page) == FREE)
                        take_pages(page, owners_next(page));
}

// --- Answers ------------------------------------------------------------------------------

static void
answer(L4_Fpage_t pages, L4_Word_t base)
{
        L4_MapItem_t item = L4_MapItem(pages, base);
        L4_Msg_t m;

        L4_MsgClear(&m);
        L4_MsgAppendMapItem(&m, item);
        L4_MsgLoad(&m);
}

static L4_Fpage_t
whole(L4_Fpage_t pages)
{
        return L4_FpageAddRights(pages, L4_FullyAccessible);
}

// The pages that are handed on for a request; nil: none.
static L4_Fpage_t
pages_for(L4_ThreadId_t thread, L4_Fpage_t wanted)
{
        L4_Word_t log2 = L4_SizeLog2(wanted);
        L4_Word_t first = L4_Address(wanted) >> PAGE_LOG2;
        bool any = wanted.raw >> 10 == ANYWHERE;

        if (log2 < PAGE_LOG2 || log2 > 31)
                return L4_Nilpage;
        if (any && !owners_find(log2 - PAGE_LOG2, &first))
                return L4_Nilpage;
        L4_Word_t pages = (L4_Word_t)1 << (log2 - PAGE_LOG2);
        first &= ~(pages - 1);
        if (!owners_take(first, first + (pages - 1), thread.raw, !any))
                return L4_Nilpage;
        return whole(L4_FpageLog2(first << PAGE_LOG2, (int)log2));
}

static void
serve_request(L4_ThreadId_t thread, L4_Fpage_t wanted, L4_Word_t attribute)
{
        L4_Fpage_t pages;

        if (L4_IsIoFpage(wanted)) {
                answer(whole(wanted), 0);
                return;
        }
        if (attribute != L4_DefaultMemory &&
            !L4_Set_PageAttribute(wanted, attribute)) {
                answer(L4_Nilpage, 0);
                return;
        }
        pages = pages_for(thread, wanted);
        answer(pages, L4_Address(pages));
}

static bool
serve_page_fault(L4_ThreadId_t thread, L4_Word_t address, L4_Word_t ip)
{
        L4_Word_t page = address >> PAGE_LOG2;

        if (!owners_take(page, page, thread.raw, false)) {
                printf("sigma0: thread 0x%08x has a page fault at 0x%08x, by "
                       "the instruction at\n0x%08x. It cannot have this "
                       "page.\n",
                       thread.raw, address, ip);
                return false;
        }
        answer(whole(L4_FpageLog2(page << PAGE_LOG2, (int)PAGE_LOG2)), address);
        return true;
}

// Puts the answer together. False: there is none.
static bool
serve(L4_MsgTag_t tag, L4_ThreadId_t from)
{
        L4_Fpage_t pages;
        L4_Word_t second;

        if (L4_UntypedWords(tag) != WORDS || L4_TypedWords(tag) != 0)
                return false;
        L4_StoreMR(1, &pages.raw);
        L4_StoreMR(2, &second);
        switch (L4_Label(tag) >> LABEL_SHIFT) {
        case PAGE_FAULT:
                return serve_page_fault(from, pages.raw, second);
        case PORT_FAULT:
                answer(whole(pages), 0);
                return true;
        case REQUEST:
                serve_request(from, pages, second);
                return true;
        default:
                return false;
        }
}

int
main(void)
{
        L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();
        L4_ThreadId_t from;

        learn_memory(kip);
        take_memory();
        learn_server(&kip->sigma0, 0);
        learn_server(&kip->sigma1, 1);
        learn_server(&kip->root, 2);

        L4_MsgTag_t tag = L4_Wait(&from);
        for (;;) {
                L4_ThreadId_t to = L4_nilthread;

                if (L4_IpcSucceeded(tag) && serve(tag, from))
                        to = from;
                tag = L4_ReplyWait(to, &from);
        }
}
