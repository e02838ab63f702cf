// SPDX-License-Identifier: MIT
// The processor's instructions for ring 3's sake, what they change, and what lies
// around them in the kernel. See ring3.h.
#include "controllers.h"
#include "machine.h"
#include "ring3.h"

#include <string.h>

#include <h/internal/entry.h>
#include <kernel/cpu.h>
#include <kernel/power.h>

struct ring3 ring3;

struct tss kernel_tss;
uint8_t kernel_ports[PORTS / 8 + 1];
struct descriptor kernel_gdt[GDT_ENTRIES];
uint32_t
read_cr0(void)
{
        return ring3.cr0;
}

void
write_cr0(uint32_t value)
{
        ring3.cr0 = value;
}

void
clts(void)
{
        ring3.cr0 &= ~CR0_TS;
}

uint32_t
read_cr2(void)
{
        return ring3.cr2;
}

uint32_t
cpuid_features(void)
{
        return UINT32_MAX;
}

void
lldt(uint16_t selector)
{
        if (selector != 0)
                machine_stop("there is an LDT");
}

void
write_dr7(uint32_t value)
{
        if (value != 0)
                machine_stop("DR7 is 0x%08x", value);
}

void
load_fs(uint16_t selector)
{
        ring3.fs = selector;
}

void
load_gs(uint16_t selector)
{
        ring3.gs = selector;
        ring3.gs_shown = (struct descriptor){ 0, 0 };
        if (selector == 0)
                return;
        ring3.gs_shown = kernel_gdt[selector / 8];
        if (selector != USER_GS || !(ring3.gs_shown.high >> 15 & 1))
                machine_stop("GS is loaded with 0x%04x, of descriptor "
                             "0x%08x 0x%08x",
                             selector, ring3.gs_shown.high, ring3.gs_shown.low);
}

static void
need_unit(void)
{
        if (ring3.cr0 & (CR0_TS | CR0_EM))
                machine_stop("the kernel uses the floating-point unit, which "
                             "traps");
}

void
fxsave(void *area)
{
        need_unit();
        memcpy(area, ring3.unit, sizeof(ring3.unit));
}

void
fxrstor(const void *area)
{
        need_unit();
        memcpy(ring3.unit, area, sizeof(ring3.unit));
}

_Noreturn void
power_off(unsigned code)
{
        machine_stop("the machine is off: %u", code);
}

void
gates_init(void)
{
        kernel_tss.ss0 = KERNEL_DATA;
        kernel_tss.io_map = NO_IO_MAP;
}

uint32_t
wait_for_vector(void)
{
        if (!controllers_tell())
                machine_stop("the processor waits for ever");
        return controllers_take();
}
