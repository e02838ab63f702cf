// SPDX-License-Identifier: MIT
// Tests of messages from the kernel and to it, of those that are too long, and that
// nothing is changed but what a message changes. No program is needed.
#include <l4/protocol.h>
#include <l4/transfer.h>

#include "seen.h"

// The kernel speaks for a, and in a's place it receives; b and c are programs.
static struct thread *a, *b, *c;
static struct seen of_a, of_b;

static void
begin(void)
{
        crowd_begin();
        a = crowd_thread(crowd_space());
        b = crowd_thread(crowd_space());
        c = crowd_thread(b->space);
        seen_scramble(a);
        seen_scramble(b);
        seen_scramble(c);
        b->role = ROLE_USER;
}

static void
expect_result_of(enum ipc_error due, struct transfer done, const char *what)
{
        expect_number(due, done.error, "%s: the error (0: none, 4: overflow)",
                      what);
        expect_number(0, done.offset, "%s: the offset", what);
}

// --- From the kernel -------------------------------------------------------------------------

static void
speaks(enum thread_role role, uint32_t tag, uint32_t count,
       const uint32_t *words, const char *what)
{
        uint32_t from = random_word();

        a->role = (uint8_t)role;
        a->tag = random_word() | 0xFFFF; // of its last message
        seen_note(&of_a, a);
        seen_note(&of_b, b);
        trying("transfer_message, role %u: %s", role, what);
        expect_result_of(IPC_OK, transfer_message(a, b, from), what);
        trying_over();
        for (uint32_t i = 0; i < count; i++)
                *seen_word(&of_b, (int)i + 1) = words[i];
        of_b.registers[H_EAX] = from;
        of_b.registers[H_ESI] = tag;
        if (role == ROLE_PREEMPTION) { // the time
                *seen_word(&of_b, 1) = utcb_read(b, 1);
                *seen_word(&of_b, 2) = utcb_read(b, 2);
        }
        seen_expect(&of_b, b, what);
        seen_expect(&of_a, a, "the thread that it is about");
}

TEST(the_kernels_messages_arrive)
{
        uint32_t words[12];

        begin();
        a->fault = random_word();
        a->fault_code = 2;
        uint32_t fault[] = { a->fault, get_register(a, H_EIP) };
        speaks(ROLE_PAGE_FAULT, 0xFFE20002, 2, fault,
               "the receiver of a page fault");

        for (uint32_t i = 0; i < 12; i++)
                if (seen_exception[i] != SEEN_NO_REGISTER)
                        words[i] = get_register(a, seen_exception[i]);
        words[2] = a->fault = 13;
        words[3] = a->fault_code = 0x102;
        speaks(ROLE_EXCEPTION, 0xFFB0000C, 12, words,
               "the receiver of an exception");

        uint64_t before = h_clock();
        speaks(ROLE_PREEMPTION, 0xFFD00002, 0, words,
               "the receiver of a preemption");
        if (utcb_read(b, 1) < (uint32_t)before ||
            utcb_read(b, 1) > (uint32_t)h_clock() || utcb_read(b, 2) != 0)
                fail("the receiver of a preemption: message registers 1 and 2 "
                     "are not the time");

        interrupts_init();
        struct thread *line = thread_find(id_interrupt(5));
        line->tag = 0xFFFF;
        seen_note(&of_b, b);
        expect_result_of(IPC_OK, transfer_message(line, b, line->id),
                         "an interrupt");
        of_b.registers[H_EAX] = line->id;
        of_b.registers[H_ESI] = 0xFFF00000;
        seen_expect(&of_b, b, "the receiver of an interrupt");
}

// --- To the kernel ---------------------------------------------------------------------------

static void
answers(enum thread_role role, uint32_t tag, const char *what)
{
        a->role = (uint8_t)role;
        a->tag = random_word() | 0xFFFF;
        b->tag = tag;
        b->intended = random_word();
        seen_note(&of_a, a);
        seen_note(&of_b, b);
        trying("transfer_message, an answer to role %u: %s", role, what);
        expect_result_of(IPC_OK, transfer_message(b, a, b->id), what);
        trying_over();
        if (role == ROLE_START) {
                of_a.registers[H_EIP] = utcb_read(b, 1);
                of_a.registers[H_ESP] = utcb_read(b, 2);
        } else if (role == ROLE_EXCEPTION) {
                of_a.registers[H_EDI] = utcb_read(b, 5);
                of_a.registers[H_EIP] = utcb_read(b, 1);
                of_a.registers[H_EFLAGS] =
                        (of_a.registers[H_EFLAGS] & ~EXCHANGE_EFLAGS) |
                        (utcb_read(b, 2) & EXCHANGE_EFLAGS);
        }
        seen_expect(&of_a, a, what);
        seen_expect(&of_b, b, "who has answered");
}

