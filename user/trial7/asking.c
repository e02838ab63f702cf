// SPDX-License-Identifier: MIT
// Trials: sigma0's protocol; and MemoryControl.
#include "task.h"

#include <l4/kip.h>
#include <l4/misc.h>
#include <l4/sigma0.h>

#define ANY 0xFFFFFC00u

// Free memory: of a page that sigma0 has given.
static L4_Word_t
get_any(L4_Word_t log2)
{
        return L4_Sigma0_GetAny(L4_nilthread, log2, L4_CompleteAddressSpace)
                .raw;
}

static L4_Word_t
first_of(L4_Word_t page)
{
        return page & ~0x3FFu;
}

TRIAL(sigma0_gives_any_page)
{
        L4_Word_t page = get_any(12);

        expect_word(pages(first_of(page), 12, ALL), page, "a page, all rights");
        volatile L4_Word_t *word =
                (volatile L4_Word_t *)(uintptr_t)first_of(page);
        *word = 5;
        expect_word(5, *word, "at its own address");
        expect_that(get_any(12) != page, "the next one is another one");
}

static bool
are_apart(L4_Word_t a, L4_Word_t a_log2, L4_Word_t b, L4_Word_t b_log2)
{
        return a + (1u << a_log2) <= b || b + (1u << b_log2) <= a;
}

// Small ones last, for which there is room between the others.
TRIAL(sigma0_gives_pieces_of_all_sizes)
{
        static const unsigned char log2[] = { 13, 14, 12, 15, 12 };
        L4_Word_t first[sizeof(log2)];

        for (L4_Word_t i = 0; i < sizeof(log2); i++) {
                L4_Word_t bytes = 1u << log2[i];
                L4_Word_t piece = get_any(log2[i]);
                first[i] = first_of(piece);
                expect_word(pages(first[i], log2[i], ALL), piece,
                            "of this size");
                expect_word(0, first[i] & (bytes - 1), "aligned");
                for (L4_Word_t j = 0; j < i; j++)
                        expect_that(
                                are_apart(first[i], log2[i], first[j], log2[j]),
                                "apart from the others");
                ((volatile L4_Word_t *)(uintptr_t)first[i])[bytes / 4 - 1] = 1;
        }
}

TRIAL(sigma0_gives_into_a_window)
{
        L4_Word_t page =
                L4_Sigma0_GetAny(L4_nilthread, 12, L4_FpageLog2(PLACE, 12)).raw;

        expect_that(page != 0, "a page");
        *(volatile L4_Word_t *)PLACE = 5;
        expect_word(5, *(volatile L4_Word_t *)PLACE, "it is there");
}

TRIAL(sigma0_gives_a_certain_page)
{
        L4_Word_t page = get_any(13); // so there is one
        L4_Word_t wanted = first_of(page) - BYTES;
        L4_Word_t given =
                L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(wanted, 12)).raw;

        expect_word(pages(wanted, 12, ALL), given, "this one");
        given = L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(wanted, 12)).raw;
        expect_word(pages(wanted, 12, ALL), given, "once more, to the same");
        given = L4_Sigma0_GetPage(L4_nilthread,
                                  L4_FpageLog2(wanted + 0x800, 12))
                        .raw;
        expect_word(pages(wanted, 12, ALL), given, "rounded down");
}

TRIAL(sigma0_gives_to_one_only)
{
        L4_Word_t page = get_any(12);

        task_begin(1);
        expect_word(0, request(1, page & ~ALL, 0, WHOLE), "not to another one");
        expect_word(0, request(1, page_at(store_at(0)), 0, WHOLE),
                    "nor a page of the program");
        page = request(1, ANY | 12 << 4, 0, WHOLE);
        expect_that(page != 0, "but one that nobody has");
        expect_that(poke(1, first_of(page), 5), "it is at its own address");
}

TRIAL(sigma0_does_not_give_what_is_not_its_own)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(kip); i++) {
                const L4_MemoryDesc_t *memory = L4_MemoryDesc(kip, i);
                if (L4_MemoryDescType(memory) == L4_ReservedMemoryType)
                        expect_word(
                                0,
                                L4_Sigma0_GetPage(
                                        L4_nilthread,
                                        L4_FpageLog2(L4_MemoryDescLow(memory),
                                                     12))
                                        .raw,
                                "reserved memory");
        }
        expect_word(
                0,
                L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(0x00100000, 12))
                        .raw,
                "the kernel's image");
        expect_word(0,
                    L4_Sigma0_GetPage(L4_nilthread,
                                      L4_FpageLog2(kip->sigma0.low, 12))
                            .raw,
                    "sigma0's own");
        expect_word(
                0,
                L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(0xF0000000, 12))
                        .raw,
                "where there is no memory");
}

