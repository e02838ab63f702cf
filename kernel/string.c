// SPDX-License-Identifier: MIT
// The string instructions do the work: they are short to read, and no compiler
// mistakes them for a loop that it could replace by a call of the function that
// it is compiling.
#include <kernel/string.h>
#include <kernel/types.h>

void *
memcpy(void *restrict to, const void *restrict from, size_t size)
{
        void *out = to;
        size_t words = size / 4;
        size_t rest = size % 4;

        __asm__ volatile("rep movsl; mov %3, %2; rep movsb"
                         : "+D"(out), "+S"(from), "+c"(words)
                         : "r"(rest)
                         : "memory");
        return to;
}

// From the last byte to the first, for a destination that lies above.
static void
copy_backwards(void *to, const void *from, size_t size)
{
        const unsigned char *last_from = (const unsigned char *)from + size - 1;
        unsigned char *last_to = (unsigned char *)to + size - 1;

        __asm__ volatile("std; rep movsb; cld"
                         : "+D"(last_to), "+S"(last_from), "+c"(size)
                         :
                         : "memory");
}

void *
memmove(void *to, const void *from, size_t size)
{
        if ((uintptr_t)to - (uintptr_t)from >= size)
                return memcpy(to, from, size);
        copy_backwards(to, from, size);
        return to;
}

void *
memset(void *to, int value, size_t size)
{
        void *out = to;
        size_t words = size / 4;
        size_t rest = size % 4;
        uint32_t pattern = (unsigned char)value * 0x01010101u;

        __asm__ volatile("rep stosl; mov %3, %1; rep stosb"
                         : "+D"(out), "+c"(words)
                         : "a"(pattern), "r"(rest)
                         : "memory");
        return to;
}

int
memcmp(const void *a, const void *b, size_t size)
{
        const unsigned char *left = a;
        const unsigned char *right = b;
        size_t i = 0;

        // In words, as long as they are the same; then in bytes, as the first one
        // that differs decides.
        for (; size - i >= sizeof(uint32_t); i += sizeof(uint32_t)) {
                uint32_t from_left, from_right;
                __builtin_memcpy(&from_left, left + i, sizeof(from_left));
                __builtin_memcpy(&from_right, right + i, sizeof(from_right));
                if (from_left != from_right)
                        break;
        }
        for (; i < size; i++)
                if (left[i] != right[i])
                        return left[i] < right[i] ? -1 : 1;
        return 0;
}

size_t
strlen(const char *string)
{
        size_t length = 0;

        // The barrier keeps a compiler from seeing strlen in this loop.
        while (string[length] != '\0') {
                length++;
                __asm__ volatile("");
        }
        return length;
}

int
strcmp(const char *a, const char *b)
{
        while (*a != '\0' && *a == *b) {
                a++;
                b++;
        }
        return (unsigned char)*a - (unsigned char)*b;
}
