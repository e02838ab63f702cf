// SPDX-License-Identifier: MIT
// Trials: which registers calls leave alone.
#include <h4/answers.h>
#include <h4/trial.h>

static const struct registers some = {
        0x11111111, 0x22222222, 0x33333333, 0x44444444,
        0x55555555, 0x66666666, 0x77777777,
};

enum {
        EAX = 1,
        ECX = 2,
        EDX = 4,
        EBX = 8,
        EBP = 16,
        ESI = 32,
        EDI = 64,
};

// Calls with some registers; all but those named stay as they are.
static struct registers
others_stay(struct registers in, L4_Word_t where, unsigned results)
{
        struct registers out = in;

        call_with(&out, where);
        if ((results & EAX) == 0)
                expect_word(in.eax, out.eax, "EAX stays");
        if ((results & ECX) == 0)
                expect_word(in.ecx, out.ecx, "ECX stays");
        if ((results & EDX) == 0)
                expect_word(in.edx, out.edx, "EDX stays");
        if ((results & EBX) == 0)
                expect_word(in.ebx, out.ebx, "EBX stays");
        if ((results & EBP) == 0)
                expect_word(in.ebp, out.ebp, "EBP stays");
        if ((results & ESI) == 0)
                expect_word(in.esi, out.esi, "ESI stays");
        if ((results & EDI) == 0)
                expect_word(in.edi, out.edi, "EDI stays");
        return out;
}

TRIAL(the_clock_leaves_registers_alone)
{
        struct registers out =
                others_stay(some, __L4_KIP_SYSTEM_CLOCK, EAX | EDX);

        expect_that(out.edx != some.edx, "EDX: the upper half of the clock");
}

TRIAL(thread_switch_leaves_registers_alone)
{
        struct registers in = some;

        others_stay(in, __L4_KIP_THREAD_SWITCH, 0);
        in.eax = 0;
        others_stay(in, __L4_KIP_THREAD_SWITCH, 0);
        in.eax = L4_Myself().raw;
        others_stay(in, __L4_KIP_THREAD_SWITCH, 0);
        in.eax = 0xFFFFFFFF;
        others_stay(in, __L4_KIP_THREAD_SWITCH, 0);
}

TRIAL(controls_leave_registers_alone)
{
        others_stay(some, __L4_KIP_THREAD_CONTROL, EAX);
        others_stay(some, __L4_KIP_SPACE_CONTROL, EAX | ECX);
        others_stay(some, __L4_KIP_SCHEDULE, EAX | EDX);
        others_stay(some, __L4_KIP_PROCESSOR_CONTROL, EAX);
        others_stay(some, __L4_KIP_MEMORY_CONTROL, EAX);
}

// Also where they succeed.
TRIAL(good_controls_leave_registers_alone)
{
        struct registers in = {
                .eax = thread_id(1).raw,
                .esi = L4_Myself().raw,
                .edx = L4_Myself().raw,
                .ecx = L4_Myself().raw,
                .edi = utcb_here(1),
                .ebx = 0x12345678,
                .ebp = 0x87654321,
        };

        expect_word(1, others_stay(in, __L4_KIP_THREAD_CONTROL, EAX).eax,
                    "ThreadControl");
        in.eax = L4_Myself().raw;
        in.edx = 0;
        in.esi = 0;
        in.edi = 0;
        expect_word(1, others_stay(in, __L4_KIP_SPACE_CONTROL, EAX | ECX).eax,
                    "SpaceControl");
        in.edx = SAME;
        in.ecx = SAME;
        in.esi = SAME;
        in.edi = SAME;
        expect_word(3, others_stay(in, __L4_KIP_SCHEDULE, EAX | EDX).eax,
                    "Schedule of the caller: its state");
}

// Nothing can be said about processors, and nothing about memory yet.
TRIAL(nothing_can_be_set)
{
        static const L4_Word_t attributes[4] = { 1, 1, 1, 1 };

        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        expect_word(0, L4_ProcessorControl(0, 0, 0, 0), "ProcessorControl");
        expect_word(L4_ErrInvalidParam, L4_ErrorCode(),
                    "and why: the error code");
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
        L4_LoadMR(0, fpage(ROOT_KIP, 12));
        expect_word(0, L4_MemoryControl(0, attributes), "MemoryControl");
        expect_word(L4_ErrInvalidParam, L4_ErrorCode(),
                    "and why: the error code");
}

TRIAL(unmap_leaves_registers_alone)
{
        struct registers in = some;

        in.eax = 0;
        in.esi = 0;
        in.edi = L4_MyLocalId().raw;
        others_stay(in, __L4_KIP_UNMAP, ESI);
}

// DF is cleared for C; the arithmetic flags stay.
TRIAL(flags_stay_by_int)
{
        L4_Word_t call = __L4_Call(__L4_KIP_SYSTEM_CLOCK);
        L4_Word_t flags;

        __asm__ volatile("pushl $0x8D7\n\tpopfl\n\t"
                         "call *%1\n\t"
                         "pushfl\n\tpopl %0"
                         : "=r"(flags)
                         : "b"(call)
                         : "eax", "ecx", "edx", "memory", "cc");
        expect_word(0x8D7, flags & 0x8D7, "CF PF AF ZF SF OF");
}
