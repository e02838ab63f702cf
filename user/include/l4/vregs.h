// SPDX-License-Identifier: MIT
// The virtual registers of the calling thread: words of its UTCB, counted from message
// register 0.
//
//      -64   local ID                   -11   exception handler
//      -63   the library's: see <l4/syscalls.h>
//      -48   buffer register 32         -10   flags: preemption, coprocessor
//       :                                -9   error code
//      -16   buffer register 0           -8   transfer timeouts
//      -15   my global ID                -7   intended receiver
//      -14   processor                   -6   actual, or virtual, sender
//      -13   user-defined handle         -5   thread word 1
//      -12   pager                       -4   thread word 0
//                                         0   message registers 0 to 63
#ifndef USER_L4_VREGS_H
#define USER_L4_VREGS_H

#include <l4/utcb.h>

#define __L4_NUM_MRS 64
#define __L4_NUM_BRS 33

enum __l4_utcb_word {
        __L4_UTCB_LIBRARY = -63,
        __L4_UTCB_BR0 = -16,
        __L4_UTCB_MY_GLOBAL_ID = -15,
        __L4_UTCB_PROCESSOR = -14,
        __L4_UTCB_USER_HANDLE = -13,
        __L4_UTCB_PAGER = -12,
        __L4_UTCB_EXCEPTION_HANDLER = -11,
        __L4_UTCB_FLAGS = -10,
        __L4_UTCB_ERROR = -9,
        __L4_UTCB_XFER_TIMEOUTS = -8,
        __L4_UTCB_INTENDED = -7,
        __L4_UTCB_ACTUAL = -6,
        __L4_UTCB_WORD_1 = -5,
        __L4_UTCB_WORD_0 = -4,
};

// --- Message registers: i is 0 to 63 ---------------------------------------------------

// Reads one, or k from register i on.
static inline void
L4_StoreMR(int i, L4_Word_t *word)
{
        *word = __L4_X86_Utcb()[i];
}

static inline void
L4_StoreMRs(int i, int k, L4_Word_t *words)
{
        const L4_Word_t *registers = __L4_X86_Utcb() + i;

        for (int n = 0; n < k; n++)
                words[n] = registers[n];
}

// Writes one, or k from register i on.
static inline void
L4_LoadMR(int i, L4_Word_t word)
{
        __L4_X86_Utcb()[i] = word;
}

static inline void
L4_LoadMRs(int i, int k, const L4_Word_t *words)
{
        L4_Word_t *registers = __L4_X86_Utcb() + i;

        for (int n = 0; n < k; n++)
                registers[n] = words[n];
}

// --- Buffer registers: i is 0 to 32 ------------------------------------------------------

static inline void
L4_StoreBR(int i, L4_Word_t *word)
{
        *word = __L4_X86_Utcb()[__L4_UTCB_BR0 - i];
}

static inline void
L4_LoadBR(int i, L4_Word_t word)
{
        __L4_X86_Utcb()[__L4_UTCB_BR0 - i] = word;
}

static inline void
L4_StoreBRs(int i, int k, L4_Word_t *words)
{
        for (int n = 0; n < k; n++)
                L4_StoreBR(i + n, &words[n]);
}

static inline void
L4_LoadBRs(int i, int k, const L4_Word_t *words)
{
        for (int n = 0; n < k; n++)
                L4_LoadBR(i + n, words[n]);
}

// --- The others, as X.2's libraries name them ----------------------------------------------

#define __L4_TCR(name, type, word)                                             \
        static inline type __L4_TCR_##name(void)                               \
        {                                                                      \
                return (type)__L4_X86_Utcb()[word];                            \
        }                                                                      \
        static inline void __L4_TCR_Set_##name(type value)                     \
        {                                                                      \
                __L4_X86_Utcb()[word] = (L4_Word_t)value;                      \
        }

__L4_TCR(MyGlobalId, L4_Word_t, __L4_UTCB_MY_GLOBAL_ID)
__L4_TCR(ProcessorNo, L4_Word_t, __L4_UTCB_PROCESSOR)
__L4_TCR(UserDefinedHandle, L4_Word_t, __L4_UTCB_USER_HANDLE)
__L4_TCR(Pager, L4_Word_t, __L4_UTCB_PAGER)
__L4_TCR(ExceptionHandler, L4_Word_t, __L4_UTCB_EXCEPTION_HANDLER)
__L4_TCR(Flags, L4_Word_t, __L4_UTCB_FLAGS)
__L4_TCR(ErrorCode, L4_Word_t, __L4_UTCB_ERROR)
__L4_TCR(XferTimeout, L4_Word_t, __L4_UTCB_XFER_TIMEOUTS)
__L4_TCR(IntendedReceiver, L4_Word_t, __L4_UTCB_INTENDED)
__L4_TCR(ActualSender, L4_Word_t, __L4_UTCB_ACTUAL)
__L4_TCR(VirtualSender, L4_Word_t, __L4_UTCB_ACTUAL)
__L4_TCR(ThreadWord0, L4_Word_t, __L4_UTCB_WORD_0)
__L4_TCR(ThreadWord1, L4_Word_t, __L4_UTCB_WORD_1)

#undef __L4_TCR

static inline L4_Word_t
__L4_TCR_MyLocalId(void)
{
        return (L4_Word_t)(uintptr_t)__L4_X86_Utcb();
}

#endif
