// SPDX-License-Identifier: MIT
// The kernel interface page: what a program can read of the kernel and the machine.
// Functions that take the page's address take null too: they look for it.
#ifndef USER_L4_KIP_H
#define USER_L4_KIP_H

#include <stddef.h>

#include <l4/syscalls.h>
#include <l4/types.h>

#define L4_MAGIC 0x4BE6344Cu // the bytes 'L', '4', 0xE6, 'K'

// A program that the kernel starts, and a part of memory, first and last.
typedef struct {
        L4_Word_t sp, ip, low, high;
} L4_BootServer_t;

typedef struct {
        L4_Word_t low, high;
} L4_MemoryRange_t;

typedef struct {
        L4_Word_t magic;
        L4_Word_t ApiVersion;
        L4_Word_t ApiFlags;
        L4_Word_t KernelVerPtr; // offset of L4_KernelDesc_t
        L4_Word_t debugger[4];
        L4_BootServer_t sigma0;
        L4_BootServer_t sigma1;
        L4_BootServer_t root;
        L4_Word_t reserved_50;
        struct {
                L4_Word16_t n;
                L4_Word16_t MemDescPtr; // offset of L4_MemoryDesc_t
        } MemoryInfo;
        L4_Word_t debugger_58[2];
        L4_MemoryRange_t
                MainMem; // this and the next eight: of kernels before X.2
        L4_MemoryRange_t ReservedMem[2];
        L4_MemoryRange_t DedicatedMem[5];
        L4_Word_t reserved_A0[2];
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t m : 10; // a UTCB has m * 2^a bytes
                        L4_Word_t a : 6;  // and is aligned to 2^a
                        L4_Word_t s : 6;  // log2 of the smallest area
                        L4_Word_t zeros : 10;
                } X;
        } UtcbAreaInfo;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t s : 6;
                        L4_Word_t zeros : 26;
                } X;
        } KipAreaInfo;
        L4_Word_t reserved_B0[2];
        L4_Word_t BootInfo;
        L4_Word_t ProcDescPtr; // offset of L4_ProcDesc_t
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t ReadPrecision : 16; // microseconds
                        L4_Word_t SchedulePrecision : 16;
                } X;
        } ClockInfo;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t t : 8; // bits of a thread number
                        L4_Word_t SystemBase : 12;
                        L4_Word_t UserBase : 12;
                } X;
        } ThreadInfo;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t rwx : 3;
                        L4_Word_t zeros : 7;
                        L4_Word_t page_size_mask : 22;
                } X;
        } PageInfo;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t processors : 16; // less one
                        L4_Word_t zeros : 12;
                        L4_Word_t s : 4; // log2 of a description
                } X;
        } ProcessorInfo;
        // Offsets of the system calls.
        L4_Word_t SpaceControl;
        L4_Word_t ThreadControl;
        L4_Word_t ProcessorControl;
        L4_Word_t MemoryControl;
        L4_Word_t Ipc;
        L4_Word_t Lipc;
        L4_Word_t Unmap;
        L4_Word_t ExchangeRegisters;
        L4_Word_t SystemClock;
        L4_Word_t ThreadSwitch;
        L4_Word_t Schedule;
} L4_KernelInterfacePage_t;

_Static_assert(offsetof(L4_KernelInterfacePage_t, MemoryInfo) == 0x54 &&
                       offsetof(L4_KernelInterfacePage_t, UtcbAreaInfo) ==
                               0xA8 &&
                       offsetof(L4_KernelInterfacePage_t, Ipc) == 0xE0 &&
                       offsetof(L4_KernelInterfacePage_t, Schedule) == 0xF8,
               "the kernel interface page is laid out by X.2");

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t zeros : 16;
                L4_Word_t subid : 8;
                L4_Word_t id : 8;
        } X;
} L4_KernelId_t;

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t zeros : 16;
                L4_Word_t subversion : 8;
                L4_Word_t version : 8;
        } X;
} L4_ApiVersion_t;

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t ee : 2; // 0: little endian
                L4_Word_t ww : 2; // 0: 32 bits
                L4_Word_t zeros : 28;
        } X;
} L4_ApiFlags_t;

// The kernel's own description. Its texts follow: the version, then features, each
// ended by a zero byte, and an empty one.
typedef struct {
        L4_KernelId_t KernelId;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t day : 5;
                        L4_Word_t month : 4;
                        L4_Word_t year : 7; // since 2000
                        L4_Word_t zeros : 16;
                } X;
        } KernelGenDate;
        union {
                L4_Word_t raw;
                struct {
                        L4_Word_t subsubver : 16;
                        L4_Word_t subver : 8;
                        L4_Word_t ver : 8;
                } X;
        } KernelVer;
        L4_Word_t Supplier; // four characters
        char VersionString[];
} L4_KernelDesc_t;

typedef struct {
        L4_Word_t ExternalFreq; // kHz
        L4_Word_t InternalFreq;
        L4_Word_t zeros[2];
} L4_ProcDesc_t;

// A part of memory, in units of 1 KB; a later description overrides an earlier one.
typedef union {
        L4_Word_t raw[2];
        struct {
                L4_Word_t type : 4;
                L4_Word_t t : 4; // of types 14 and 15: more of the type
                L4_Word_t zero : 1;
                L4_Word_t v : 1; // virtual addresses
                L4_Word_t low : 22;
                L4_Word_t zeros : 10;
                L4_Word_t high : 22; // the last unit
        } x;
} L4_MemoryDesc_t;

#define L4_UndefinedMemoryType 0x0u
#define L4_ConventionalMemoryType 0x1u
#define L4_ReservedMemoryType 0x2u
#define L4_DedicatedMemoryType 0x3u
#define L4_SharedMemoryType 0x4u
#define L4_BootLoaderSpecificMemoryType 0xEu
#define L4_ArchitectureSpecificMemoryType 0xFu

// --- The page itself -------------------------------------------------------------------------

// Its address in this space.
static inline void *
L4_GetKernelInterface(void)
{
        return (void *)(uintptr_t)__L4_Kip();
}

#include <l4/kip_fields.h>

#endif
