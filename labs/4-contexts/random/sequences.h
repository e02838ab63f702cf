// SPDX-License-Identifier: MIT
// What sequences of instructions are made of, and those of segments.c.
#ifndef SEQUENCES_H
#define SEQUENCES_H

#include "random.h"

enum {
        EAX,
        ECX,
        EDX,
        EBX,
        ESP,
        EBP,
        ESI,
        EDI
};

#define BYTES(...)                                                             \
        emit_bytes((const uint8_t[]){ __VA_ARGS__ },                           \
                   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static inline void
emit_bytes(const uint8_t *bytes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                emit(bytes[i], 1);
}

static inline void
set(unsigned reg, uint32_t value)
{
        emit(0xB8 + reg, 1);
        emit(value, 4);
}

static inline void
push(uint32_t value)
{
        emit(0x68, 1);
        emit(value, 4);
}

static inline void
set_stack(void)
{
        set(ESP, random_below(3) ? DATA_AT + 0x1000 : some_address());
}

static inline void
set_flags(void)
{
        push(some_flags());
        BYTES(0x9D);
}

// Far transfers to anywhere, segment registers, the tables' registers. (segments.c)
void far_return(void);
void far_jump(void);
void load_segment(void);
void system_tables(void);

#endif
