// SPDX-License-Identifier: MIT
// See ring3.h.
#include "ring3.h"
#include "controllers.h"
#include "machine.h"

#include <string.h>

#include <h/internal/entry.h>
#include <h/internal/run.h>
#include <kernel/cpu.h>

struct ring3_seen ring3_seen;
uint32_t (*ring3_program)(struct context_slot *slot);
bool ring3_handlers_return;

void (*sysenter_left)(void) = leave_user;

static jmp_buf *back;

void
ring3_reset(void)
{
        ring3 = (struct ring3){ .fs = 0x10, .gs = 0x10 };
        memset(ring3.unit, 0xA5, sizeof(ring3.unit));
        kernel_tss = (struct tss){ .io_map = NO_IO_MAP };
        memset(kernel_ports, 0xFF, sizeof(kernel_ports));
        memset(kernel_gdt, 0, sizeof(kernel_gdt));
        ring3_program = NULL;
        ring3_handlers_return = false;
        controllers_reset();
}

// --- On the way in -----------------------------------------------------------

static bool
may_use(const struct context_slot *slot, uint32_t port)
{
        for (uint32_t i = 0; i < slot->port_count; i++)
                if (slot->ports[i].first <= port && port <= slot->ports[i].last)
                        return true;
        return false;
}

bool
ring3_use_port(uint32_t port)
{
        return kernel_tss.io_map == sizeof(struct tss) &&
               !(kernel_ports[port / 8] >> port % 8 & 1);
}

// None of the ports that are lent to anybody lies above.
#define PORTS_LOOKED_AT 0x400u

static void
check_ports(const struct context_slot *slot)
{
        if (kernel_tss.io_map != NO_IO_MAP &&
            kernel_tss.io_map != sizeof(struct tss))
                machine_stop("the I/O map begins at 0x%x", kernel_tss.io_map);
        for (uint32_t port = 0; port < PORTS_LOOKED_AT; port++)
                if (may_use(slot, port) != ring3_use_port(port))
                        machine_stop("port 0x%x is %s", port,
                                     ring3_use_port(port)
                                             ? "open, and not the context's"
                                             : "closed, and the context's");
}

static void
check_context(const struct context_slot *slot)
{
        bool foreign = execution.fpu_owner != slot;

        if (execution.running != slot)
                machine_stop("another context is entered than the running one");
        if (kernel_tss.esp0 != context_stack(slot))
                machine_stop("ESP0 is not that of the context");
        // The owner may be trapped once more: see go() in h/handoff.c.
        if (foreign && !(ring3.cr0 & CR0_TS))
                machine_stop("a unit that is another's does not trap");
        if (ring3.fs != 0)
                machine_stop("FS is 0x%04x", ring3.fs);
        if (ring3.gs != (slot->gs_high ? USER_GS : 0) ||
            ring3.gs_shown.low != slot->gs_low ||
            ring3.gs_shown.high != slot->gs_high)
                machine_stop("GS shows something else than the context's");
        check_ports(slot);
}

static void
check_registers(const struct context_slot *slot)
{
        uint32_t flags = slot->registers[H_EFLAGS];

        if (slot->registers[H_CS] != USER_CODE ||
            slot->registers[H_SS] != USER_DATA)
                machine_stop("ring 3 gets CS 0x%04x, SS 0x%04x",
                             slot->registers[H_CS], slot->registers[H_SS]);
        if ((flags & ~H_USER_FLAGS) != (EFLAGS_FIXED | EFLAGS_IF))
                machine_stop("ring 3 gets EFLAGS 0x%08x", flags);
        if (slot->flags & (CONTEXT_CALL | CONTEXT_SYSENTER))
                machine_stop("a context runs and is inside a system call");
}

bool
ring3_use_unit(unsigned char put, unsigned char *before)
{
        if (ring3.cr0 & CR0_TS)
                return false;
        *before = ring3.unit[160];
        ring3.unit[160] = put;
        return true;
}

// --- The plain form ----------------------------------------------------------

