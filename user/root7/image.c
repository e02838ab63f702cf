// SPDX-License-Identifier: MIT
// ELF files: 32 bits, for this processor, with an address for everything. What a module
// says is believed only as far as it keeps within the module and the task's memory.
#include "root7.h"

#include <user/string.h>

struct elf_header {
        unsigned char ident[16];
        uint16_t type, machine;
        uint32_t version, entry, segments, sections, flags;
        uint16_t header_size, segment_size, segment_count;
        uint16_t section_size, section_count, section_names;
};

struct elf_segment {
        uint32_t type, offset, address, physical;
        uint32_t file_bytes, memory_bytes, rights, align;
};

#define TYPE_EXECUTABLE 2
#define MACHINE_386 3
#define SEGMENT_LOAD 1

// A task's memory: below it null pointers, above it its UTCBs and the kernel interface
// page. The stack is at its end.
#define TASK_BEGIN PAGE_BYTES
#define TASK_END 0xB0000000u
#define STACK_BYTES_OF_TASK 0x10000u

static const unsigned char IDENT[] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };

// Do `bytes` at `first` keep below `end`?
static bool
fits(L4_Word_t first, L4_Word_t bytes, L4_Word_t end)
{
        return first <= end && bytes <= end - first;
}

static const char *
add(const struct elf_segment *segment, const unsigned char *file,
    L4_Word_t file_bytes, struct image *image)
{
        if (segment->type != SEGMENT_LOAD || segment->memory_bytes == 0)
                return 0;
        if (!fits(segment->offset, segment->file_bytes, file_bytes) ||
            segment->file_bytes > segment->memory_bytes)
                return "a segment that is not in the file";
        if (segment->address < TASK_BEGIN ||
            !fits(segment->address, segment->memory_bytes,
                  TASK_END - STACK_BYTES_OF_TASK))
                return "a segment where a task has no memory";
        if (image->count == SEGMENTS - 1)
                return "too many segments";
        image->segments[image->count++] = (struct segment){
                .first = segment->address,
                .size = segment->memory_bytes,
                .from = file + segment->offset,
                .bytes = segment->file_bytes,
                .rights = segment->rights & L4_FullyAccessible,
        };
        return 0;
}

const char *
image_read(const struct module *module, struct image *image)
{
        const unsigned char *file =
                (const unsigned char *)(uintptr_t)module->first;
        L4_Word_t bytes = module->last - module->first + 1;
        struct elf_header header;

        *image = (struct image){ .stack = TASK_END };
        memcpy(&header, file, sizeof(header)); // a module has a page at least
        if (memcmp(header.ident, IDENT, sizeof(IDENT)) != 0)
                return "no ELF file of 32 bits";
        if (header.type != TYPE_EXECUTABLE || header.machine != MACHINE_386)
                return "no executable for this processor";
        if (header.segment_size != sizeof(struct elf_segment) ||
            !fits(header.segments,
                  header.segment_count * sizeof(struct elf_segment), bytes))
                return "program headers that are not in the file";
        for (unsigned i = 0; i < header.segment_count; i++) {
                struct elf_segment segment;
                memcpy(&segment, file + header.segments + i * sizeof(segment),
                       sizeof(segment));
                const char *why = add(&segment, file, bytes, image);
                if (why)
                        return why;
        }
        if (image->count == 0)
                return "nothing to be loaded";
        image->entry = header.entry;
        image->segments[image->count++] = (struct segment){
                .first = TASK_END - STACK_BYTES_OF_TASK,
                .size = STACK_BYTES_OF_TASK,
                .rights = L4_ReadWriteOnly,
        };
        return 0;
}
