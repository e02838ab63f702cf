// SPDX-License-Identifier: MIT
// Tests of answers to the kernel's messages: what they change, and what they cannot. No
// program is needed.
#include "lines.h"
#include "seen.h"

#define SIX_FLAGS 0x8D5u // carry, parity, adjust, zero, sign, overflow

// a is answered; b is a program that does so.
static struct thread *a, *b;
static struct seen of_a, of_b;

static void
begin(void)
{
        crowd_begin();
        a = crowd_thread(crowd_space());
        b = crowd_thread(crowd_space());
        seen_scramble(a);
        seen_scramble(b);
        seen_note(&of_b, b);
}

// Any label and flags; the other words of the UTCB are there too.
static void
answer(enum thread_role role, uint32_t untyped, uint32_t typed)
{
        a->role = (uint8_t)role;
        a->tag = random_word();
        seen_note(&of_a, a);
        b->tag = (random_word() & ~TAG_COUNTS) | tag_make(0, untyped, typed);
        protocol_answer(b, a);
}

TEST(start_messages_say_where)
{
        static const uint8_t lengths[] = { 2, 3, 12, 63, 1, 0 };

        begin();
        for (uint32_t i = 0; i < sizeof(lengths) * 2; i++) {
                uint32_t length = lengths[i / 2];
                seen_scramble(a);
                answer(ROLE_START, length, i % 2 == 0 ? 0 : 63 - length);
                of_a.registers[H_EIP] = length > 0 ? utcb_read(b, 1) : 0;
                of_a.registers[H_ESP] = length > 1 ? utcb_read(b, 2) : 0;
                seen_expect_registers(&of_a, a,
                                      length == 0   ? "a start message without "
                                                      "a word"
                                      : length == 1 ? "a start message of one "
                                                      "word"
                                                    : "a start message");
        }
}

// The registers after an answer of so many words.
static void
due_after(uint32_t length)
{
        for (uint32_t i = 0; i < 12 && i < length; i++) {
                uint32_t word = utcb_read(b, (int)i + 1);
                if (seen_exception[i] == H_EFLAGS)
                        of_a.registers[H_EFLAGS] =
                                (of_a.registers[H_EFLAGS] & ~SIX_FLAGS) |
                                (word & SIX_FLAGS);
                else if (seen_exception[i] != SEEN_NO_REGISTER)
                        of_a.registers[seen_exception[i]] = word;
        }
}

// Compares registers that an answer sets, and no other ones.
static void
expect_twelve(const char *what)
{
        for (uint32_t i = 0; i < 12; i++)
                if (seen_exception[i] != SEEN_NO_REGISTER)
                        expect_hex(of_a.registers[seen_exception[i]],
                                   get_register(a, seen_exception[i]),
                                   "%s: %s, which is word %u", what,
                                   seen_names[seen_exception[i]], i + 1);
}

TEST(answers_become_registers)
{
        begin();
        for (uint32_t i = 0; i < 10; i++) {
                for (int word = 1; word <= 12; word++)
                        utcb_write(b, word, random_word());
                answer(ROLE_EXCEPTION, 12, 0);
                due_after(12);
                expect_twelve("an exception, and an answer of twelve words");
        }
        seen_scramble_registers(a);
        answer(ROLE_EXCEPTION, 63, 0);
        due_after(12);
        expect_twelve("an exception, and an answer of 63 words");
}

TEST(short_answers_leave_registers)
{
        begin();
        for (uint32_t length = 0; length <= 13; length++) {
                seen_scramble_registers(a);
                answer(ROLE_EXCEPTION, length, length % 3 * 20);
                due_after(length);
                seen_expect_registers(&of_a, a,
                                      length < 12 ? "an exception, and an "
                                                    "answer that is too short"
                                                  : "an exception, and an "
                                                    "answer of 12 or 13 words");
        }
}

// A line that waits for its answer: from its handler, or from one who sends in the
// handler's name.
static void
answer_line(unsigned number, bool by_deputy)
{
        struct thread *line = line_thread(number);

        line->handler = line->partner = by_deputy ? a->id : b->id;
        line->role = ROLE_INTERRUPT;
        must(h_disable_irq(number), "h_disable_irq");
        b->sent_as = line->handler;
        b->tag = tag_make(random_word() >> 16, 3, 0);
        protocol_answer(b, line);
        b->sent_as = b->id;
        if (!line_is_open(number))
                fail("an interrupt of line %u, and an answer by %s: the line "
                     "is still masked; protocol_answer did not call "
                     "interrupt_answered for it",
                     number,
                     by_deputy ? "another thread in its handler's name"
                               : "its handler");
}

