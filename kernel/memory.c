// SPDX-License-Identifier: MIT
// Dividing physical memory: what was planned and counted elsewhere, put
// together. Nothing here can be undone; what does not fit stops the machine.
//
//   0xD0000000  client tables      empty, in the environment memory
//   0xC0400000  environment        by tables that lie in the kernel image
//   0xC0000000  the first 4 MB     reference.h
//
// The contracts are in <kernel/memory.h>.
#include <kernel/bootinfo.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/reference.h>
#include <kernel/window.h>

#define CLIENT_TABLES_MAX ((CLIENT_LIMIT - CLIENT_BASE) / SUPERPAGE_SIZE)
#define ENVIRONMENT_TABLES                                                     \
        ((ENVIRONMENT_PAGES_MAX + TABLE_ENTRIES - 1) / TABLE_ENTRIES)

_Static_assert(ENVIRONMENT_BASE % SUPERPAGE_SIZE == 0 &&
                       ENVIRONMENT_BASE - KERNEL_BASE >= IMAGE_LIMIT,
               "the environment has page-tables of its own");
// Less, not equal: the page behind the environment, where a client comes that
// runs over the end of its heap, stays unmapped.
_Static_assert(ENVIRONMENT_TABLES *SUPERPAGE_SIZE <
                       CLIENT_BASE - ENVIRONMENT_BASE,
               "the environment ends below the client's addresses");

struct memory_map memory_map;
struct environment environment;
struct region_table region_table;

