// SPDX-License-Identifier: MIT
// The system calls, each with its arguments as registers have them. Each returns
// who is to run next, as schedule() wants it: but for Ipc and ThreadSwitch that is the
// caller itself, which goes on unless one of a higher priority is ready.
#ifndef L4_CALLS_H
#define L4_CALLS_H

#include "thread.h"

// General registers where a program has called.
struct registers {
        uint32_t eax, ecx, edx, ebx, ebp, esi, edi;
};

// A call by INT 0x80: of a stub in the kernel interface page, or an exception.
struct thread *call_by_gate(struct thread *self, const struct registers *in);

struct thread *call_ipc(struct thread *self, const struct registers *in);
struct thread *call_thread_control(struct thread *self,
                                   const struct registers *in);
struct thread *call_space_control(struct thread *self,
                                  const struct registers *in);
struct thread *call_exchange_registers(struct thread *self,
                                       const struct registers *in);
struct thread *call_schedule(struct thread *self, const struct registers *in);
struct thread *call_thread_switch(struct thread *self,
                                  const struct registers *in);
struct thread *call_system_clock(struct thread *self,
                                 const struct registers *in);
struct thread *call_unmap(struct thread *self, const struct registers *in);
struct thread *call_processor_control(struct thread *self,
                                      const struct registers *in);
struct thread *call_memory_control(struct thread *self,
                                   const struct registers *in);

// Writes a register of the thread's.
void set_register(struct thread *thread, enum h_register reg, uint32_t value);
uint32_t get_register(const struct thread *thread, enum h_register reg);

// A call that has only a result in EAX, and where that is 0 an error in the UTCB.
struct thread *call_answer(struct thread *self, enum call_error error);

#endif