TEST(answers_come_to_the_kernel)
{
        struct h_vaddr at = { 0x00400000 };
        struct h_mapping_info info;

        begin();
        answers(ROLE_START, 0x12340002, "a thread that is told where to begin");
        answers(ROLE_START, 0x2 | TAG_PROPAGATED | TAG_REDIRECTED,
                "a thread that is told where to begin, by a deputy");
        answers(ROLE_EXCEPTION, 0x5, "a thread whose exception is answered");
        a->fault = at.value;
        a->fault_code = 4;
        answers(ROLE_PAGE_FAULT, 0x3F, "a thread whose page fault is answered");
        expect_bool(true, h_read_mapping(a->space->pagemap, at, &info) == H_OK,
                    "a page fault that is answered: a page is mapped there");
}

// --- Too long --------------------------------------------------------------------------------

static void
too_long(uint32_t untyped, uint32_t typed, enum thread_role role)
{
        a->role = (uint8_t)role;
        b->tag = tag_make(0x1234, untyped, typed) | TAG_PROPAGATED |
                 TAG_REDIRECTED;
        seen_note(&of_a, a);
        seen_note(&of_b, b);
        struct transfer done = transfer_message(b, a, b->id);
        if (done.error != IPC_OVERFLOW || done.offset != 0)
                fail("%u untyped and %u typed words: error %u with offset %u "
                     "is returned; error %u with offset 0 is due (4: overflow)",
                     untyped, typed, done.error, done.offset, IPC_OVERFLOW);
        seen_expect(&of_a, a, "who gets a message that is too long");
        seen_expect(&of_b, b, "who sends a message that is too long");
}

TEST(long_messages_are_refused)
{
        static const uint8_t counts[][2] = {
                { 63, 1 }, { 62, 2 }, { 32, 32 }, { 1, 63 }, { 63, 63 },
        };

        begin();
        for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
                too_long(counts[i][0], counts[i][1], ROLE_USER);
                too_long(counts[i][0], counts[i][1], ROLE_EXCEPTION);
                too_long(counts[i][0], counts[i][1], ROLE_START);
        }
        // 63 are not too many.
        a->role = ROLE_USER;
        for (uint32_t untyped = 0; untyped <= 63; untyped += 7) {
                b->tag = tag_make(0, untyped, 63 - untyped);
                expect_result_of(IPC_OK, transfer_message(b, a, b->id),
                                 "63 words in all");
        }
}

// --- At random -------------------------------------------------------------------------------

static void
message(struct thread *sender, struct thread *receiver)
{
        static struct seen of_sender, of_receiver;
        uint32_t untyped = random_below(64);
        uint32_t typed = random_below(4) == 0 ? random_below(64) : 0;
        uint32_t from = random_word();

        sender->tag = (random_word() & ~(0xC000u | TAG_COUNTS)) |
                      tag_make(0, untyped, typed);
        sender->intended = random_word();
        sender->state = (uint8_t)random_below(4);
        receiver->state = (uint8_t)random_below(4);
        seen_note(&of_sender, sender);
        seen_note(&of_receiver, receiver);
        bool fits = untyped + typed <= 63;
        expect_result_of(fits ? IPC_OK : IPC_OVERFLOW,
                         transfer_message(sender, receiver, from),
                         "any message");
        if (fits) {
                for (uint32_t i = 1; i <= untyped; i++)
                        *seen_word(&of_receiver, (int)i) =
                                *seen_word(&of_sender, (int)i);
                of_receiver.registers[H_EAX] = from;
                of_receiver.registers[H_ESI] =
                        (sender->tag & ~TAG_COUNTS) | untyped;
                if ((sender->tag & TAG_PROPAGATED) != 0)
                        *seen_word(&of_receiver, UTCB_ACTUAL) =
                                sender->space == receiver->space ? sender->local
                                                                 : sender->id;
                if ((sender->tag & TAG_REDIRECTED) != 0)
                        *seen_word(&of_receiver, UTCB_INTENDED) =
                                sender->intended;
        }
        seen_expect(&of_sender, sender, "the sender");
        seen_expect(&of_receiver, receiver, "the receiver");
}

TEST(messages_change_nothing_else)
{
        struct thread *threads[3];

        begin();
        threads[0] = a;
        threads[1] = b;
        threads[2] = c;
        for (uint32_t i = 0; i < 20; i++) {
                uint32_t from = random_below(3);
                message(threads[from], threads[(from + 1 + i % 2) % 3]);
        }
}
