// SPDX-License-Identifier: MIT
// MemoryControl: attributes of memory. H has one kind, and that is the attribute 0.
//
// The contract is in calls.h. Source: L4 X.2, MemoryControl.
#include "calls.h"
#include "fpages.h"
#include "space.h"

#define CONTROL_LAST 0x3Fu // the number of the last flexpage
#define ATTRIBUTE 0x3u // of a flexpage, in place of rights: which of the four
#define ATTRIBUTES 4u
#define DEFAULT 0u

static enum call_error
control(const struct thread *self, const struct registers *in)
{
        const uint32_t attributes[ATTRIBUTES] = { in->ecx, in->edx, in->ebx,
                                                  in->ebp };

        if (!self->space->privileged)
                return CALL_NO_PRIVILEGE;
        for (uint32_t i = 0; i <= (in->eax & CONTROL_LAST); i++) {
                uint32_t word = i == 0 ? in->esi : utcb_read(self, (int)i);
                if (word == FPAGE_NIL)
                        continue;
                if (!fpage_range(word).any ||
                    attributes[word & ATTRIBUTE] != DEFAULT)
                        return CALL_BAD_PARAMETER;
        }
        return CALL_OK;
}

struct thread *
call_memory_control(struct thread *self, const struct registers *in)
{
        return call_answer(self, control(self, in));
}
