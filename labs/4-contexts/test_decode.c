// SPDX-License-Identifier: MIT
// Tests of exercise 4.5: what a vector means, field by field.
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <h4/test.h>
#include <kernel/descriptors.h>
#include <kernel/fault.h>

static const char *
kind_name(enum h_interrupt_kind kind)
{
        static const char *const names[] = {
                [H_EXCEPTION] = "H_EXCEPTION",
                [H_PAGE_FAULT] = "H_PAGE_FAULT",
                [H_TIMER] = "H_TIMER",
                [H_IRQ] = "H_IRQ",
                [H_SYSTEM_CALL] = "H_SYSTEM_CALL",
        };

        return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind]
                                                                 : "no kind";
}

// Decodes, and compares kind, vector and code.
static struct h_interrupt
decodes(enum h_interrupt_kind kind, uint32_t vector, uint32_t code,
        uint32_t address)
{
        trying("interrupt_decode(%u, 0x%x, 0x%08x)", vector, code, address);
        struct h_interrupt found =
                interrupt_decode((uint8_t)vector, code, vaddr(address));

        trying_over();
        if (found.kind != kind)
                fail_values(kind_name(kind), kind_name(found.kind),
                            "interrupt_decode(%u, 0x%x, 0x%08x): kind", vector,
                            code, address);
        expect_number(vector, found.vector,
                      "interrupt_decode(%u, 0x%x, 0x%08x): vector", vector,
                      code, address);
        expect_hex(code, found.code, "interrupt_decode(%u, 0x%x, 0x%08x): code",
                   vector, code, address);
        return found;
}

// The upper half of an error code is reserved (Intel SDM volume 3, 6.13, and 4.7 for page
// faults): who keeps 16 bits of it has kept all that a processor says.
static uint32_t
random_code(uint32_t vector)
{
        bool has = vector < EXCEPTIONS && (WITH_ERROR_CODE >> vector & 1) != 0;

        return has ? random_below(0x10000) : 0;
}

TEST(decode_exceptions)
{
        for (uint32_t i = 0; i < EXCEPTIONS; i++)
                if (i != H_VECTOR_PAGE_FAULT) {
                        decodes(H_EXCEPTION, i, 0, 0);
                        decodes(H_EXCEPTION, i, random_code(i), random_word());
                }
        // INT n that may not be: the code names the gate.
        for (uint32_t i = 0; i < 256; i++)
                decodes(H_EXCEPTION, TRAP_GENERAL_PROTECTION, i * 8 + 2, 0);
}

TEST(decode_page_faults)
{
        static const uint32_t addresses[] = { 0, 0x40700000, 0xBFFFFFFF,
                                              0xC0000000, 0xFFFFFFFF };

        for (uint32_t code = 0; code < 32; code++)
                for (unsigned i = 0; i < 5; i++) {
                        uint32_t address = addresses[i];
                        struct h_interrupt found =
                                decodes(H_PAGE_FAULT, H_VECTOR_PAGE_FAULT, code,
                                        address);

                        expect_bool((code & FAULT_PRESENT) != 0, found.present,
                                    "a page fault with code 0x%x: present",
                                    code);
                        expect_bool((code & FAULT_WRITE) != 0, found.write,
                                    "a page fault with code 0x%x: write", code);
                        expect_bool((code & FAULT_USER) != 0, found.user,
                                    "a page fault with code 0x%x: user", code);
                        expect_hex(address, found.address.value,
                                   "a page fault at 0x%08x: address", address);
                }
}

TEST(decode_interrupt_lines)
{
        decodes(H_TIMER, H_VECTOR_IRQ, 0, 0);
        for (uint32_t line = 1; line < IRQ_LINES; line++) {
                struct h_interrupt found =
                        decodes(H_IRQ, H_VECTOR_IRQ + line, 0, 0);
                expect_number(line, found.line,
                              "interrupt_decode of line %u: line", line);
        }
}

TEST(decode_system_calls)
{
        decodes(H_SYSTEM_CALL, H_VECTOR_SYSTEM_CALL, 0, 0);
        decodes(H_SYSTEM_CALL, H_VECTOR_SYSENTER, 0, 0);
}

static void
says_no_more(uint32_t vector)
{
        uint32_t code = random_code(vector);
        uint32_t address = random_word() | 1;

        trying("interrupt_decode(%u, 0x%x, 0x%08x)", vector, code, address);
        struct h_interrupt found =
                interrupt_decode((uint8_t)vector, code, vaddr(address));
        trying_over();
        if (found.kind != H_IRQ)
                expect_number(0, found.line,
                              "interrupt_decode(%u, 0x%x, ...), of %s: line",
                              vector, code, kind_name(found.kind));
        if (found.kind == H_PAGE_FAULT)
                return;
        expect_bool(false, found.present || found.write || found.user,
                    "interrupt_decode(%u, 0x%x, ...), of %s: present, write "
                    "or user",
                    vector, code, kind_name(found.kind));
        expect_hex(0, found.address.value,
                   "interrupt_decode(%u, 0x%x, ...), of %s: address", vector,
                   code, kind_name(found.kind));
}

// In any order, with CR2 still holding the address of an earlier page fault.
TEST(decode_says_nothing_that_does_not_belong)
{
        for (unsigned i = 0; i < 1000; i++) {
                uint32_t vector = random_below(VECTORS + 2);

                says_no_more(vector < VECTORS
                                     ? vector
                                     : vector - VECTORS + H_VECTOR_SYSTEM_CALL);
        }
}
