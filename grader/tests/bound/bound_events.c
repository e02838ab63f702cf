// SPDX-License-Identifier: MIT
// Running the programs of bound.h: how H is called, and how it calls.
#include "bound.h"

#include <kernel/descriptors.h>
#include <kernel/image.h>
#include <kernel/string.h>

#define ARITHMETIC 0x8D5u

struct told told;
uint32_t told_times;
const char *refusing;
bool with_gate_call;

// --- How handlers are called ---------------------------------------------------

// How a handler was called.
struct {
        uint32_t esp, eflags, ds, es, ss;
} entered;

void system_call_entry(struct h_fault_context context, uint32_t eax,
                       uint32_t edx, uint32_t ecx, uint32_t esi, uint32_t edi,
                       uint32_t ebx, uint32_t ebp);
void gate_call_entry(struct h_fault_context context, uint32_t eax, uint32_t edx,
                     uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
                     uint32_t ebp);
void event_entry(struct h_fault_context context, uint8_t vector, uint32_t code);
void on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
                  uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
                  uint32_t ebp);
void on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
                    uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
                    uint32_t ebp);
void on_event(struct h_fault_context context, uint8_t vector, uint32_t code);

__asm__(".text\n"
        ".globl system_call_entry, gate_call_entry, event_entry\n"
        ".macro NOTE\n"
        "       mov %esp, %ss:entered\n"
        "       pushf\n"
        "       pop %ss:entered + 4\n"
        "       mov %ds, %ss:entered + 8\n"
        "       mov %es, %ss:entered + 12\n"
        "       mov %ss, %ss:entered + 16\n"
        // What a handler may not count on does not decide what is said of it.
        "       push $2\n"
        "       popf\n"
        "       mov $0x10, %eax\n"
        "       cmpw $0, %ss:entered + 8\n"
        "       jne 1f\n"
        "       mov %eax, %ds\n"
        "1:     cmpw $0, %ss:entered + 12\n"
        "       jne 2f\n"
        "       mov %eax, %es\n"
        "2:\n"
        ".endm\n"
        "system_call_entry:\n"
        "       NOTE\n"
        "       jmp on_system_call\n"
        "gate_call_entry:\n"
        "       NOTE\n"
        "       jmp on_gate_call\n"
        "event_entry:\n"
        "       NOTE\n"
        "       jmp on_event\n");

// --- Events ------------------------------------------------------------------

static void (*next_step)(void);
static enum user first_one;

// Where the stack was at the first call by a way: a call by SYSENTER, any event
// that is no call, a call by INT.
static uint32_t entered_first[3];

static void
check_entry(unsigned way)
{
        const uint32_t top = (uint32_t)(uintptr_t)(RUN_STACK);

        if (entered_first[way] == 0)
                entered_first[way] = entered.esp;
        expect_hex(entered_first[way], entered.esp,
                   "call %u of a handler: ESP, compared with the first one",
                   told_times);
        expect_bool(true, entered.esp < top && entered.esp >= top - 256,
                    "call %u of a handler: ESP is 0x%08x, and the stack of "
                    "the handlers begins at 0x%08x: it is empty",
                    told_times, entered.esp, top);
        expect_number(12, entered.esp % 16,
                      "call %u of a handler: ESP mod 16, as C wants it",
                      told_times);
        expect_hex(EFLAGS_FIXED, entered.eflags & ~ARITHMETIC,
                   "call %u of a handler: EFLAGS without arithmetic flags",
                   told_times);
        if ((entered.ds & 0xFFFF) != KERNEL_DATA)
                expect_hex(USER_DATA, entered.ds & 0xFFFF,
                           "call %u of a handler: DS", told_times);
        if ((entered.es & 0xFFFF) != KERNEL_DATA)
                expect_hex(USER_DATA, entered.es & 0xFFFF,
                           "call %u of a handler: ES", told_times);
        expect_hex(KERNEL_DATA, entered.ss & 0xFFFF, "call %u of a handler: SS",
                   told_times);
}

static void
tell(struct told what, unsigned way)
{
        what.who = what.context.slot;
        told = what;
        told_times++;
        if (refusing)
                fail("%s: it has not refused, but run something", refusing);
        check_entry(way);
        struct h_fault_context due = users_context(told.who);
        expect_number(due.generation, told.context.generation,
                      "a handler is told of slot %u: the generation", told.who);
        next_step();
}

static void
tell_call(struct h_fault_context context, const uint32_t arguments[7],
          bool gate)
{
        const struct told what = {
                .call = true,
                .gate = gate,
                .context = context,
                .eax = arguments[0],
                .edx = arguments[1],
                .ecx = arguments[2],
                .esi = arguments[3],
                .edi = arguments[4],
                .ebx = arguments[5],
                .ebp = arguments[6],
        };
        uint32_t by = users_slot(context.slot)->registers[H_HANDLER];

        tell(what, by == H_VECTOR_SYSENTER ? 0 : 2);
}

void
on_system_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
               uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
               uint32_t ebp)
{
        const uint32_t arguments[] = { eax, edx, ecx, esi, edi, ebx, ebp };

        tell_call(context, arguments, false);
}

void
on_gate_call(struct h_fault_context context, uint32_t eax, uint32_t edx,
             uint32_t ecx, uint32_t esi, uint32_t edi, uint32_t ebx,
             uint32_t ebp)
{
        const uint32_t arguments[] = { eax, edx, ecx, esi, edi, ebx, ebp };

        tell_call(context, arguments, true);
}

void
on_event(struct h_fault_context context, uint8_t vector, uint32_t code)
{
        const struct told what = { .context = context,
                                   .vector = vector,
                                   .code = code };

        tell(what, 1);
}

static void
begin(void)
{
        run(first_one);
}

void
run_bound(enum user who, void (*next)(void))
{
        const struct h_handlers handlers = {
                .system_call = system_call_entry,
                .event = event_entry,
                .gate_call = with_gate_call ? gate_call_entry : NULL,
        };

        memset(entered_first, 0, sizeof(entered_first));
        told_times = 0;
        refusing = NULL;
        next_step = next;
        first_one = who;
        h_set_handlers(&handlers);
        call_keeping_stack(begin);
}

void
over(void)
{
        stack_again();
}

static void
expect_who(enum user who, const char *when)
{
        expect_number(who, told.who, "%s: the slot of the context", when);
}

void
expect_call(enum user who, const char *when)
{
        if (!told.call)
                fail("%s: a system call is due, and the handler is told "
                     "vector %u, error code 0x%x, EIP 0x%08x",
                     when, told.vector, told.code, reg(told.who, H_EIP));
        expect_who(who, when);
}

void
expect_event(enum user who, uint32_t vector, uint32_t code, const char *when)
{
        if (told.call)
                fail("%s: vector %u is due, and the handler is told a system "
                     "call",
                     when, vector);
        expect_who(who, when);
        expect_number(vector, told.vector, "%s: the vector", when);
        expect_hex(code, told.code, "%s: the error code", when);
}

void
run(enum user who)
{
        enum h_error error = h_run(users_context(who));

        fail("h_run of the context in slot %u has returned: %s", who,
             h_strerror(error));
}

void
handoff(enum user to, uint32_t count, uint32_t from, uint32_t tag)
{
        enum h_error error = h_handoff(users_context(to), count, from, tag);

        fail("h_handoff of %u words to the context in slot %u has returned: "
             "%s",
             count, to, h_strerror(error));
}
