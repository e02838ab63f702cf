// SPDX-License-Identifier: MIT
// A run in the plain form, and what both forms do to contexts. The contracts are in
// random.h.
#include "random.h"

static void
random_registers(uint32_t registers[H_REGISTERS])
{
        for (unsigned i = 0; i < H_REGISTERS; i++)
                registers[i] = some_value();
        registers[H_EFLAGS] = some_flags();
        registers[H_EIP] =
                random_below(8) ? some_code() : CODE_AT + random_below(4096);
        if (random_below(4) == 0)
                return;
        registers[H_ESP] = DATA_AT + 0x1000 + (random_word() & 0x7FC);
        registers[H_EBP] = DATA_AT + 0x800;
        registers[H_EBX] = some_code();
}

void
change_registers(struct h_fault_context context)
{
        uint32_t registers[H_REGISTERS];

        random_registers(registers);
        done(h_write_registers(context, registers), "h_write_registers");
}

void
change_segment(struct h_fault_context context)
{
        done(h_set_gs(context, (struct h_vaddr){ DATA_AT },
                      random_below(3) ? 1 + random_below(0x3000) : 0),
             "h_set_gs");
}

unsigned
change_ports(struct h_fault_context context)
{
        static const struct h_port_range ports[] = { { 0x378, 0x37A },
                                                     { 0x3FF, 0x3FF },
                                                     { 0x3B4, 0x3B5 } };
        const unsigned count = random_below(4);

        done(h_set_ports(context, ports, count), "h_set_ports");
        return count;
}

struct h_fault_context
new_context(unsigned *ports)
{
        struct h_fault_context context;

        done(h_alloc_fault_context(&context), "h_alloc_fault_context");
        if (random_below(3) == 0)
                change_segment(context);
        *ports = random_below(3) == 0 ? change_ports(context) : 0;
        change_registers(context);
        return context;
}

bool
go_on(struct h_fault_context context, const struct h_interrupt *event)
{
        if (event->kind == H_TIMER)
                return random_below(2);
        if (event->kind == H_SYSTEM_CALL)
                return h_write_register(context, H_EAX, some_value()) == H_OK;
        if (random_below(6) == 0)
                return false;
        if (random_below(6) == 0) {
                change_registers(context);
                return true;
        }
        return h_write_register(context, H_EIP, some_code()) == H_OK;
}

void
plain_run(void)
{
        struct h_interrupt event;
        unsigned ports;
        struct h_fault_context context = new_context(&ports);

        for (unsigned leg = 0; leg < LEGS; leg++) {
                timer_begins();
                done(h_execute(own.spaces[0], context, &event), "h_execute");
                processor_check(own.spaces[0], KERNEL_DATA);
                registers_check(context, &event);
                random_from(own.seed + leg + 1, own.number);
                if (!go_on(context, &event))
                        break;
        }
        done(h_free_fault_context(context), "h_free_fault_context");
        run_over();
}