static void
set_vector(struct context_slot *slot, uint32_t vector, uint32_t code)
{
        slot->registers[H_HANDLER] = vector;
        slot->registers[H_CODE] = code;
        if (vector >= SYSTEM_CALL_GATE)
                slot->flags |= CONTEXT_CALL;
        if (vector == SYSENTER_VECTOR)
                slot->flags |= CONTEXT_SYSENTER;
}

void
enter_user(struct context_slot *slot)
{
        check_context(slot);
        check_registers(slot);
        if (sysenter_left != leave_user)
                machine_stop("SYSENTER would not come back to h_execute");
        slot->registers[H_CODE] = 0;
        uint32_t vector = ring3_program(slot);
        set_vector(slot, vector, slot->registers[H_CODE]);
}

void
leave_user(void)
{
        machine_stop("nothing calls leave_user");
}

// --- The bound form ----------------------------------------------------------

static _Noreturn void
show(struct ring3_seen seen)
{
        ring3_seen = seen;
        longjmp(*back, 1);
}

void
run_enter(struct context_slot *slot)
{
        check_context(slot);
        check_registers(slot);
        if (sysenter_left != run_sysenter)
                machine_stop("SYSENTER would not come to run_sysenter");
        show((struct ring3_seen){ .way = RING3_ENTERED, .slot = slot });
}

void
run_sysexit(const struct context_slot *slot)
{
        load_fs(0);
        load_gs((uint16_t)slot->gs);
        check_context(slot);
        if (sysenter_left != run_sysenter)
                machine_stop("SYSENTER would not come to run_sysenter");
        show((struct ring3_seen){ .way = RING3_SYSEXIT,
                                  .slot = execution.running });
}

void
run_left(void)
{
        run_event();
}

void
run_sysenter(void)
{
        machine_stop("nothing calls run_sysenter");
}

static void
on_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
        uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx, uint32_t ebp)
{
        if (!ring3_handlers_return)
                show((struct ring3_seen){
                        .way = RING3_CALL,
                        .context = context,
                        .arguments = { eax, edx, ecx, esi, edi, ebx, ebp },
                });
}

static void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        if (!ring3_handlers_return)
                show((struct ring3_seen){ .way = RING3_EVENT,
                                          .context = context,
                                          .vector = vector,
                                          .code = code });
}

// Calls something that may not return.
#define LANDING(call)                                                          \
        do {                                                                   \
                static const struct h_handlers handlers = {                    \
                        .system_call = on_call,                                \
                        .event = on_event,                                     \
                };                                                             \
                jmp_buf here;                                                  \
                ring3_seen = (struct ring3_seen){ .way = RING3_REFUSED };      \
                h_set_handlers(&handlers);                                     \
                back = &here;                                                  \
                if (setjmp(here) == 0)                                         \
                        call;                                                  \
        } while (0)

enum h_error
ring3_run(struct h_fault_context context)
{
        volatile enum h_error error = H_OK;

        LANDING(error = h_run(context));
        return error;
}

enum h_error
ring3_handoff(struct h_fault_context to, uint32_t count, uint32_t from,
              uint32_t tag)
{
        volatile enum h_error error = H_OK;

        LANDING(error = h_handoff(to, count, from, tag));
        return error;
}

static void
leave(uint32_t vector)
{
        const struct context_slot *slot = execution.running;
        const uint32_t *registers = slot->registers;

        if (vector != SYSENTER_VECTOR)
                run_event();
        struct h_fault_context context = { slot->index, slot->generation };
        run_handlers.system_call(context, registers[H_EAX], registers[H_EDX],
                                 registers[H_ECX], registers[H_ESI],
                                 registers[H_EDI], registers[H_EBX],
                                 registers[H_EBP]);
        run_returned(context);
}

void
ring3_leave(uint32_t vector, uint32_t code, bool stepped)
{
        set_vector(execution.running, vector, code);
        if (stepped) {
                execution.running->flags |= CONTEXT_DEBUG;
                execution.running->registers[H_EFLAGS] |= EFLAGS_TF;
        }
        LANDING(leave(vector));
}
