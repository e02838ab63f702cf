// SPDX-License-Identifier: MIT
// What a thread is seen to be: its registers, the words of its UTCB, and what the kernel
// keeps of it. A test notes that, says what is to be different after a call, and
// compares.
#ifndef LAB6_SEEN_H
#define LAB6_SEEN_H

#include <stddef.h>

#include <h4/crowd.h>

#define SEEN_WORDS (UTCB_SIZE / 4)
#define SEEN_MR0 (UTCB_MR0 / 4)

#define SEEN_NO_REGISTER H_REGISTERS

// The words of an exception message. Source: l4/README.md.
static const uint8_t seen_exception[12] = {
        H_EIP,
        H_EFLAGS,
        SEEN_NO_REGISTER,
        SEEN_NO_REGISTER,
        H_EDI,
        H_ESI,
        H_EBP,
        H_ESP,
        H_EBX,
        H_EDX,
        H_ECX,
        H_EAX,
};

struct seen {
        uint32_t registers[H_REGISTERS];
        uint32_t words[SEEN_WORDS]; // from the UTCB's beginning
        struct thread thread;
};

static const char *const seen_names[H_REGISTERS] = {
        "EDI",
        "ESI",
        "EBP",
        "ESP (the one that means nothing)",
        "EBX",
        "EDX",
        "ECX",
        "EAX",
        "DS",
        "ES",
        "FS",
        "GS",
        "the vector by which it was left (H_HANDLER)",
        "the error code with which it was left (H_CODE)",
        "EIP",
        "CS",
        "EFLAGS",
        "ESP",
        "SS",
};

// A word of the UTCB, counted from message register 0.
static inline uint32_t *
seen_word(struct seen *seen, int word)
{
        return &seen->words[(int)SEEN_MR0 + word];
}

// Where the UTCB lies, as the kernel sees it: H's operations would do the same, a word at a
// time.
static inline uint32_t *
seen_utcb(const struct thread *thread)
{
        struct h_vfpage pages;
        struct h_region region;
        unsigned rights;

        must(h_kernel_mapping_parts(thread->utcb, &pages, &region, &rights),
             "h_kernel_mapping_parts");
        return (uint32_t *)h_vfpage_first(pages).value + thread->mr0 - SEEN_MR0;
}

static inline void
seen_note(struct seen *seen, const struct thread *thread)
{
        const uint32_t *utcb = seen_utcb(thread);

        seen->thread = *thread;
        must(h_read_registers(thread->context, seen->registers),
             "h_read_registers");
        for (uint32_t i = 0; i < SEEN_WORDS; i++)
                seen->words[i] = utcb[i];
}

// Each register and each word of the UTCB is something else.
static inline void
seen_scramble_registers(struct thread *thread)
{
        uint32_t registers[H_REGISTERS];
        uint32_t word = random_word();

        for (uint32_t i = 0; i < H_REGISTERS; i++)
                registers[i] = word += 0x9E3779B9;
        must(h_write_registers(thread->context, registers),
             "h_write_registers");
}

static inline void
seen_scramble(struct thread *thread)
{
        uint32_t *utcb = seen_utcb(thread);
        uint32_t word = random_word();

        seen_scramble_registers(thread);
        for (uint32_t i = 0; i < SEEN_WORDS; i++)
                utcb[i] = word += 0x9E3779B9;
}

static inline void
seen_expect_registers(const struct seen *due, const struct thread *thread,
                      const char *who)
{
        uint32_t found[H_REGISTERS];

        must(h_read_registers(thread->context, found), "h_read_registers");
        for (uint32_t i = 0; i < H_REGISTERS; i++)
                if (due->registers[i] != found[i])
                        expect_hex(due->registers[i], found[i], "%s: %s", who,
                                   seen_names[i]);
}

static inline void
seen_expect_words(const struct seen *due, const struct thread *thread,
                  const char *who)
{
        const uint32_t *found = seen_utcb(thread);

        for (uint32_t i = 0; i < SEEN_WORDS; i++)
                if (due->words[i] != found[i])
                        expect_hex(due->words[i], found[i],
                                   "%s: word %d of its UTCB, counted from "
                                   "message register 0",
                                   who, (int)(i - SEEN_MR0));
}

// The part of struct thread that a word belongs to.
static inline const char *
seen_part(uint32_t offset)
{
        static const struct {
                uint32_t from;
                const char *name;
        } parts[] = {
                { offsetof(struct thread, id), "its ID" },
                { offsetof(struct thread, condition),
                  "its state, role, or whether it is stopped or looks" },
                { offsetof(struct thread, priority), "its priority or flags" },
                { offsetof(struct thread, partner), "partner" },
                { offsetof(struct thread, space), "space or context" },
                { offsetof(struct thread, local), "where its UTCB is" },
                { offsetof(struct thread, tag), "tag" },
                { offsetof(struct thread, sent_as), "sent_as" },
                { offsetof(struct thread, intended), "intended" },
                { offsetof(struct thread, receive), "receive" },
                { offsetof(struct thread, receive_timeout), "receive_timeout" },
                { offsetof(struct thread, senders),
                  "its rings, or the one that it is in" },
                { offsetof(struct thread, wake), "its timeout" },
                { offsetof(struct thread, next_ready), "its scheduling" },
                { offsetof(struct thread, handler), "handler" },
                { offsetof(struct thread, fault), "fault or fault_code" },
        };
        uint32_t i = 0;

        while (i + 1 < sizeof(parts) / sizeof(parts[0]) &&
               parts[i + 1].from <= offset)
                i++;
        return parts[i].name;
}

static inline void
seen_expect_thread(const struct seen *due, const struct thread *thread,
                   const char *who)
{
        const uint32_t *words = (const uint32_t *)&due->thread;
        const uint32_t *found = (const uint32_t *)thread;

        for (uint32_t i = 0; i < sizeof(*thread) / 4; i++)
                if (words[i] != found[i])
                        expect_hex(words[i], found[i], "%s: %s, in the kernel",
                                   who, seen_part(i * 4));
}

static inline void
seen_expect(const struct seen *due, const struct thread *thread,
            const char *who)
{
        seen_expect_registers(due, thread, who);
        seen_expect_words(due, thread, who);
        seen_expect_thread(due, thread, who);
}

#endif
