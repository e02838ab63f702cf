// SPDX-License-Identifier: MIT
// The floating-point unit, whose registers most programs never use, is switched
// late: it goes on holding the state of the last context that has used it, its
// owner. While another context runs, TS is set, and its first floating-point or
// SSE instruction traps:
//
//    owner A, B runs: TS set         fpu_take()        owner B: TS clear
//   +-----------------------+   #NM   A <- unit   +-----------------------+
//   | unit holds A's state  | ------------------> | unit holds B's state  |
//   +-----------------------+       unit <- B     +-----------------------+
//
// FXSAVE of some processors of AMD's leaves out where the last instruction was, and
// FXRSTOR leaves what is there: a program may see these addresses of another one's
// (CVE-2006-1056). Neither Bochs nor QEMU is such a processor.
//
// Source: Intel SDM volume 3, 2.5 (TS, MP, EM), 13.4; volume 2, FXSAVE, FNINIT;
// volume 1, 10.5.1. The contracts are in <h/internal/context.h>.
#include <h/internal/context.h>
#include <kernel/cpu.h>
#include <kernel/string.h>

// Where these are in what FXSAVE writes, and what they are after FNINIT. All
// else is 0: no exception, all registers empty.
#define CONTROL_WORD 0
#define MXCSR 24

#define CONTROL_WORD_FNINIT 0x037Fu
#define MXCSR_RESET 0x1F80u

static bool traps; // TS is set

static struct fpu_area *
area_of(const struct context_slot *slot)
{
        return &execution.fpu_areas[slot - execution.contexts];
}

void
fpu_reset(const struct context_slot *slot)
{
        struct fpu_area *area = area_of(slot);
        const uint16_t control = CONTROL_WORD_FNINIT;
        const uint32_t mxcsr = MXCSR_RESET;

        memset(area, 0, sizeof(*area));
        memcpy(area->bytes + CONTROL_WORD, &control, sizeof(control));
        memcpy(area->bytes + MXCSR, &mxcsr, sizeof(mxcsr));
}

void
fpu_init(void)
{
        execution.fpu_owner = NULL;
        write_cr0(read_cr0() | CR0_TS);
        traps = true;
}

void
fpu_enter(const struct context_slot *slot)
{
        bool foreign = execution.fpu_owner != slot;

        if (foreign == traps)
                return;
        if (foreign)
                write_cr0(read_cr0() | CR0_TS);
        else
                clts();
        traps = foreign;
}

bool
fpu_take(void)
{
        if (!traps)
                return false;

        clts();
        traps = false;
        if (execution.fpu_owner)
                fxsave(area_of(execution.fpu_owner));
        execution.fpu_owner = execution.running;
        fxrstor(area_of(execution.running));
        return true;
}

void
fpu_forget(const struct context_slot *slot)
{
        if (execution.fpu_owner == slot)
                execution.fpu_owner = NULL;
}
