// SPDX-License-Identifier: MIT
// Making the machine of <h4/system.h>, and putting the kernel's own one back.
//
// memory_init is told of a machine by a boot loader of the harness's own:
//
//   LOW_FIRST  1 MB    image   loaded behind it    ROOM_FIRST        MORE_FIRST
//   +---+ . .  +-------+ . . . +---------+ . . . . +----------+ . . +-----------+
//   |   |      | used  |       | modules |         | free     |     | free too  |
//   +---+ . .  +-------+ . . . +---------+ . . . . +----------+ . . +-----------+
//
// All else of memory is not installed in this machine, and what is there stays. The
// room is as small and as low as programs and tests allow: each test pays for each
// page of it, and for each page below it. The low part and the last one are there from
// lab 7 on: for sigma0, and for programs that have memory of their own.
#include "outside.h"
#include "system_model.h"

#include <h/internal/entry.h>
#include <h4/arena.h>
#include <h4/live.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/cpu.h>
#include <kernel/image.h>
#include <kernel/memory.h>
#include <kernel/memory_map.h>
#include <kernel/string.h>
#include <l4/l4.h>

#pragma weak memory_init
#pragma weak page_array
#pragma weak h_init
#pragma weak execution_init
#pragma weak l4_begin

// Where sigma0 is linked to, and as much as it may have.
#define SIGMA0 "sigma0"
#define LOW_FIRST 0x00020000u
#define LOW_END 0x00040000u

// In the upper half of the arena (arena.h).
#define MORE_FIRST (ARENA_FRAMES + ARENA_ROOM * PAGE_SIZE)
#define MORE_END (MORE_FIRST + 0x00150000)

// H and L4 take what they need from the highest addresses.
#define BEHIND_SUPERPAGES 0x00280000u

// What a boot loader leaves. Source: Multiboot Specification 0.6.96, 3.3.
#define HAS_MODULES 0x08u
#define HAS_MEMORY_MAP 0x40u
#define USABLE 1u
#define RANGES 6
#define OWN_MODULES 2

static struct {
        uint32_t flags;
        uint32_t unused[4];
        uint32_t module_count, modules;
        uint32_t symbols[4];
        uint32_t map_length, map;
} loader;

static struct {
        uint32_t first, end, name, reserved;
} loader_modules[OWN_MODULES];

static struct {
        uint32_t size, first, first_high, length, length_high, kind;
} loader_map[RANGES];

// What the real loader has brought: asked before anything else is told.
static struct boot_module modules[MODULES];
static size_t module_count;
static bool modules_known;
static uint32_t memory_end; // number of the page behind the last usable one

struct system fixture;

static uint32_t
physical(const void *in_image)
{
        return image_frame(in_image).value;
}

static void
learn_modules(void)
{
        static struct memory_map map;

        if (modules_known)
                return;
        modules_known = true;
        while (bootinfo_module(module_count)) {
                modules[module_count] = *bootinfo_module(module_count);
                module_count++;
        }
        if (bootinfo_memory_map(&map) == MEMORY_MAP_OK)
                memory_end = memory_map_end(&map);
}

// The superpages of a test, and what is behind them, must be there.
static uint32_t
end_of_superpages(uint32_t superpages)
{
        uint32_t end = SYSTEM_SUPERPAGES + superpages * SUPERPAGE_SIZE +
                       BEHIND_SUPERPAGES;

        if (memory_end < end / PAGE_SIZE)
                fail("the test needs memory up to 0x%08x, and the machine has "
                     "some up to 0x%08x; 24 MB are enough for every test",
                     end, memory_end * PAGE_SIZE);
        return end;
}

// Null: there is none.
static const struct boot_module *
find_module(const char *name)
{
        for (size_t i = 0; i < module_count; i++)
                if (strcmp(modules[i].name, name) == 0)
                        return &modules[i];
        return NULL;
}

static void
add_range(uint32_t first, uint32_t end)
{
        uint32_t count = loader.map_length / sizeof(loader_map[0]);

        loader_map[count].size = 20;
        loader_map[count].first = first;
        loader_map[count].length = end - first;
        loader_map[count].kind = USABLE;
        loader.map_length += sizeof(loader_map[0]);
}

static void
add_module(const struct boot_module *module)
{
        uint32_t first = module->first.value;
        uint32_t end = first + module->size;

        if (end > ROOM_FIRST)
                fail("the boot loader has put a program of %u bytes at 0x%08x, "
                     "and the test needs memory from 0x%08x on",
                     module->size, first, ROOM_FIRST);
        add_range(first & ~(PAGE_SIZE - 1),
                  (end + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
        loader_modules[loader.module_count].first = first;
        loader_modules[loader.module_count].end = end;
        loader_modules[loader.module_count].name = physical(module->name);
        loader.modules = physical(loader_modules);
        loader.module_count++;
        loader.flags |= HAS_MODULES;
}

static void
add_programs(const char *program)
{
        const struct boot_module *root = find_module(program);
        const struct boot_module *sigma0 = find_module(SIGMA0);

        if (!root)
                fail("the boot loader has brought no program %s", program);
        if (sigma0)
                add_module(sigma0);
        add_module(root);
}

static void
boot(const char *program, uint32_t superpages)
{
        learn_modules();
        memset(&loader, 0, sizeof(loader));
        loader.flags = HAS_MEMORY_MAP;
        loader.map = physical(loader_map);
        if (find_module(SIGMA0)) {
                add_range(LOW_FIRST, LOW_END);
                add_range(MORE_FIRST, MORE_END);
        }
        if (program)
                add_programs(program);
        add_range(ROOM_FIRST, ROOM_END);
        if (superpages > 0)
                add_range(SYSTEM_SUPERPAGES, end_of_superpages(superpages));
        bootinfo_init(paddr(physical(&loader)));
}

static void
make(const char *program, uint32_t superpages)
{
        if (fixture.begun)
                fail("a test begins one system only");
        fixture = (struct system){
                .begun = true,
                .program = program,
                .ticks = SYSTEM_TICKS,
                .events = SYSTEM_EVENTS,
        };
        boot(program, superpages);
        machine_save();
        system_l4_none();
        memory_init();
        h_init();
        execution_init();
        outside_begin(OUTSIDE_SYSTEM);
}

void
system_begin_h(void)
{
        make(NULL, 0);
}

void
system_begin_h_large(uint32_t superpages)
{
        make(NULL, superpages);
}

// The timer's gate leads to the harness first.
static void
take_timer(void)
{
        struct table_register table;

        sidt(&table);
        struct descriptor *gate =
                (struct descriptor *)(uintptr_t)table.base + IRQ_BASE;
        system_tick_inner = (gate->low & 0xFFFF) | (gate->high & 0xFFFF0000);
        uint32_t own = (uint32_t)(uintptr_t)system_tick;
        gate->low = (gate->low & 0xFFFF0000) | (own & 0xFFFF);
        gate->high = (gate->high & 0xFFFF) | (own & 0xFFFF0000);
}

void
system_begin(const char *program)
{
        make(program, 0);
        take_timer();
        l4_begin();
        system_take_handlers();
}

void
system_over(void)
{
        if (!fixture.begun)
                return;
        fixture.begun = false;
        machine_restore();
        live_end();
        page_array = (struct page_array){ NULL, 0 };
}
