// SPDX-License-Identifier: MIT
#include "refuse.h"

#include "elf.h"
#include "say.h"

#define WHOLE 0xFFFFFFFFu
#define NOWHERE 0xFFFFFFF0u

// Where the linker puts things: the header of the first segment, that of the code,
// follows the file's header.
#define ENTRY 0x18
#define FIRST_ADDRESS (0x34 + 8)
#define FIRST_FILE_BYTES (0x34 + 16)
#define FIRST_MEMORY_BYTES (0x34 + 20)

// A file that reads as another one does, but for its length or one word.
struct damaged {
        struct file file;
        uint32_t at;
        uint32_t word;
};

struct damage {
        const char *name;
        uint32_t bytes; // that are left of it
        uint32_t at;    // the word that is another one
        uint32_t word;
        enum elf_result due;
};

static bool
read_damaged(const void *from, uint32_t offset, void *to, uint32_t count)
{
        const struct damaged *damaged = from;
        uint8_t *out = to;

        if (!files_read(&damaged->file, offset, to, count))
                return false;
        for (uint32_t i = 0; i < count; i++) {
                uint32_t inside = offset + i - damaged->at;
                if (inside < sizeof(damaged->word))
                        out[i] = (uint8_t)(damaged->word >> inside * 8);
        }
        return true;
}

static bool
refuse(const struct file *file, const struct damage *damage)
{
        const struct damaged from = { *file, damage->at, damage->word };
        const struct elf_file damaged = { damage->bytes < file->bytes
                                                  ? damage->bytes
                                                  : file->bytes,
                                          read_damaged, &from };
        struct elf_program program;
        enum elf_result result = elf_parse(&damaged, &program);

        say("  ");
        say(damage->name);
        say(result == ELF_OK ? ": taken for a program, " : ": refused, ");
        say_line(elf_reason(result));
        return result == damage->due;
}

bool
refuse_damaged(const struct file *file)
{
        static const struct damage damages[] = {
                { "its first 40 bytes", 40, NOWHERE, 0, ELF_TRUNCATED },
                { "all but its last byte", 0, NOWHERE, 0, ELF_TRUNCATED },
                { "another beginning", WHOLE, 0, 0x48345F34, ELF_NO_MAGIC },
                { "code in kernel space", WHOLE, FIRST_ADDRESS, H_KERNEL_SPACE,
                  ELF_KERNEL_SPACE },
                { "code at address 0", WHOLE, FIRST_ADDRESS, 0, ELF_NULL_PAGE },
                { "code up to the last address and on", WHOLE, FIRST_ADDRESS,
                  0xFFFFFFFF, ELF_WRAPS },
                { "4 GB of code", WHOLE, FIRST_FILE_BYTES, 0xFFFFFFFF,
                  ELF_OVERFLOW },
                { "more code than memory", WHOLE, FIRST_MEMORY_BYTES, 0,
                  ELF_MORE_IN_FILE },
                { "an entry point at 0", WHOLE, ENTRY, 0, ELF_BAD_ENTRY },
        };
        bool fine = true;

        for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
                struct damage damage = damages[i];
                if (damage.bytes == 0)
                        damage.bytes = file->bytes - 1;
                fine &= refuse(file, &damage);
        }
        return fine;
}
