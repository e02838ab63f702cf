// SPDX-License-Identifier: MIT
// What stands in a thread's UTCB and in its registers, and what is left of its time, to see
// afterwards that nothing but what was due has been written there.
#ifndef LAB6_KEPT_H
#define LAB6_KEPT_H

#include <h4/crowd.h>
#include <l4/schedule.h>

#define KEPT_WORDS (UTCB_SIZE / 4u)
#define KEPT_MR0 (UTCB_MR0 / 4u) // where message register 0 is among them

struct kept {
        uint32_t utcb[KEPT_WORDS];
        uint32_t registers[H_REGISTERS];
        uint32_t slice_left;
        uint64_t quantum_left;
};

static inline struct kept
keep(const struct thread *thread)
{
        struct kept now;

        for (uint32_t i = 0; i < KEPT_WORDS; i++)
                now.utcb[i] = utcb_read(thread, (int)i - (int)KEPT_MR0);
        for (unsigned i = 0; i < H_REGISTERS; i++)
                now.registers[i] = get_register(thread, (enum h_register)i);
        now.slice_left = thread->slice_left;
        now.quantum_left = thread->quantum_left;
        return now;
}

// Any words in the message and buffer registers, in the error code and in the words of
// the sender and the receiver, and a part of its time slice: then what there is.
static inline struct kept
keep_any(struct thread *thread)
{
        thread->slice_left = 1 + random_below(SLICE_DEFAULT - 1);
        for (int i = -48; i < (int)MESSAGE_REGISTERS; i++)
                if (i <= UTCB_BR0 || i >= 0)
                        utcb_write(thread, i, random_word());
        utcb_write(thread, UTCB_ERROR, random_word());
        utcb_write(thread, UTCB_INTENDED, random_word());
        utcb_write(thread, UTCB_ACTUAL, random_word());
        return keep(thread);
}

static inline void
expect_kept(const struct kept *due, const struct thread *thread,
            const char *who)
{
        static const char *const names[H_REGISTERS] = {
                "EDI", "ESI", "EBP",    "-",   "EBX", "EDX",        "ECX",
                "EAX", "DS",  "ES",     "FS",  "GS",  "the vector", "the code",
                "EIP", "CS",  "EFLAGS", "ESP", "SS",
        };
        struct kept now = keep(thread);

        for (uint32_t i = 0; i < KEPT_WORDS; i++)
                if (now.utcb[i] != due->utcb[i])
                        expect_hex(due->utcb[i], now.utcb[i],
                                   "%s: the word of the UTCB at offset %d from "
                                   "message register 0%s",
                                   who, 4 * ((int)i - (int)KEPT_MR0),
                                   (int)i - (int)KEPT_MR0 == UTCB_ERROR
                                           ? ", the error code"
                                           : "");
        for (unsigned i = 0; i < H_REGISTERS; i++)
                if (now.registers[i] != due->registers[i])
                        expect_hex(due->registers[i], now.registers[i],
                                   "%s: %s", who, names[i]);
        expect_number(due->slice_left, now.slice_left,
                      "%s: what is left of its time slice", who);
        expect_bool(true, due->quantum_left == now.quantum_left,
                    "%s: as much is left of its total quantum as before", who);
}

#endif
