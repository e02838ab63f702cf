// SPDX-License-Identifier: MIT
// What a compiler may call by itself. The string instructions do the work: no
// compiler takes them for a loop that it could replace by such a call.
#include <user/string.h>

void *
memcpy(void *restrict to, const void *restrict from, size_t size)
{
        void *next = to;

        __asm__ volatile("rep movsb"
                         : "+D"(next), "+S"(from), "+c"(size)
                         :
                         : "memory");
        return to;
}

void *
memmove(void *to, const void *from, size_t size)
{
        if ((uintptr_t)to - (uintptr_t)from >= size)
                return memcpy(to, from, size);

        unsigned char *last_to = (unsigned char *)to + size - 1;
        const unsigned char *last_from = (const unsigned char *)from + size - 1;

        __asm__ volatile("std; rep movsb; cld"
                         : "+D"(last_to), "+S"(last_from), "+c"(size)
                         :
                         : "memory");
        return to;
}

void *
memset(void *to, int byte, size_t size)
{
        void *next = to;

        __asm__ volatile("rep stosb"
                         : "+D"(next), "+c"(size)
                         : "a"(byte)
                         : "memory");
        return to;
}

int
memcmp(const void *a, const void *b, size_t size)
{
        const unsigned char *one = a;
        const unsigned char *other = b;

        for (size_t i = 0; i < size; i++)
                if (one[i] != other[i])
                        return one[i] < other[i] ? -1 : 1;
        return 0;
}
