// SPDX-License-Identifier: MIT
// ELF files to be changed: a good one, word by word, and a reader that fails the
// test where it is asked for what is not in the file.
//
//     0x000  ELF header            0x100  the code's bytes
//     0x034  header: a note        0x180  the data's bytes
//     0x054  header: the code      0x1C0  the end
//     0x074  header: the data
//     0x094  header: a stack
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include "../client/elf.h"

#define FILE_WORDS 0x70u // of the good file
#define MOST_WORDS 0x400u

struct words {
        uint32_t count; // in bytes
        uint32_t words[MOST_WORDS];
};

// Places in the file, in bytes.
#define ENTRY 0x18
#define SEGMENTS 0x1C
#define HEADER_SIZES                                                           \
        0x28 // this header's size, and in the upper half the others'
#define SEGMENT_COUNT 0x2C
#define NOTE 0x34
#define CODE 0x54
#define DATA 0x74
#define STACK 0x94

// In a program header.
#define TYPE 0
#define OFFSET 4
#define ADDRESS 8
#define FILE_BYTES 16
#define MEMORY_BYTES 20
#define FLAGS 24

#define CODE_ADDRESS 0x08048000u
#define CODE_BYTES 0x80u
#define DATA_ADDRESS 0x08049200u
#define DATA_BYTES 0x40u
#define DATA_MEMORY 0x2000u

struct words good_file(void);

uint32_t get_word(const struct words *file, uint32_t offset);
void set_word(struct words *file, uint32_t offset, uint32_t word);

// Parses the first `bytes` bytes of the file, which lie at the end of a piece of
// memory: behind it the sanitizer watches.
enum elf_result parse(const struct words *file, struct elf_program *out);

#endif
