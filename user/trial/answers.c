// SPDX-License-Identifier: MIT
// The contracts are in <h4/answers.h>.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

// The library's (user/libl4/call.S), with registers in the same order.
void __l4_call(struct registers *all, L4_Word_t call);

static L4_Word_t
answer(L4_Word_t result, const char *call)
{
        L4_Word_t error = L4_ErrorCode();

        if (error == UNTOUCHED) {
                expect_word(1, result, call);
                return 0;
        }
        expect_word(0, result, call);
        expect_that(error != 0, call);
        return error;
}

static void
forget_error(void)
{
        __L4_TCR_Set_ErrorCode(UNTOUCHED);
}

L4_Word_t
thread_control(L4_ThreadId_t thread, L4_ThreadId_t space,
               L4_ThreadId_t scheduler, L4_ThreadId_t pager, L4_Word_t utcb)
{
        forget_error();
        return answer(L4_ThreadControl(thread, space, scheduler, pager,
                                       (void *)(uintptr_t)utcb),
                      "ThreadControl: its result, and whether it has failed");
}

L4_Word_t
space_control(L4_ThreadId_t space, L4_Word_t kip, L4_Word_t utcbs,
              L4_ThreadId_t redirector)
{
        L4_Word_t control = UNTOUCHED;

        forget_error();
        L4_Word_t result = L4_SpaceControl(
                space, 0xFFFFFFFF, (L4_Fpage_t){ .raw = kip },
                (L4_Fpage_t){ .raw = utcbs }, redirector, &control);
        expect_word(0, control, "SpaceControl: what the control was");
        return answer(result,
                      "SpaceControl: its result, and whether it has failed");
}

L4_Word_t
schedule(L4_ThreadId_t thread, L4_Word_t time, L4_Word_t processor,
         L4_Word_t priority, L4_Word_t preemption)
{
        forget_error();
        L4_Word_t result =
                L4_Schedule(thread, time, processor, priority, preemption, 0);
        expect_that(result <= 7, "Schedule: its result is a state");
        return answer(result != 0,
                      "Schedule: its result, and whether it has failed");
}

L4_Word_t
state_of(L4_ThreadId_t thread)
{
        return L4_Schedule(thread, SAME, SAME, SAME, SAME, 0);
}

L4_Word_t
exchange_all(L4_ThreadId_t thread, struct exchanged *all)
{
        struct registers in = {
                .eax = thread.raw,
                .ecx = all->control,
                .edx = all->sp,
                .ebx = all->handle,
                .ebp = all->pager,
                .esi = all->ip,
                .edi = all->flags,
        };

        call_with(&in, __L4_KIP_EXCHANGE_REGISTERS);
        *all = (struct exchanged){ in.ecx, in.edx, in.esi,
                                   in.edi, in.ebx, in.ebp };
        return in.eax;
}

struct exchanged
exchange_control(L4_ThreadId_t thread, L4_Word_t control)
{
        struct exchanged all = { .control = control };

        expect_that(exchange_all(thread, &all) != 0, "ExchangeRegisters");
        return all;
}

L4_Word_t
utcb_here(L4_Word_t n)
{
        return ROOT_UTCBS + n * L4_UtcbSize(0);
}

L4_Word_t
utcb_there(L4_Word_t n)
{
        return OTHER_UTCBS + n * L4_UtcbSize(0);
}

bool
has_sigma0(void)
{
        const L4_KernelInterfacePage_t *kip = L4_GetKernelInterface();

        return kip->sigma0.high != 0;
}

L4_Word_t
fpage(L4_Word_t base, L4_Word_t log2)
{
        return base | log2 << 4;
}

void
call_with(struct registers *all, L4_Word_t where)
{
        __l4_call(all, __L4_Call(where));
}
