// SPDX-License-Identifier: MIT
#include "files.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

struct words
good_file(void)
{
        struct words file = { .count = FILE_WORDS * 4 };
        const uint32_t header[] = {
                0x464C457F,
                0x00010101,
                0,
                0,
                0x00030002,
                1,
                CODE_ADDRESS + 4,
                NOTE,
                0,
                0,
                0x00200034,
                4,
                0,
        };
        const uint32_t note[] = { 4, 0x34, 0, 0, 0x20, 0x20, 4, 4 };
        const uint32_t code[] = {
                1,          0x100, CODE_ADDRESS, CODE_ADDRESS, CODE_BYTES,
                CODE_BYTES, 5,     0x1000,
        };
        const uint32_t data[] = {
                1,           0x180, DATA_ADDRESS, DATA_ADDRESS, DATA_BYTES,
                DATA_MEMORY, 6,     0x1000,
        };
        const uint32_t stack[] = { 0x6474E551, 0, 0, 0, 0, 0, 6, 16 };

        memcpy(file.words, header, sizeof(header));
        memcpy(&file.words[NOTE / 4], note, sizeof(note));
        memcpy(&file.words[CODE / 4], code, sizeof(code));
        memcpy(&file.words[DATA / 4], data, sizeof(data));
        memcpy(&file.words[STACK / 4], stack, sizeof(stack));
        return file;
}

uint32_t
get_word(const struct words *file, uint32_t offset)
{
        return file->words[offset / 4];
}

void
set_word(struct words *file, uint32_t offset, uint32_t word)
{
        file->words[offset / 4] = word;
}

// What the parser reads from.
struct piece {
        const unsigned char *bytes;
        uint32_t count;
};

static bool
read_piece(const void *from, uint32_t offset, void *to, uint32_t count)
{
        const struct piece *piece = from;

        assert_true((uint64_t)offset + count <= piece->count);
        memcpy(to, piece->bytes + offset, count);
        return true;
}

enum elf_result
parse(const struct words *file, struct elf_program *out)
{
        unsigned char *bytes = malloc(file->count ? file->count : 1);
        const struct piece piece = { bytes, file->count };
        const struct elf_file from = { file->count, read_piece, &piece };

        assert_non_null(bytes);
        memcpy(bytes, file->words, file->count);
        enum elf_result result = elf_parse(&from, out);
        free(bytes);
        return result;
}
