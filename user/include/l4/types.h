// SPDX-License-Identifier: MIT
// The types of L4 X.2: words, flexpages, thread IDs and the clock. Times are in
// <l4/time.h>, which comes with this.
//
// All of them are numbers of 32 bits, fields are named from bit 0 up, and they are
// handed over by value.
#ifndef USER_L4_TYPES_H
#define USER_L4_TYPES_H

#include <stdint.h>

typedef uint8_t L4_Word8_t;
typedef uint16_t L4_Word16_t;
typedef uint32_t L4_Word32_t;
typedef uint64_t L4_Word64_t;
typedef uint32_t L4_Word_t; // of the processor
typedef int8_t L4_SignedWord8_t;
typedef int16_t L4_SignedWord16_t;
typedef int32_t L4_SignedWord32_t;
typedef int64_t L4_SignedWord64_t;
typedef int32_t L4_SignedWord_t;
typedef L4_Word_t L4_Bool_t; // 0: no; anything else: yes
typedef L4_Word_t L4_Size_t;
typedef L4_Word_t L4_Paddr_t;

#define L4_INLINE static inline
#define L4_BITS_PER_WORD 32

// A header for this processor; there is one processor only.
#define __L4_INC_ARCH(file) <l4/file>

// Errors of system calls, in L4_ErrorCode().
#define L4_ErrOk 0
#define L4_ErrNoPrivilege 1
#define L4_ErrInvalidThread 2
#define L4_ErrInvalidSpace 3
#define L4_ErrInvalidScheduler 4
#define L4_ErrInvalidParam 5
#define L4_ErrUtcbArea 6
#define L4_ErrKipArea 7
#define L4_ErrNoMem 8

// --- Flexpages -------------------------------------------------------------------
//
//     31                  10 9    4  3  2 1 0
//    +----------------------+------+---+------+
//    | base / 1024          | size | 0 | r w x|   size: log2 of bytes
//    +----------------------+------+---+------+
typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t rwx : 3;
                L4_Word_t reserved : 1;
                L4_Word_t s : 6;
                L4_Word_t b : 22;
        } X;
} L4_Fpage_t;

// Rights: sets of these.
#define L4_Readable 4u
#define L4_Writable 2u
#define L4_eXecutable 1u
#define L4_FullyAccessible 7u
#define L4_ReadWriteOnly 6u
#define L4_ReadeXecOnly 5u
#define L4_NoAccess 0u

// No page, and all of an address space.
#define L4_Nilpage ((L4_Fpage_t){ .raw = 0 })
#define L4_CompleteAddressSpace ((L4_Fpage_t){ .raw = 1u << 4 })

static inline L4_Bool_t
L4_IsNilFpage(L4_Fpage_t f)
{
        return f.raw == 0;
}

static inline L4_Word_t
L4_Rights(L4_Fpage_t f)
{
        return f.X.rwx;
}

static inline void
L4_Set_Rights(L4_Fpage_t *f, L4_Word_t rights)
{
        f->X.rwx = rights & L4_FullyAccessible;
}

// The flexpage with more rights, or with fewer.
static inline L4_Fpage_t
L4_FpageAddRights(L4_Fpage_t f, L4_Word_t rights)
{
        f.raw |= rights & L4_FullyAccessible;
        return f;
}

static inline L4_Fpage_t
L4_FpageRemoveRights(L4_Fpage_t f, L4_Word_t rights)
{
        f.raw &= ~(rights & L4_FullyAccessible);
        return f;
}

// The same to a variable; its new value.
static inline L4_Fpage_t
L4_FpageAddRightsTo(L4_Fpage_t *f, L4_Word_t rights)
{
        return *f = L4_FpageAddRights(*f, rights);
}

static inline L4_Fpage_t
L4_FpageRemoveRightsFrom(L4_Fpage_t *f, L4_Word_t rights)
{
        return *f = L4_FpageRemoveRights(*f, rights);
}