uint32_t reference_directory[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static pte_t image_table[TABLE_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static pte_t environment_tables[ENVIRONMENT_TABLES][TABLE_ENTRIES]
        __attribute__((aligned(PAGE_SIZE)));

static struct page_range modules[MODULES];
static size_t module_count;

// The kernel's own page-tables. Those in the image come first.
static struct paddr tables[2 + ENVIRONMENT_TABLES + CLIENT_TABLES_MAX];
static size_t table_count;

static struct page_range
image_pages(void)
{
        return (struct page_range){
                .first = image_frame(kernel_image_begin).value >> PAGE_LOG2,
                .end = image_frame(kernel_image_end).value >> PAGE_LOG2,
        };
}

struct page_range
module_pages(size_t index)
{
        const struct boot_module *module = bootinfo_module(index);
        if (!module || module->size == 0)
                return (struct page_range){ 0, 0 };

        // The loader's list holds no module that goes beyond 4 GB.
        uint32_t last = module->first.value + (module->size - 1);
        return (struct page_range){
                .first = module->first.value >> PAGE_LOG2,
                .end = (last >> PAGE_LOG2) + 1,
        };
}

static void
read_memory_map(void)
{
        enum memory_map_result result = bootinfo_memory_map(&memory_map);
        if (result != MEMORY_MAP_OK)
                panic("the boot loader's memory map cannot be relied on: %s",
                      memory_map_result_name(result));

        if (!bootinfo_modules_complete())
                panic("the boot loader has loaded more modules than the %d "
                      "that the kernel keeps in mind",
                      MODULES);
        module_count = bootinfo_module_count();
        for (size_t i = 0; i < module_count; i++)
                modules[i] = module_pages(i);
}

static void
plan_environment(void)
{
        struct page_range taken[1 + MODULES] = { image_pages() };
        for (size_t i = 0; i < module_count; i++)
                taken[1 + i] = modules[i];

        enum environment_result result = environment_plan(
                &memory_map, taken, 1 + module_count, &environment);
        if (result == ENVIRONMENT_NO_MEMORY)
                panic("no page of memory is usable: the memory map has %zu "
                      "ranges, and none is both usable and a page long",
                      memory_map.count);
        if (result == ENVIRONMENT_NO_ROOM)
                panic("no room for the environment: %u pages in a row are "
                      "needed, the longest row that is free has %u",
                      environment.heap.end - environment.tables.first,
                      environment.pages.end - environment.pages.first);
        ASSERT(environment.pages.end - environment.pages.first <=
               ENVIRONMENT_PAGES_MAX);
}

static struct pagemap_page
image_page(uint32_t *page)
{
        return (struct pagemap_page){ image_frame(page), page };
}

// A page of the environment memory, once that is mapped.
static struct pagemap_page
environment_page(uint32_t page)
{
        return (struct pagemap_page){
                .frame = paddr(page << PAGE_LOG2),
                .mapped = (uint32_t *)(uintptr_t)environment_at(page).value,
        };
}

// Builds what needs nothing but the image: the client's tables come later, as
// they are not mapped yet.
static void
build_reference(void)
{
        const struct reference_plan plan = {
                .directory = image_page(reference_directory),
                .image_table = image_page(image_table),
                .read_only_first = image_frame(kernel_read_only_begin),
                .read_only_end = image_frame(kernel_read_only_end),
                .guard = image_frame(boot_stack_guard),
                .window_table = window_table(),
        };
        enum paging_result result = reference_build(&plan);
        if (result != PAGING_OK)
                panic("reference_build answers %s for the kernel's own plan",
                      paging_result_name(result));

        table_count = 0; // tests divide memory more than once
        tables[table_count++] = plan.image_table.frame;
        tables[table_count++] = plan.window_table;
}

static void
map_environment(void)
{
        const struct access access = {
                .perms = PERM_R | PERM_W,
                .user = false,
                .global = true,
        };
        uint32_t count = environment.pages.end - environment.pages.first;
        for (uint32_t i = 0; i < count; i++) {
                uint32_t frame = (environment.pages.first + i) << PAGE_LOG2;
                pte_t *table = environment_tables[i / TABLE_ENTRIES];
                pte_make(paddr(frame), access, &table[i % TABLE_ENTRIES]);
        }
        for (uint32_t i = 0; i * TABLE_ENTRIES < count; i++) {
                struct vaddr at = vaddr(ENVIRONMENT_BASE + i * SUPERPAGE_SIZE);
                struct paddr table = image_frame(environment_tables[i]);
                pde_make_table(table, false,
                               &reference_directory[pde_index(at)]);
                tables[table_count++] = table;
        }
}

static void
install_client_tables(void)
{
        uint32_t address = CLIENT_BASE;
        for (uint32_t i = environment.tables.first; i < environment.tables.end;
             i++) {
                struct pagemap_page table = environment_page(i);
                enum paging_result result = install_pagetable(
                        reference_directory, vaddr(address), table);
                if (result != PAGING_OK)
                        panic("install_pagetable answers %s for the "
                              "client-controlled address 0x%08x",
                              paging_result_name(result), address);
                tables[table_count++] = table.frame;
                address += SUPERPAGE_SIZE;
        }
}

static void
init_page_array(void)
{
        const struct boot_pages boot = {
                .map = &memory_map,
                .image = image_pages(),
                .environment = environment.pages,
                .modules = modules,
                .module_count = module_count,
                .directory = image_frame(reference_directory),
                .tables = tables,
                .table_count = table_count,
        };
        struct page *pages =
                (struct page *)environment_page(environment.status.first)
                        .mapped;
        enum page_result result =
                status_boot(&boot, pages, environment.page_count);
        if (result != PAGE_OK)
                panic("status_boot answers %s: the image ends before page "
                      "0x%x, the environment before 0x%x, the array before "
                      "0x%x",
                      page_result_name(result), boot.image.end,
                      boot.environment.end, environment.page_count);

        page_array = (struct page_array){ pages, environment.page_count };
}

void
memory_init(void)
{
        read_memory_map();
        plan_environment();
        build_reference();
        map_environment();
        write_cr3(image_frame(reference_directory).value);
        install_client_tables();
        init_page_array();
        enum page_result result = initial_regions(
                region_table.regions, REGIONS_MAX, &region_table.count);
        if (result != PAGE_OK)
                panic("memory falls into %zu initial regions, there is room "
                      "for %d",
                      region_table.count, REGIONS_MAX);
}