TRIAL(sigma0_gives_modules_to_who_asks_for_them)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();
        L4_Word_t found = 0;

        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(kip); i++) {
                const L4_MemoryDesc_t *memory = L4_MemoryDesc(kip, i);
                L4_Word_t low = L4_MemoryDescLow(memory);
                if (L4_MemoryDescType(memory) % 16 !=
                    L4_BootLoaderSpecificMemoryType)
                        continue;
                found++;
                expect_word(
                        pages(low, 12, ALL),
                        L4_Sigma0_GetPage(L4_nilthread, L4_FpageLog2(low, 12))
                                .raw,
                        "its first page");
                expect_word(0x464C457F, *(volatile L4_Word_t *)(uintptr_t)low,
                            "which begins an ELF file");
        }
        expect_word(2, found, "two modules: sigma0 and the trial");
}

TRIAL(sigma0_refuses_strange_sizes)
{
        task_begin(1);
        expect_word(0, request(1, ANY | 11 << 4, 0, WHOLE), "less than a page");
        expect_word(0, request(1, ANY | 31 << 4, 0, WHOLE),
                    "more than there is");
        expect_word(0, request(1, WHOLE, 0, WHOLE), "everything");
        expect_word(0, request(1, 0, 0, WHOLE), "nil");
}

TRIAL(sigma0_knows_one_attribute)
{
        task_begin(1);
        expect_word(0, request(1, ANY | 12 << 4, 4, WHOLE), "uncacheable");
        expect_that(request(1, ANY | 12 << 4, 0, WHOLE) != 0, "default");
}

TRIAL(sigma0_answers_nothing_else)
{
        static const L4_Word_t tags[] = {
                0xFFA00001, // one word only
                0xFFA00003, 0x12340002, 0xFFD00002, 0x00000000,
        };

        for (L4_Word_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
                L4_LoadMR(0, tags[i]);
                L4_LoadMR(1, ANY | 12 << 4);
                L4_LoadMR(2, 0);
                L4_MsgTag_t tag =
                        L4_Call_Timeouts(L4_GlobalId(L4_ThreadIdUserBase(0), 1),
                                         L4_Never, L4_TimePeriod(5000));
                expect_that(L4_IpcFailed(tag), "no answer");
                expect_word(3, L4_ErrorCode(), "the time is over");
        }
        expect_that(get_any(12) != 0, "and it serves");
}

TRIAL(sigma0_has_an_end)
{
        L4_Word_t count = 0;
        L4_Word_t last = 0;

        for (;;) {
                L4_Word_t page = get_any(12);
                if (page == 0)
                        break;
                expect_that(page != last, "another one each time");
                last = page;
                *(volatile L4_Word_t *)(uintptr_t)first_of(page) = count++;
        }
        expect_that(count > 20, "many pages");
        expect_word(count - 1, *(volatile L4_Word_t *)(uintptr_t)first_of(last),
                    "each its own");
        expect_word(0, get_any(12), "there is no more");
        expect_that(L4_Sigma0_GetPage(L4_nilthread,
                                      L4_FpageLog2(first_of(last), 12))
                                    .raw != 0,
                    "what one has one may ask for");
}

TRIAL(sigma0_answers_page_faults)
{
        L4_Word_t page = get_any(13);
        volatile L4_Word_t *below =
                (volatile L4_Word_t *)(uintptr_t)(first_of(page) - BYTES);

        *below = 9;
        expect_word(9, *below, "a page that nobody has, by using it");
        task_begin(1);
        expect_word(0, request(1, page_at(first_of(page) - BYTES), 0, WHOLE),
                    "nobody else gets it now");
}

// --- MemoryControl ----------------------------------------------------------------------------

static L4_Word_t
memory_control(L4_Word_t n, L4_Word_t page, L4_Word_t attribute)
{
        orders[n] = (struct order){ .what = TASK_CONTROLS,
                                    .b = attribute,
                                    .mr = { page } };
        task_does(n);
        return orders[n].result;
}

TRIAL(memory_control_wants_privilege)
{
        task_begin(1);
        expect_word(0, memory_control(1, page_at(PLACE), 0), "a task has none");
        expect_word(1, orders[1].error, "no privilege");
}

TRIAL(memory_control_takes_what_is_so_already)
{
        expect_word(1, memory_control(0, page_at(store_at(0)), 0), "default");
        expect_word(1, memory_control(0, 0, 4), "of nil anything");
        expect_word(1, memory_control(0, page_at(store_at(0)) | 1, 4),
                    "the second attribute, which is the default one");
}

TRIAL(memory_control_refuses_all_else)
{
        expect_word(0, memory_control(0, page_at(store_at(0)), 4),
                    "uncacheable");
        expect_word(5, orders[0].error, "parameter");
        expect_word(0, memory_control(0, fpage(store_at(0), 5), 0),
                    "what is no flexpage");
        expect_word(5, orders[0].error, "parameter");
}