// A flexpage of 2^log2 bytes without rights. Bits of the base below the size count
// for nothing.
static inline L4_Fpage_t
L4_FpageLog2(L4_Word_t base, int log2)
{
        return (L4_Fpage_t){ .raw = (base & ~0x3FFu) | (L4_Word_t)log2 << 4 };
}

// The same by its size in bytes, which is rounded up to a power of two; more than
// 2^31 are the whole address space.
static inline L4_Fpage_t
L4_Fpage(L4_Word_t base, L4_Word_t size)
{
        int log2 = 0;

        while (log2 < 32 && (L4_Word64_t)1 << log2 < size)
                log2++;
        return log2 < 32 ? L4_FpageLog2(base, log2) : L4_CompleteAddressSpace;
}

// log2 of its bytes; of the whole address space 1.
static inline L4_Word_t
L4_SizeLog2(L4_Fpage_t f)
{
        return f.X.s;
}

// Its bytes; 0 where a word cannot say it: of the whole address space.
static inline L4_Word_t
L4_Size(L4_Fpage_t f)
{
        return f.X.s >= 10 && f.X.s < 32 ? 1u << f.X.s : 0;
}

// Its first address.
static inline L4_Word_t
L4_Address(L4_Fpage_t f)
{
        return f.X.s < 32 ? f.raw & ~0x3FFu & ~((1u << f.X.s) - 1) : 0;
}

// --- Thread IDs --------------------------------------------------------------------
//
//     31                         14 13            0
//    +-----------------------------+---------------+
//    | thread number               | version       |   global: the version's
//    +-----------------------------+---------------+   low 6 bits are not all 0
//    | address of message register 0     | 000000  |   local
//    +-----------------------------------+---------+
typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t version : 14;
                L4_Word_t thread_no : 18;
        } X;
} L4_GthreadId_t;

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t zeros : 6;
                L4_Word_t local_id : 26;
        } X;
} L4_LthreadId_t;

typedef union {
        L4_Word_t raw;
        L4_GthreadId_t global;
        L4_LthreadId_t local;
} L4_ThreadId_t;

// Nobody; anybody; anybody in the same space.
#define L4_nilthread ((L4_ThreadId_t){ .raw = 0 })
#define L4_anythread ((L4_ThreadId_t){ .raw = 0xFFFFFFFFu })
#define L4_anylocalthread ((L4_ThreadId_t){ .raw = 0xFFFFFFC0u })

static inline L4_ThreadId_t
L4_GlobalId(L4_Word_t number, L4_Word_t version)
{
        return (L4_ThreadId_t){ .raw = number << 14 | (version & 0x3FFF) };
}

// Of a global ID.
static inline L4_Word_t
L4_Version(L4_ThreadId_t t)
{
        return t.raw & 0x3FFF;
}

static inline L4_Word_t
L4_ThreadNo(L4_ThreadId_t t)
{
        return t.raw >> 14;
}

// Is it the same word? See L4_SameThreads for threads that have two names.
static inline L4_Bool_t
L4_IsThreadEqual(L4_ThreadId_t a, L4_ThreadId_t b)
{
        return a.raw == b.raw;
}

static inline L4_Bool_t
L4_IsThreadNotEqual(L4_ThreadId_t a, L4_ThreadId_t b)
{
        return a.raw != b.raw;
}

static inline L4_Bool_t
L4_IsNilThread(L4_ThreadId_t t)
{
        return t.raw == 0;
}

static inline L4_Bool_t
L4_IsLocalId(L4_ThreadId_t t)
{
        return t.raw != 0 && (t.raw & 0x3F) == 0;
}

static inline L4_Bool_t
L4_IsGlobalId(L4_ThreadId_t t)
{
        return t.raw != 0xFFFFFFFFu && (t.raw & 0x3F) != 0;
}

#include <l4/time.h>

#endif
