// SPDX-License-Identifier: MIT
// Getting the processor and the devices ready to run user code. The contract is
// in <h/internal/context.h>.
//
// Source: Intel SDM volume 3, 2.5 (control registers), 17.2.4 (DR7), 2.4.2
// (LDTR).
#include <h/internal/entry.h>
#include <h/internal/interrupts.h>
#include <h/internal/machine.h>
#include <kernel/cpu.h>
#include <kernel/paging.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/string.h>

struct execution execution;

static void *
seen(uint32_t page)
{
        return machine_at(environment_at(page));
}

// The contexts, and behind them their floating-point units' states, which begin with
// the contexts (fpu_reset).
static void
lay_out(void)
{
        execution = (struct execution){
                .contexts = seen(environment.contexts.first),
                .context_count = environment.context_slots,
        };
        execution.fpu_areas = (struct fpu_area *)(execution.contexts +
                                                  execution.context_count);
        memset(execution.contexts, 0,
               execution.context_count * sizeof(struct context_slot));
        contexts_init();
}

// Whatever the boot loader has left: these bits and no others. What is not here
// (CR4: TSD, PCE, DE, VME, PVI) would take instructions away from user code, or
// give it some.
static void
set_up_processor(void)
{
        const uint32_t needed = CPUID_TSC | CPUID_SEP | CPUID_FXSR | CPUID_SSE;
        uint32_t features = cpuid_features();

        if ((features & needed) != needed)
                panic("the processor's features are 0x%08x, and 0x%08x is "
                      "needed: time-stamp counter, SYSENTER, FXSAVE, SSE",
                      features, needed);

        uint32_t machine_checks = features & CPUID_MCE ? CR4_MCE : 0;
        write_cr0(CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE);
        write_cr4(CR4_PSE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT |
                  machine_checks);
        lldt(0);
        write_dr7(0);
}

void
execution_init(void)
{
        lay_out();
        set_up_processor();
        fpu_init();
        gates_init();
        irq_init();
        timer_init();
        clock_init();
}

void
h_power_off(void)
{
        power_off(POWER_OFF_DONE);
}
