// SPDX-License-Identifier: MIT
// TLB invalidation, on a processor of our own: a handful of translations, and
// the instructions that make it forget them (Intel SDM volume 3, 4.10.4.1).
#include <kernel/cpu.h>
#include <kernel/tlb.h>

#include "check.h"

struct translation {
        uint32_t first; // of its page
        unsigned log2_size;
        bool global;
        bool valid;
};

static struct {
        uint32_t cr3;
        uint32_t cr4;
        struct translation tlb[16];
} cpu;

uint32_t
read_cr3(void)
{
        return cpu.cr3;
}

void
write_cr3(uint32_t value)
{
        cpu.cr3 = value;
        for (size_t i = 0; i < COUNT_OF(cpu.tlb); i++)
                if (!cpu.tlb[i].global || !(cpu.cr4 & CR4_PGE))
                        cpu.tlb[i].valid = false;
}

uint32_t
read_cr4(void)
{
        return cpu.cr4;
}

void
write_cr4(uint32_t value)
{
        if ((cpu.cr4 ^ value) & CR4_PGE)
                for (size_t i = 0; i < COUNT_OF(cpu.tlb); i++)
                        cpu.tlb[i].valid = false;
        cpu.cr4 = value;
}

void
invlpg(struct vaddr address)
{
        for (size_t i = 0; i < COUNT_OF(cpu.tlb); i++) {
                uint32_t offset = address.value ^ cpu.tlb[i].first;
                if (offset >> cpu.tlb[i].log2_size == 0)
                        cpu.tlb[i].valid = false;
        }
}

// The translations that a test begins with: pages around 0x00400000 and at both
// ends of the address space, each once global and once not, and a superpage.
static void
fill_tlb(uint32_t cr4)
{
        static const uint32_t pages[] = { 0,          0x003FF000, 0x00400000,
                                          0x00401000, 0x0040F000, 0x00410000,
                                          0xFFFFF000 };
        cpu.cr3 = 0x00123018;
        cpu.cr4 = cr4;
        size_t next = 0;
        for (size_t i = 0; i < COUNT_OF(pages); i++)
                for (int global = 0; global < 2; global++)
                        cpu.tlb[next++] = (struct translation){
                                .first = pages[i],
                                .log2_size = 12,
                                .global = global == 1,
                                .valid = true,
                        };
        for (int global = 0; global < 2; global++)
                cpu.tlb[next++] = (struct translation){
                        .first = 0x80000000,
                        .log2_size = 22,
                        .global = global == 1,
                        .valid = true,
                };
        assert_int_equal(next, COUNT_OF(cpu.tlb));
}

static void
check_registers(uint32_t cr4)
{
        assert_int_equal(cpu.cr3, 0x00123018);
        assert_int_equal(cpu.cr4, cr4);
}

// No translation of the range may be left, and the registers are as before.
static void
check_range(uint64_t first, uint64_t last, uint32_t cr4)
{
        for (size_t i = 0; i < COUNT_OF(cpu.tlb); i++) {
                uint64_t begin = cpu.tlb[i].first;
                uint64_t end = begin + (1u << cpu.tlb[i].log2_size) - 1;
                if (begin <= last && first <= end)
                        assert_false(cpu.tlb[i].valid);
        }
        check_registers(cr4);
}

static void
page_is_forgotten_by_any_of_its_addresses(void **state)
{
        (void)state;
        fill_tlb(0x90);
        tlb_invalidate_page(vaddr(0x00400FFF));
        check_range(0x00400000, 0x00400FFF, 0x90);
        fill_tlb(0x90);
        tlb_invalidate_page(vaddr(0xFFFFFFFF));
        check_range(0xFFFFF000, 0xFFFFFFFF, 0x90);
        fill_tlb(0x90);
        tlb_invalidate_page(vaddr(0x80123456));
        check_range(0x80000000, 0x803FFFFF, 0x90);
}

static void
flush_spares_nothing(void **state)
{
        (void)state;
        static const uint32_t values[] = { 0x00, 0x10, 0x80, 0x90, 0x6B7 };
        for (size_t i = 0; i < COUNT_OF(values); i++) {
                fill_tlb(values[i]);
                tlb_flush();
                check_range(0, 0xFFFFFFFF, values[i]);
        }
}

static void
ranges_of_every_size_are_forgotten(void **state)
{
        (void)state;
        static const uint32_t bases[] = { 0,          0x003FF000, 0x00400000,
                                          0x0040F000, 0x80000000, 0x80200000,
                                          0xFFFFF000 };
        for (unsigned log2_size = 12; log2_size <= 32; log2_size++)
                for (size_t i = 0; i < COUNT_OF(bases); i++) {
                        struct vfpage pages =
                                vfpage_make(vaddr(bases[i]), log2_size);
                        fill_tlb(0x90);
                        tlb_invalidate(pages);
                        check_range(fpage_first(pages.range),
                                    fpage_last(pages.range), 0x90);
                }
}

static void
nil_is_allowed(void **state)
{
        (void)state;
        fill_tlb(0x90);
        tlb_invalidate((struct vfpage){ { 0 } });
        check_registers(0x90);
}

static void
random_ranges_are_forgotten(void **state)
{
        (void)state;
        struct random random = { 0x71B00001 };
        for (int round = 0; round < 20000; round++) {
                uint32_t cr4 = random_next(&random) & 0x7FF;
                fill_tlb(cr4);
                // The translations move to near the range, and grow.
                uint32_t base = random_next(&random);
                for (size_t i = 0; i < COUNT_OF(cpu.tlb); i++) {
                        uint32_t near =
                                base + random_below(&random, 0x80000) - 0x40000;
                        bool super = random_once_in(&random, 4);
                        cpu.tlb[i].log2_size = super ? 22 : 12;
                        cpu.tlb[i].first =
                                near & (super ? 0xFFC00000 : 0xFFFFF000);
                }
                unsigned log2_size = 12 + random_below(&random, 21);
                struct vfpage pages = vfpage_make(vaddr(base), log2_size);
                tlb_invalidate(pages);
                check_range(fpage_first(pages.range), fpage_last(pages.range),
                            cr4);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(page_is_forgotten_by_any_of_its_addresses),
                cmocka_unit_test(flush_spares_nothing),
                cmocka_unit_test(ranges_of_every_size_are_forgotten),
                cmocka_unit_test(nil_is_allowed),
                cmocka_unit_test(random_ranges_are_forgotten),
        };
        return cmocka_run_group_tests_name("tlb", tests, NULL, NULL);
}
