// SPDX-License-Identifier: MIT
// The boot loader's modules: what they are, and the memory that they occupy.
//
// A module's content is the client's to change, so nothing that stands in it is
// remembered, and every number of its header is looked at before it is used.
// Source of the format: System V ABI, edition 4.1, chapters 4 and 5.
//
// The contracts are in <h/h.h> and <h/internal/regions.h>.
#include <h/h.h>
#include <h/internal/convert.h>
#include <h/internal/regions.h>
#include <kernel/bootinfo.h>
#include <kernel/memory.h>
#include <kernel/status.h>
#include <kernel/string.h>
#include <kernel/window.h>

struct elf_header {
        unsigned char ident[16];
        uint16_t type;
        uint16_t machine;
        uint32_t version;
        uint32_t entry;
        uint32_t segments; // where their headers begin in the file
        uint32_t sections;
        uint32_t flags;
        uint16_t header_size;
        uint16_t segment_header_size;
        uint16_t segment_count;
        uint16_t section_header_size;
        uint16_t section_count;
        uint16_t section_names;
};

struct segment_header {
        uint32_t type;
        uint32_t offset; // in the file
        uint32_t address;
        uint32_t physical;
        uint32_t file_bytes;
        uint32_t memory_bytes;
        uint32_t flags;
        uint32_t align;
};

_Static_assert(sizeof(struct elf_header) == 52 &&
                       sizeof(struct segment_header) == 32,
               "the sizes that the format has");

// The beginning of the file: magic, ELFCLASS32, ELFDATA2LSB, EV_CURRENT.
static const unsigned char elf_ident[7] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };

#define ELF_EXECUTABLE 2
#define ELF_386 3
#define ELF_VERSION 1
#define SEGMENT_LOAD 1

// The rows of a module's pages fall into flexpages: each size below 4 GB twice
// at most.
#define ROW_REGIONS 40

// Do `size` bytes from `offset` on lie within the first `limit`?
static bool
within(uint32_t offset, uint32_t size, uint32_t limit)
{
        return size <= limit && offset <= limit - size;
}

static bool
header_is_good(const struct elf_header *header, uint32_t file_bytes)
{
        uint32_t table_bytes =
                header->segment_count * sizeof(struct segment_header);

        return memcmp(header->ident, elf_ident, sizeof(elf_ident)) == 0 &&
               header->type == ELF_EXECUTABLE && header->machine == ELF_386 &&
               header->version == ELF_VERSION &&
               header->segment_header_size == sizeof(struct segment_header) &&
               within(header->segments, table_bytes, file_bytes);
}

// Can a program get this segment? It lies in the file, its place in user space.
static bool
segment_is_good(const struct segment_header *segment, uint32_t file_bytes)
{
        return segment->file_bytes <= segment->memory_bytes &&
               within(segment->offset, segment->file_bytes, file_bytes) &&
               within(segment->address, segment->memory_bytes, H_KERNEL_SPACE);
}

// Is the module an ELF32 program for IA-32, which begins within one of its
// segments?
static bool
is_executable(const struct boot_module *module, uint32_t *entry)
{
        struct elf_header header;
        if (module->size < sizeof(header))
                return false;
        window_read(&header, module->first, sizeof(header));
        if (!header_is_good(&header, module->size))
                return false;

        bool entry_is_good = false;
        uint32_t next = module->first.value + header.segments;
        for (uint32_t i = 0; i < header.segment_count; i++) {
                struct segment_header segment;
                window_read(&segment, paddr(next), sizeof(segment));
                next += sizeof(segment);
                if (segment.type != SEGMENT_LOAD)
                        continue;
                if (!segment_is_good(&segment, module->size))
                        return false;
                if (header.entry - segment.address < segment.memory_bytes)
                        entry_is_good = true;
        }
        *entry = header.entry;
        return entry_is_good;
}

size_t
h_module_count(void)
{
        return bootinfo_module_count();
}

enum h_error
h_module(size_t number, struct h_module *out)
{
        const struct boot_module *module = bootinfo_module(number);
        if (!module)
                return H_NO_MODULE;

        uint32_t entry = 0;
        bool executable = is_executable(module, &entry);
        *out = (struct h_module){
                .name = module->name,
                .first = { module->first.value },
                .bytes = module->size,
                .executable = executable,
                .entry = executable ? entry : 0,
        };
        return H_OK;
}

// Is this a page of memory that a module has? The mark never changes, whatever
// the page is used for.
static bool
has_mark(uint32_t page)
{
        return page < page_array.count && page_array.pages[page].module;
}

// The next pages in a row, of those from `from` to `end`, that have the mark:
// all of a module's, unless the loader has put it where memory has a hole.
static bool
next_row(uint32_t from, uint32_t end, struct page_range *row)
{
        while (from < end && !has_mark(from))
                from++;
        *row = (struct page_range){ from, from };
        while (row->end < end && has_mark(row->end))
                row->end++;
        return row->first < row->end;
}

// Writes a module's regions to `out` unless that is null, and returns how many
// there are.
static size_t
split_module(struct page_range pages, struct h_region *out)
{
        size_t count = 0;
        struct page_range row = { pages.first, pages.first };

        while (next_row(row.end, pages.end, &row)) {
                struct fpage parts[ROW_REGIONS];
                size_t part_count = 0;
                uint32_t last = (row.end - 1) * PAGE_SIZE + (PAGE_SIZE - 1);
                fpage_split(row.first * PAGE_SIZE, last, parts, ROW_REGIONS,
                            &part_count);
                for (size_t i = 0; out && i < part_count; i++)
                        out[count + i].pages =
                                client_pfpage((struct pfpage){ parts[i] });
                count += part_count;
        }
        return count;
}

enum h_error
h_module_regions(size_t number, struct h_region *out, size_t capacity,
                 size_t *count)
{
        if (!bootinfo_module(number))
                return H_NO_MODULE;

        struct page_range pages = module_pages(number);
        *count = split_module(pages, NULL);
        if (*count > capacity)
                return H_CAPACITY;
        split_module(pages, out);
        return H_OK;
}

bool
module_region_holds(struct pfpage pages)
{
        if (fpage_is_nil(pages.range))
                return false;

        // The regions of a row are as large as they can be: a flexpage within
        // the row lies within one of them.
        uint32_t first = fpage_first(pages.range) >> PAGE_LOG2;
        uint32_t end = (fpage_last(pages.range) >> PAGE_LOG2) + 1;
        for (size_t i = 0; i < bootinfo_module_count(); i++) {
                struct page_range module = module_pages(i);
                if (first < module.first || end > module.end)
                        continue;
                while (first < end && has_mark(first))
                        first++;
                return first == end;
        }
        return false;
}
