// SPDX-License-Identifier: MIT
// The memory of the model, and the machine as memory_init leaves it, made by the
// same functions. Where things are that a linker places on a real machine:
//
//   0x00100000   the reference directory, and the kernel's own page-tables
//   0x00106000   the stack's guard page
//   0x00110000   end of the kernel image
#define _GNU_SOURCE // memfd_create
#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/paging.h>
#include <kernel/reference.h>
#include <kernel/window.h>

#define IMAGE_PAGE 0x100u
#define IMAGE_END 0x110u
#define ENVIRONMENT_TABLES 1
#define CLIENT_TABLES 5

enum image_page {
        DIRECTORY = IMAGE_PAGE,
        IMAGE_TABLE,
        WINDOW_TABLE,
        FIRST_ENVIRONMENT_TABLE,
        GUARD = 0x106,
        READ_ONLY_FIRST = 0x108,
        READ_ONLY_END = 0x10C,
};

unsigned char machine_ram[MACHINE_PAGES * PAGE_SIZE]
        __attribute__((aligned(PAGE_SIZE)));
__asm__(".globl reference_directory, boot_stack_guard\n"
        ".set reference_directory, machine_ram + 0x100000\n"
        ".set boot_stack_guard, machine_ram + 0x106000");

struct memory_map memory_map;
struct environment environment;
struct region_table region_table;

static struct paddr tables[2 + ENVIRONMENT_TABLES + CLIENT_TABLES];
static size_t table_count;

static bool touched[MACHINE_PAGES];

