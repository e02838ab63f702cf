// SPDX-License-Identifier: MIT
#include "elf.h"

struct elf_header {
        uint8_t ident[16];
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
        uint32_t offset;
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

// In ident, behind the four bytes of magic.
#define CLASS 4
#define CLASS_32 1
#define DATA 5
#define DATA_LEAST_FIRST 1
#define VERSION 6

#define CURRENT_VERSION 1
#define EXECUTABLE 2
#define INTEL_386 3

#define SEGMENT_LOAD 1
#define SEGMENT_DYNAMIC 2
#define SEGMENT_INTERPRETER 3

_Static_assert(H_X == 1 && H_W == 2 && H_R == 4,
               "a segment's flags are rights as H has them");

const char *
elf_reason(enum elf_result result)
{
        static const char *const reasons[ELF_RESULTS] = {
                [ELF_OK] = "sound",
                [ELF_UNREADABLE] = "the file cannot be read",
                [ELF_TRUNCATED] = "the file ends too early",
                [ELF_NO_MAGIC] = "no ELF file",
                [ELF_NOT_32_BIT] = "not ELF32, least significant byte first",
                [ELF_BAD_VERSION] = "of a version that there is not",
                [ELF_NOT_386] = "for another processor",
                [ELF_NOT_EXECUTABLE] = "not linked to an executable",
                [ELF_DYNAMIC] = "needs a dynamic linker",
                [ELF_BAD_HEADERS] = "program headers of the wrong size",
                [ELF_OVERFLOW] = "sizes that overflow",
                [ELF_MORE_IN_FILE] = "more bytes in the file than in memory",
                [ELF_WRAPS] = "a segment that wraps around",
                [ELF_KERNEL_SPACE] = "a segment in kernel space",
                [ELF_NULL_PAGE] = "a segment on the page of null pointers",
                [ELF_NO_RIGHTS] = "a segment that nobody may use",
                [ELF_MANY_SEGMENTS] = "too many segments",
                [ELF_OVERLAP] = "two segments at one address",
                [ELF_BAD_ENTRY] = "the entry point is in no executable segment",
        };

        return (unsigned)result < ELF_RESULTS ? reasons[result] : "?";
}

static enum elf_result
read_part(const struct elf_file *file, uint32_t offset, void *to,
          uint32_t count)
{
        if (count > file->bytes || offset > file->bytes - count)
                return ELF_TRUNCATED;
        return file->read(file->from, offset, to, count) ? ELF_OK
                                                         : ELF_UNREADABLE;
}

// Is `first` + `size` more than 32 bits hold? The end of everything is not an
// address, so it is too large already.
static bool
overflows(uint32_t first, uint32_t size)
{
        return size > UINT32_MAX - first;
}

static enum elf_result
look_at_header(const struct elf_header *header)
{
        const uint8_t *ident = header->ident;

        if (ident[0] != 0x7F || ident[1] != 'E' || ident[2] != 'L' ||
            ident[3] != 'F')
                return ELF_NO_MAGIC;
        if (ident[CLASS] != CLASS_32 || ident[DATA] != DATA_LEAST_FIRST)
                return ELF_NOT_32_BIT;
        if (ident[VERSION] != CURRENT_VERSION ||
            header->version != CURRENT_VERSION)
                return ELF_BAD_VERSION;
        if (header->machine != INTEL_386)
                return ELF_NOT_386;
        if (header->type != EXECUTABLE)
                return ELF_NOT_EXECUTABLE;
        if (header->segment_header_size != sizeof(struct segment_header))
                return ELF_BAD_HEADERS;
        if (overflows(header->segments,
                      header->segment_count * sizeof(struct segment_header)))
                return ELF_OVERFLOW;
        return ELF_OK;
}

static enum elf_result
look_at_segment(const struct segment_header *header, uint32_t file_bytes)
{
        if (overflows(header->offset, header->file_bytes))
                return ELF_OVERFLOW;
        if (overflows(header->address, header->memory_bytes))
                return ELF_WRAPS;
        if (header->file_bytes > header->memory_bytes)
                return ELF_MORE_IN_FILE;
        if (header->offset + header->file_bytes > file_bytes)
                return ELF_TRUNCATED;
        if (header->address + header->memory_bytes > H_KERNEL_SPACE)
                return ELF_KERNEL_SPACE;
        if (header->memory_bytes > 0 && header->address < ELF_LEAST)
                return ELF_NULL_PAGE;
        if ((header->flags & (H_R | H_W | H_X)) == 0)
                return ELF_NO_RIGHTS;
        return ELF_OK;
}

// Two may share a page, as linkers make them that know nothing of pages: the memory of
// a program that the kernel starts is its own with all rights.
static bool
share_memory(const struct elf_segment *a, const struct elf_segment *b)
{
        return a->address < b->address + b->memory_bytes &&
               b->address < a->address + a->memory_bytes;
}

// The segment is good by itself: is it beside the others?
static enum elf_result
add_segment(const struct segment_header *header, struct elf_program *program)
{
        const struct elf_segment segment = {
                .offset = header->offset,
                .file_bytes = header->file_bytes,
                .address = header->address,
                .memory_bytes = header->memory_bytes,
                .rights = header->flags & (H_R | H_W | H_X),
        };

        for (size_t i = 0; i < program->count; i++)
                if (share_memory(&program->segments[i], &segment))
                        return ELF_OVERLAP;
        if (program->count == ELF_SEGMENTS)
                return ELF_MANY_SEGMENTS;
        program->segments[program->count++] = segment;
        return ELF_OK;
}

static enum elf_result
take_segment(const struct segment_header *header, uint32_t file_bytes,
             struct elf_program *program)
{
        if (header->type == SEGMENT_DYNAMIC ||
            header->type == SEGMENT_INTERPRETER)
                return ELF_DYNAMIC;
        if (header->type != SEGMENT_LOAD)
                return ELF_OK;

        enum elf_result result = look_at_segment(header, file_bytes);
        if (result != ELF_OK || header->memory_bytes == 0)
                return result;
        return add_segment(header, program);
}

static enum elf_result
look_at_entry(const struct elf_program *program)
{
        for (size_t i = 0; i < program->count; i++) {
                const struct elf_segment *segment = &program->segments[i];
                if (segment->rights & H_X &&
                    program->entry - segment->address < segment->memory_bytes)
                        return ELF_OK;
        }
        return ELF_BAD_ENTRY;
}

enum elf_result
elf_parse(const struct elf_file *file, struct elf_program *out)
{
        struct elf_header header;
        enum elf_result result = read_part(file, 0, &header, sizeof(header));
        if (result == ELF_OK)
                result = look_at_header(&header);
        if (result != ELF_OK)
                return result;

        struct elf_program program = { .entry = header.entry };
        uint32_t next = header.segments;
        for (unsigned i = 0; i < header.segment_count; i++) {
                struct segment_header segment;
                result = read_part(file, next, &segment, sizeof(segment));
                if (result == ELF_OK)
                        result = take_segment(&segment, file->bytes, &program);
                if (result != ELF_OK)
                        return result;
                next += sizeof(segment);
        }
        result = look_at_entry(&program);
        if (result == ELF_OK)
                *out = program;
        return result;
}
