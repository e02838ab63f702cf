// SPDX-License-Identifier: MIT
// Tests of exercise 2.1 on memory maps of machines that there are, and of some
// that nobody will ever build.
#include "boot_machine.h"

// Is each byte of the page in a usable range, and none in another one?
static bool
is_usable(uint32_t page)
{
        uint32_t first = page_frame(page).value, last = first | 0xFFF;
        uint32_t at = first;

        for (size_t i = 0; i < map.count; i++)
                if (map.ranges[i].kind != MEMORY_USABLE &&
                    map.ranges[i].first.value <= last &&
                    map.ranges[i].last.value >= first)
                        return false;
        for (size_t i = 0; i < map.count; i++) {
                const struct memory_range *range = &map.ranges[i];
                if (range->kind != MEMORY_USABLE || range->first.value > at ||
                    range->last.value < at)
                        continue;
                if (range->last.value >= last)
                        return true;

                // Usable so far: on from there, with the first range again.
                at = range->last.value + 1;
                i = (size_t)-1;
        }
        return false;
}

// Says of each page what is due by the map and the modules. A page in the inside
// of a range is that of its neighbours; the others are looked at one by one.
static void
due_by_map(void)
{
        const uint32_t count = page_array.count;

        for (int kind = MEMORY_USABLE; kind <= MEMORY_RESERVED; kind++)
                for (size_t i = 0; i < map.count; i++) {
                        const struct memory_range *range = &map.ranges[i];
                        if ((range->kind == MEMORY_USABLE) !=
                            (kind == MEMORY_USABLE))
                                continue;
                        due_range(
                                (struct page_range){
                                        range->first.value >> PAGE_LOG2,
                                        (range->last.value >> PAGE_LOG2) + 1 },
                                kind == MEMORY_USABLE ? NORMAL(0)
                                                      : NOT_INSTALLED);
                }
        for (size_t i = 0; i < map.count; i++) {
                uint32_t edges[] = { map.ranges[i].first.value >> PAGE_LOG2,
                                     map.ranges[i].last.value >> PAGE_LOG2 };
                for (unsigned edge = 0; edge < 2; edge++)
                        if (edges[edge] < count)
                                pages_due(edges[edge], is_usable(edges[edge])
                                                               ? NORMAL(0)
                                                               : NOT_INSTALLED);
        }
        for (size_t i = 0; i < boot.module_count; i++) {
                struct page_range part = in_array(modules[i]);
                for (uint32_t page = part.first; page < part.end; page++)
                        if (pages_expected(page).status == 0)
                                pages_due(page, MODULE(0));
        }
}

TEST(boot_of_real_machines)
{
        // What Bochs 2.7 and QEMU 7.2 say of a machine with 32 MB, as make run
        // shows it.
        machine(MACHINE_PAGES);
        usable(0x00000000, 0x0009EFFF);
        range(0x0009F000, 0x0009FFFF, MEMORY_RESERVED);
        range(0x000E8000, 0x000FFFFF, MEMORY_RESERVED);
        usable(0x00100000, 0x01FEFFFF);
        range(0x01FF0000, 0x01FFFFFF, MEMORY_ACPI_TABLES);
        range(0xFFFC0000, 0xFFFFFFFF, MEMORY_RESERVED);
        module(0x155, 0x15A);
        due_by_map();
        boots("the memory map of Bochs");

        machine(MACHINE_PAGES);
        usable(0x00000000, 0x0009FBFF);
        range(0x0009FC00, 0x0009FFFF, MEMORY_RESERVED);
        range(0x000F0000, 0x000FFFFF, MEMORY_RESERVED);
        usable(0x00100000, 0x01FDFFFF);
        range(0x01FE0000, 0x01FFFFFF, MEMORY_RESERVED);
        range(0xFFFC0000, 0xFFFFFFFF, MEMORY_RESERVED);
        due_by_map();
        boots("the memory map of QEMU");

        // And in as many pieces as a map has, with modules in most of them.
        machine(PAGES);
        for (uint32_t i = 0; i < MEMORY_RANGES; i++)
                usable(0x4000 * i, 0x4000 * i + 0x0FFF);
        for (uint32_t i = 0; i < MACHINE_MODULES; i++)
                module(4 * i, 4 * i + 1);
        due_by_map();
        boots("a machine with 64 ranges of memory and 40 modules");
}

TEST(boot_of_random_machines)
{
        for (int round = 0; round < 10; round++) {
                machine(PAGES + random_below(0x40));
                uint32_t ranges = random_below(12);
                for (uint32_t i = 0; i < ranges; i++) {
                        uint32_t first = random_below(0x240000);
                        uint32_t size =
                                random_word() >> (10 + random_below(14));
                        if (random_below(2))
                                first &= 0xFFFFF000;
                        if (random_below(2))
                                size |= 0xFFF;
                        enum memory_kind kind =
                                random_below(3) ? MEMORY_USABLE
                                                : (enum memory_kind)(
                                                          2 + random_below(6));
                        if (kind != MEMORY_USABLE)
                                size >>= 4;
                        range(first, first + size, kind);
                }
                for (uint32_t i = random_below(4); i > 0; i--) {
                        uint32_t first = random_below(0x220);
                        module(first, first + random_below(0x30));
                }
                due_by_map();
                boots("a machine made by chance");
        }
}