// The window: a page of the host, and how it comes to show memory.
static unsigned char window[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static int memory = -1;
static bool window_moves;

uint32_t *
machine_frame(struct paddr frame)
{
        if (frame.value % PAGE_SIZE != 0 ||
            frame.value >> PAGE_LOG2 >= MACHINE_PAGES)
                machine_stop("there is no frame at 0x%08x", frame.value);
        return (uint32_t *)(void *)(machine_ram + frame.value);
}

void
machine_touch(struct paddr frame)
{
        touched[frame.value >> PAGE_LOG2] = true;
}

bool
machine_touched(struct paddr frame)
{
        return touched[frame.value >> PAGE_LOG2];
}

static void *
must_map(void *at, size_t size, size_t offset)
{
        void *found = mmap(at, size, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_FIXED, memory, (off_t)offset);
        if (found != at)
                machine_stop("mmap has failed");
        return found;
}

void
machine_move_window(bool move)
{
        window_moves = move;
        if (!move || memory >= 0)
                return;
        memory = memfd_create("memory", 0);
        if (memory < 0 || ftruncate(memory, sizeof(machine_ram)) != 0)
                machine_stop("memfd_create has failed");
        memset(touched, true, sizeof(touched));
        must_map(machine_ram, sizeof(machine_ram), 0);
}

void *
window_map(struct paddr frame)
{
        uint32_t *seen = machine_frame(frame);

        machine_touch(frame);
        machine_frame(paddr(WINDOW_TABLE * PAGE_SIZE))[0] =
                frame.value | ENTRY_PRESENT | ENTRY_WRITE;
        invlpg(vaddr(WINDOW_BASE));
        return window_moves ? must_map(window, PAGE_SIZE, frame.value) : seen;
}

struct paddr
window_table(void)
{
        return paddr(WINDOW_TABLE * PAGE_SIZE);
}

void
window_read(void *to, struct paddr from, size_t size)
{
        unsigned char *out = to;

        for (size_t i = 0; i < size; i++) {
                uint32_t at = from.value + (uint32_t)i;
                const unsigned char *page =
                        window_map(paddr(at & ~(PAGE_SIZE - 1)));
                out[i] = page[at % PAGE_SIZE];
        }
}

// Pages that hold something when the machine starts, as they may on a real one:
// the first ones of each piece of memory, and the environment.
static bool
is_filled(uint32_t page)
{
        return (page >= 0x10 && page < 0x14) ||
               (page >= IMAGE_PAGE && page < 0x13C) ||
               (page >= 0x800 && page < 0x1000 && page % 0x400 < 0x10) ||
               (page >= 0x1000 && page < 0x1020) || page >= 0x1170;
}

static void
clean(uint32_t filling)
{
        for (uint32_t page = 0; page < MACHINE_PAGES; page++) {
                bool filled = filling != 0 && is_filled(page);
                if (!touched[page] && !filled)
                        continue;
                touched[page] = filled;
                uint32_t *words = machine_frame(paddr(page << PAGE_LOG2));
                memset(words, 0, PAGE_SIZE);
                for (unsigned i = 0; filled && i < TABLE_ENTRIES; i += 16)
                        words[i] = filling + (i << PAGE_LOG2) +
                                   (ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER);
        }
}

static void
plan_memory(void)
{
        memory_map = (struct memory_map){
                .count = 4,
                .ranges = {
                        { { 0x00010000 }, { 0x00013FFF }, MEMORY_USABLE },
                        { { 0x00100000 }, { 0x0013BFFF }, MEMORY_USABLE },
                        { { 0x00800000 }, { 0x00FFFFFF }, MEMORY_USABLE },
                        { { 0x01000000 }, { 0x011BFFFF }, MEMORY_USABLE },
                },
        };
        const struct page_range taken[] = {
                { IMAGE_PAGE, IMAGE_END },
                module_pages(0),
                module_pages(1),
        };
        if (environment_plan(&memory_map, taken, 3, &environment) !=
                    ENVIRONMENT_OK ||
            environment.page_count != MACHINE_PAGES ||
            environment.tables.end - environment.tables.first != CLIENT_TABLES)
                machine_stop("the environment is not as expected");
}

static struct pagemap_page
page_map_page(uint32_t page)
{
        struct paddr frame = paddr(page << PAGE_LOG2);

        machine_touch(frame);
        return (struct pagemap_page){ frame, machine_frame(frame) };
}

static void
build_directory(void)
{
        struct pagemap_page client[CLIENT_TABLES];
        for (uint32_t i = 0; i < CLIENT_TABLES; i++)
                client[i] = page_map_page(environment.tables.first + i);
        const struct reference_plan plan = {
                .directory = page_map_page(DIRECTORY),
                .image_table = page_map_page(IMAGE_TABLE),
                .read_only_first = paddr(READ_ONLY_FIRST << PAGE_LOG2),
                .read_only_end = paddr(READ_ONLY_END << PAGE_LOG2),
                .guard = paddr(GUARD << PAGE_LOG2),
                .window_table = page_map_page(WINDOW_TABLE).frame,
                .client_tables = client,
                .client_table_count = CLIENT_TABLES,
        };
        zero_page(machine_frame(plan.window_table));
        if (reference_build(&plan) != PAGING_OK)
                machine_stop("reference_build refuses");

        table_count = 0;
        tables[table_count++] = plan.image_table.frame;
        tables[table_count++] = plan.window_table;
        for (size_t i = 0; i < CLIENT_TABLES; i++)
                tables[table_count++] = client[i].frame;
}

static void
map_environment(void)
{
        struct pagemap_page table = page_map_page(FIRST_ENVIRONMENT_TABLE);
        pde_t *directory = machine_frame(paddr(DIRECTORY * PAGE_SIZE));

        zero_page(table.mapped);
        for (uint32_t page = environment.pages.first;
             page < environment.pages.end; page++)
                pte_make(paddr(page << PAGE_LOG2),
                         (struct access){ PERM_R | PERM_W, false, true },
                         &table.mapped[page - environment.pages.first]);
        pde_make_table(table.frame, false,
                       &directory[pde_index(vaddr(ENVIRONMENT_BASE))]);
        tables[table_count++] = table.frame;
}

static void
give_status(void)
{
        struct page_range module_list[MACHINE_MODULES];
        for (size_t i = 0; i < MACHINE_MODULES; i++)
                module_list[i] = module_pages(i);
        const struct boot_pages boot = {
                .map = &memory_map,
                .image = { IMAGE_PAGE, IMAGE_END },
                .environment = environment.pages,
                .modules = module_list,
                .module_count = MACHINE_MODULES,
                .directory = paddr(DIRECTORY * PAGE_SIZE),
                .tables = tables,
                .table_count = table_count,
        };
        uint32_t first = environment.status.first;
        for (uint32_t page = first; page < environment.status.end; page++)
                machine_touch(paddr(page << PAGE_LOG2));
        page_array.pages =
                (struct page *)(void *)machine_frame(paddr(first << PAGE_LOG2));
        page_array.count = environment.page_count;
        if (status_boot(&boot, page_array.pages, page_array.count) != PAGE_OK ||
            initial_regions(region_table.regions, REGIONS_MAX,
                            &region_table.count) != PAGE_OK)
                machine_stop("memory cannot be divided");
}

void
machine_reset(uint32_t filling)
{
        clean(filling);
        machine_write_program();
        plan_memory();
        build_directory();
        map_environment();
        write_cr4(CR4_PGE);
        write_cr4(0);
        write_cr4(CR4_PGE);
        write_cr3(DIRECTORY * PAGE_SIZE);
        give_status();
        machine_printed[0] = '\0';
}
