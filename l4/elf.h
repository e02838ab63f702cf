// SPDX-License-Identifier: MIT
// Programs as they come from the boot loader: ELF32 files. Somebody else has
// written them, so no number in one is used before it has been looked at, and a
// file that is not whole and sound is refused with the reason. Nothing here reads or
// writes memory but what it is handed. Source: System V ABI, edition 4.1, chapters
// 4 and 5; its supplement for the Intel386.
//
//      the file                              the program's address space
//     +--------------------+ 0
//     | ELF header         |---------------> entry
//     +--------------------+
//     | program headers    |                +-----------------+ address
//     +--------------------+ offset         | as in the file  |
//     | bytes of a segment | -------------> |                 |
//     +--------------------+ + file_bytes   +- - - - - - - - -+
//     |                    |                | zeros           |
//     +--------------------+ bytes          +-----------------+ + memory_bytes
#ifndef CLIENT_ELF_H
#define CLIENT_ELF_H

#include <h/h.h>

#define ELF_SEGMENTS 8 // loaded ones, at most

// The least address of a segment. The page below is nobody's: whoever follows a null
// pointer, program or client, is to have a page fault there.
#define ELF_LEAST H_PAGE_SIZE

// A part of the program, at least a byte long.
struct elf_segment {
        uint32_t offset;     // of its bytes in the file
        uint32_t file_bytes; // as many as there are
        uint32_t address;    // of the first byte in user space
        uint32_t
                memory_bytes; // as many as it has there; zeros behind the file's
        unsigned rights;      // H_R, H_W, H_X
};

struct elf_program {
        uint32_t entry; // the address of the first instruction
        size_t count;
        struct elf_segment segments[ELF_SEGMENTS]; // none overlap
};

enum elf_result {
        ELF_OK,
        ELF_UNREADABLE,     // the file could not be read
        ELF_TRUNCATED,      // something lies behind the end of the file
        ELF_NO_MAGIC,       // no ELF file
        ELF_NOT_32_BIT,     // not ELF32, least significant byte first
        ELF_BAD_VERSION,    // not version 1
        ELF_NOT_386,        // for another processor
        ELF_NOT_EXECUTABLE, // an object, a library, a core
        ELF_DYNAMIC,        // needs somebody who links it first
        ELF_BAD_HEADERS,    // program headers of a size that they do not have
        ELF_OVERFLOW,       // a sum of offset and size in the file is too large
        ELF_MORE_IN_FILE,   // more bytes in the file than in memory
        ELF_WRAPS,          // a segment goes on behind the last address, at 0
        ELF_KERNEL_SPACE,   // a segment reaches into kernel space
        ELF_NULL_PAGE,      // a segment begins below ELF_LEAST
        ELF_NO_RIGHTS,      // a segment that nobody may use
        ELF_MANY_SEGMENTS,  // more than ELF_SEGMENTS
        ELF_OVERLAP,        // two segments have an address in common
        ELF_BAD_ENTRY,      // the entry point lies in no executable segment
};

#define ELF_RESULTS 19

// The reason in words.
const char *elf_reason(enum elf_result result);

// A file is read through a function of the caller's: `count` bytes from `offset`
// on, all of which lie within the file. False: they cannot be read.
struct elf_file {
        uint32_t bytes;
        bool (*read)(const void *from, uint32_t offset, void *to,
                     uint32_t count);
        const void *from; // what `read` gets
};

// Looks through a file. Where it is refused, *out is as it was.
enum elf_result elf_parse(const struct elf_file *file, struct elf_program *out);

#endif
