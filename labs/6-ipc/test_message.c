// SPDX-License-Identifier: MIT
// Tests of the kernel's own messages: what they say, word by word. No program is needed.
#include <l4/protocol.h>

#include "late.h"
#include "seen.h"

static struct thread *a; // the one that it is about
static uint32_t words[12];

static void
begin(void)
{
        crowd_begin();
        a = crowd_thread(crowd_space());
        seen_scramble(a);
}

// What the kernel says for the thread in this role; its last message was another one.
static uint32_t
message(struct thread *thread, enum thread_role role)
{
        thread->role = (uint8_t)role;
        thread->tag = random_word();
        for (uint32_t i = 0; i < 12; i++)
                words[i] = random_word();
        return protocol_message(thread, words);
}

TEST(page_faults_say_where)
{
        static const uint32_t addresses[] = { 0, 0x1003, 0xBFFFFFFF, 0xC0000000,
                                              0xFFFFFFFC };

        begin();
        for (uint32_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++)
                for (uint32_t rights = 1; rights < 8; rights++) {
                        a->fault = addresses[i];
                        a->fault_code = rights;
                        set_register(a, H_EIP, random_word());
                        expect_hex(0xFFE00002u | rights << 16,
                                   message(a, ROLE_PAGE_FAULT),
                                   "a page fault with rights %u: the tag",
                                   rights);
                        expect_hex(addresses[i], words[0],
                                   "a page fault at 0x%08x: the first word",
                                   addresses[i]);
                        expect_hex(get_register(a, H_EIP), words[1],
                                   "a page fault: the second word, EIP");
                }

        // There are port faults from lab 7 on; what they say is the same in all labs.
        a->fault = random_word();
        a->fault_code = random_word();
        expect_hex(0xFF800002, message(a, ROLE_PORT_FAULT),
                   "a port fault: the tag");
        expect_hex(a->fault, words[0],
                   "a port fault: the first word, which ports");
        expect_hex(get_register(a, H_EIP), words[1],
                   "a port fault: the second word, EIP");
}

TEST(exceptions_say_all_registers)
{
        begin();
        for (uint32_t number = 0; number < 32; number += 3) {
                a->fault = number;
                a->fault_code = random_word();
                expect_hex(0xFFB0000C, message(a, ROLE_EXCEPTION),
                           "exception %u: the tag", number);
                expect_hex(number, words[2],
                           "an exception: the third word, its number");
                expect_hex(a->fault_code, words[3],
                           "an exception: the fourth word, its error code");
                for (uint32_t i = 0; i < 12; i++)
                        if (seen_exception[i] != SEEN_NO_REGISTER)
                                expect_hex(get_register(a, seen_exception[i]),
                                           words[i],
                                           "an exception: word %u of twelve, "
                                           "%s",
                                           i + 1,
                                           seen_names[seen_exception[i]]);
                seen_scramble_registers(a);
        }
}

// The time is that of the message.
TEST(preemptions_say_when)
{
        begin();
        interrupts_init();
        for (uint32_t i = 0; i < 20; i++) {
                if (i == 15)
                        late_begin(); // hours later
                uint64_t before = h_clock();
                uint32_t tag = message(a, ROLE_PREEMPTION);
                uint64_t after = h_clock();
                uint64_t said = (uint64_t)words[1] << 32 | words[0];
                expect_hex(0xFFD00002, tag, "a preemption: the tag");
                if (said < before || said > after)
                        fail("a preemption: its two words say 0x%08x%08x "
                             "microseconds; it is told between 0x%08x%08x and "
                             "0x%08x%08x",
                             words[1], words[0], (uint32_t)(before >> 32),
                             (uint32_t)before, (uint32_t)(after >> 32),
                             (uint32_t)after);
        }
        late_end();
        for (uint32_t line = 0; line < 16; line++)
                expect_hex(0xFFF00000,
                           message(thread_find(id_interrupt(line)),
                                   ROLE_INTERRUPT),
                           "an interrupt of line %u: the tag", line);
}
