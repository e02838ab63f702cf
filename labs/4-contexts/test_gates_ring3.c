// SPDX-License-Identifier: MIT
// Tests of exercise 4.1: what programs can do with the gates. They are those of
// gates_init, but lead to the tests' own code.
#include "ring3.h"

#define GENERAL_PROTECTION 13u

static struct descriptor gates[256];

static void
load_own_gates(void)
{
        struct table_register table;

        sidt(&table);
        uint32_t count = (table.limit + 1u) / sizeof(struct descriptor);
        if (count > 256)
                count = 256;
        memcpy(gates, (void *)(uintptr_t)table.base,
               count * sizeof(struct descriptor));
        for (uint32_t i = 0; i < count && i < GATES; i++)
                if ((gates[i].high >> 8 & 0x9F) ==
                    (TYPE_PRESENT | TYPE_INTERRUPT_GATE))
                        gates[i] = ring3_gate(gates[i], i);
        table.base = (uint32_t)(uintptr_t)gates;
        lidt(&table);
}

static void
leads_to(const char *what, const uint8_t *bytes, size_t count, uint32_t vector,
         uint32_t code, uint32_t eip)
{
        trying("%s in ring 3", what);
        struct left left = ring3_runs(bytes, count, 0);

        trying_over();
        expect_number(vector, left.vector, "%s in ring 3: the vector", what);
        expect_hex(code, left.code, "%s in ring 3: the error code", what);
        expect_hex(eip, left.eip, "%s in ring 3: EIP", what);
}

// INT n is for three vectors. Exceptions and SYSENTER are for all programs.
TEST(gates_hold_in_ring_3)
{
        static const uint8_t int3[] = { 0xCC };
        static const uint8_t into[] = { 0xB0, 0x7F, 0xFE, 0xC0, 0xCE };
        static const uint8_t ud2[] = { 0x0F, 0x0B };
        static const uint8_t hlt[] = { 0xF4 };
        static const uint8_t sysenter[] = { 0x0F, 0x34 };
        static const uint8_t reads[] = { 0xA1, 0x00, 0x30, 0x70, 0x40 };
        uint32_t msrs[3];

        for (uint32_t i = 0; i < 3; i++)
                msrs[i] = rdmsr(MSR_SYSENTER_CS + i);
        ring3_begin();
        gates_init();
        load_own_gates();
        for (uint32_t n = 0; n < 256; n++) {
                const uint8_t bytes[] = { 0xCD, (uint8_t)n };
                bool open = n == 3 || n == 4 || n == SYSTEM_CALL_GATE;
                trying("INT %u in ring 3", n);
                struct left left = ring3_runs(bytes, 2, 0);

                trying_over();
                expect_number(open ? n : GENERAL_PROTECTION, left.vector,
                              "INT %u in ring 3: the vector", n);
                expect_hex(open ? 0 : n * 8 + 2, left.code,
                           "INT %u in ring 3: the error code", n);
                expect_hex(open ? RING3_CODE + 2 : RING3_CODE, left.eip,
                           "INT %u in ring 3: EIP", n);
        }
        leads_to("INT3", int3, sizeof(int3), 3, 0, RING3_CODE + 1);
        leads_to("INTO", into, sizeof(into), 4, 0, RING3_CODE + 5);
        leads_to("UD2", ud2, sizeof(ud2), 6, 0, RING3_CODE);
        leads_to("HLT", hlt, sizeof(hlt), GENERAL_PROTECTION, 0, RING3_CODE);
        leads_to("reading where nothing is mapped", reads, sizeof(reads),
                 H_VECTOR_PAGE_FAULT, 4, RING3_CODE);
        leads_to("SYSENTER", sysenter, sizeof(sysenter), SYSENTER_VECTOR, 0, 0);
        ring3_end();
        for (uint32_t i = 0; i < 3; i++)
                wrmsr(MSR_SYSENTER_CS + i, msrs[i]);
}
