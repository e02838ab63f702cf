// SPDX-License-Identifier: MIT
#include <kernel/bootinfo.h>
#include <kernel/string.h>
#include <kernel/window.h>

// The beginning of what a loader leaves. `flags` tells which fields it filled.
struct multiboot_info {
        uint32_t flags;
        uint32_t memory_lower, memory_upper;
        uint32_t boot_device;
        uint32_t command_line;
        uint32_t module_count, modules;
        uint32_t symbols[4];
        uint32_t map_length, map;
};

#define HAS_COMMAND_LINE 0x04u
#define HAS_MODULES 0x08u
#define HAS_MEMORY_MAP 0x40u

struct multiboot_module {
        uint32_t first, end; // end: the first byte that is not the module's
        uint32_t name;
        uint32_t reserved;
};

// The memory map as the loader left it. More than MEMORY_RANGES entries of the
// usual size, 24 bytes, fit; of a longer list the rest is cut off.
#define MAP_SIZE 4096

static char command_line[COMMAND_LINE_SIZE];
static unsigned char map[MAP_SIZE];
static size_t map_length;
static bool map_cut; // the loader's list is longer
static struct boot_module modules[MODULES];
static size_t module_count;
static bool modules_cut; // the loader's list is longer

// Copies from physical memory, and ends with the last byte that 32 bits
// address. Returns how much was copied.
static size_t
copy(void *to, uint32_t from, size_t size)
{
        uint32_t to_the_end = UINT32_MAX - from;

        if (size > 0 && size - 1 > to_the_end)
                size = (size_t)to_the_end + 1;
        window_read(to, paddr(from), size);
        return size;
}

// Copies a string that ends with a zero byte, or else with the buffer.
static void
copy_string(char *to, size_t size, uint32_t from)
{
        size_t copied = copy(to, from, size - 1);
        to[copied] = '\0';
}

static void
read_modules(uint32_t list, uint32_t count)
{
        struct multiboot_module entry;

        modules_cut = count > MODULES;
        if (modules_cut)
                count = MODULES;
        for (uint32_t i = 0; i < count; i++) {
                uint32_t where = list + i * (uint32_t)sizeof(entry);
                if (where < list ||
                    copy(&entry, where, sizeof(entry)) != sizeof(entry))
                        return;
                if (entry.end < entry.first)
                        continue;
                struct boot_module *module = &modules[module_count++];
                *module = (struct boot_module){
                        .first = paddr(entry.first),
                        .size = entry.end - entry.first,
                };
                if (entry.name != 0)
                        copy_string(module->name, sizeof(module->name),
                                    entry.name);
        }
}

static void
read_map(uint32_t list, uint32_t length)
{
        map_length = copy(map, list, length < MAP_SIZE ? length : MAP_SIZE);
        map_cut = map_length < length;
}

void
bootinfo_init(struct paddr from)
{
        struct multiboot_info info;

        command_line[0] = '\0';
        module_count = 0;
        modules_cut = false;
        map_length = 0;
        map_cut = false;
        if (copy(&info, from.value, sizeof(info)) != sizeof(info))
                return;
        if (info.flags & HAS_COMMAND_LINE)
                copy_string(command_line, sizeof(command_line),
                            info.command_line);
        if (info.flags & HAS_MODULES)
                read_modules(info.modules, info.module_count);
        if (info.flags & HAS_MEMORY_MAP)
                read_map(info.map, info.map_length);
}

const char *
bootinfo_command_line(void)
{
        return command_line;
}

enum memory_map_result
bootinfo_memory_map(struct memory_map *out)
{
        enum memory_map_result result = memory_map_parse(map, map_length, out);

        // Cut between two entries, what is left looks complete. What is not
        // there may say of memory that it must not be used.
        if (result == MEMORY_MAP_OK && map_cut)
                return MEMORY_MAP_CUT;
        return result;
}

size_t
bootinfo_module_count(void)
{
        return module_count;
}

bool
bootinfo_modules_complete(void)
{
        return !modules_cut;
}

const struct boot_module *
bootinfo_module(size_t index)
{
        return index < module_count ? &modules[index] : NULL;
}