TEST(faults_and_interrupts_are_answered)
{
        static const uint8_t lengths[] = { 2, 0, 1, 12, 63 };
        struct h_mapping_info info;

        begin();
        for (uint32_t i = 0; i < sizeof(lengths); i++) {
                struct h_vaddr at = { 0x00400000u + i * H_PAGE_SIZE };
                a->fault = at.value + random_below(H_PAGE_SIZE);
                a->fault_code = 4;
                expect_bool(false,
                            h_read_mapping(a->space->pagemap, at, &info) ==
                                    H_OK,
                            "before the answer: a page is mapped at 0x%08x",
                            at.value);
                bool ports = i == 1; // the stand-in maps a page for these too
                answer(ports ? ROLE_PORT_FAULT : ROLE_PAGE_FAULT, lengths[i],
                       0);
                expect_bool(true,
                            h_read_mapping(a->space->pagemap, at, &info) ==
                                    H_OK,
                            "a %s fault with 0x%08x, and an answer of %u "
                            "words: typed_fault_reply has been called",
                            ports ? "port" : "page", a->fault, lengths[i]);
                seen_expect_registers(&of_a, a, "a fault that was answered");
        }
        interrupts_init();
        for (unsigned line = 1; line < LINES; line++)
                if (line_is_clients(line))
                        answer_line(line, line % 2 == 0);
}

// --- What an answer may not say -----------------------------------------------------------------

// A flag that the answer wants to change, in either direction.
static void
flag(uint32_t bit, bool set, uint32_t length)
{
        uint32_t before = set ? 0 : 0xFFFFFFFF;
        uint32_t word = before ^ bit;

        set_register(a, H_EFLAGS, before);
        utcb_write(b, 2, word);
        a->role = ROLE_EXCEPTION;
        b->tag = tag_make(0, length, 0);
        protocol_answer(b, a);
        expect_hex((before & ~SIX_FLAGS) | (word & SIX_FLAGS),
                   get_register(a, H_EFLAGS),
                   "EFLAGS, which was 0x%08x, after an answer whose second "
                   "word is 0x%08x",
                   before, word);
}

TEST(answers_may_not_set_all)
{
        begin();
        for (uint32_t i = 0; i < 32; i++) {
                flag(1u << i, true, 2 + i % 11);
                flag(1u << i, false, 12 - i % 11);
        }
        for (uint32_t length = 3; length <= 12; length++) {
                seen_scramble_registers(a);
                answer(ROLE_EXCEPTION, length, 0);
                expect_hex(of_a.registers[H_HANDLER],
                           get_register(a, H_HANDLER),
                           "an answer of %u words: the vector by which the "
                           "thread was left",
                           length);
                expect_hex(of_a.registers[H_CODE], get_register(a, H_CODE),
                           "an answer of %u words: the error code with which "
                           "the thread was left",
                           length);
        }
}

// --- Nothing else is written -------------------------------------------------------------------

static void
random_answer(void)
{
        static const uint8_t roles[] = { ROLE_START, ROLE_EXCEPTION,
                                         ROLE_PAGE_FAULT };
        uint32_t role = roles[random_below(sizeof(roles))];
        uint32_t length = random_below(20);

        a->fault = 0x00400000u + random_below(4) * H_PAGE_SIZE;
        answer((enum thread_role)role, length, random_below(40));
        if (role == ROLE_EXCEPTION)
                due_after(length);
        if (role == ROLE_START) {
                of_a.registers[H_EIP] = length > 0 ? utcb_read(b, 1) : 0;
                of_a.registers[H_ESP] = length > 1 ? utcb_read(b, 2) : 0;
        }
}

TEST(kernel_messages_write_nothing_else)
{
        uint32_t words[12];
        static const uint8_t roles[] = { ROLE_PAGE_FAULT, ROLE_EXCEPTION,
                                         ROLE_PREEMPTION };

        begin();
        for (uint32_t i = 0; i < sizeof(roles); i++) {
                a->role = roles[i];
                a->tag = random_word();
                seen_note(&of_a, a);
                protocol_message(a, words);
                seen_expect(&of_a, a, "the thread for which a message is made");
        }
        for (uint32_t i = 0; i < 8; i++) {
                random_answer();
                seen_expect(&of_a, a, "the thread that was answered");
                of_b.thread.tag = b->tag;
                seen_expect(&of_b, b, "the thread that answers");
        }
}
