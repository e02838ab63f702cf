// SPDX-License-Identifier: MIT
// What is in the kernel interface page: part of <l4/kip.h>. `kip` is the page's
// address, or null.
#ifndef USER_L4_KIP_FIELDS_H
#define USER_L4_KIP_FIELDS_H

#include <l4/kip.h>

static inline const L4_KernelInterfacePage_t *
__L4_Page(const void *kip)
{
        return kip ? kip : L4_GetKernelInterface();
}

// What lies at an offset in the page.
static inline const void *
__L4_InPage(const void *kip, L4_Word_t offset)
{
        return (const char *)__L4_Page(kip) + offset;
}

// --- The kernel -----------------------------------------------------------------------------

static inline L4_Word_t
L4_ApiVersion(void)
{
        return __L4_Page(0)->ApiVersion;
}

static inline L4_Word_t
L4_ApiFlags(void)
{
        return __L4_Page(0)->ApiFlags;
}

static inline const L4_KernelDesc_t *
__L4_KernelDesc(const void *kip)
{
        return __L4_InPage(kip, __L4_Page(kip)->KernelVerPtr);
}

static inline L4_Word_t
L4_KernelId(void)
{
        return __L4_KernelDesc(0)->KernelId.raw;
}

// When it was made.
static inline void
L4_KernelGenDate(const void *kip, L4_Word_t *year, L4_Word_t *month,
                 L4_Word_t *day)
{
        const L4_KernelDesc_t *kernel = __L4_KernelDesc(kip);

        *year = kernel->KernelGenDate.X.year + 2000;
        *month = kernel->KernelGenDate.X.month;
        *day = kernel->KernelGenDate.X.day;
}

// From the highest byte down: version, subversion, and two of what comes behind.
static inline L4_Word_t
L4_KernelVersion(const void *kip)
{
        return __L4_KernelDesc(kip)->KernelVer.raw;
}

static inline L4_Word_t
L4_KernelSupplier(const void *kip)
{
        return __L4_KernelDesc(kip)->Supplier;
}

static inline const char *
L4_KernelVersionString(const void *kip)
{
        return __L4_KernelDesc(kip)->VersionString;
}

// The n-th feature, counted from 0; null: there are not so many.
const char *L4_Feature(const void *kip, L4_Word_t n);
L4_Bool_t L4_HasFeature(const char *name);

// --- The machine ------------------------------------------------------------------------------

static inline L4_Word_t
L4_NumProcessors(const void *kip)
{
        return __L4_Page(kip)->ProcessorInfo.X.processors + 1;
}

static inline const L4_ProcDesc_t *
L4_ProcDesc(const void *kip, L4_Word_t processor)
{
        const L4_KernelInterfacePage_t *page = __L4_Page(kip);

        if (processor >= L4_NumProcessors(page))
                return 0;
        return __L4_InPage(page,
                           page->ProcDescPtr +
                                   (processor << page->ProcessorInfo.X.s));
}

// In kHz.
static inline L4_Word_t
L4_ProcDescExternalFreq(const L4_ProcDesc_t *p)
{
        return p->ExternalFreq;
}

static inline L4_Word_t
L4_ProcDescInternalFreq(const L4_ProcDesc_t *p)
{
        return p->InternalFreq;
}

static inline L4_Word_t
L4_NumMemoryDescriptors(const void *kip)
{
        return __L4_Page(kip)->MemoryInfo.n;
}

// The n-th, counted from 0; null: there are not so many.
static inline const L4_MemoryDesc_t *
L4_MemoryDesc(const void *kip, L4_Word_t n)
{
        const L4_KernelInterfacePage_t *page = __L4_Page(kip);
        const L4_MemoryDesc_t *first =
                __L4_InPage(page, page->MemoryInfo.MemDescPtr);

        return n < page->MemoryInfo.n ? first + n : 0;
}

static inline L4_Bool_t
L4_IsMemoryDescVirtual(const L4_MemoryDesc_t *d)
{
        return d->x.v;
}

// With 16 t, where the type has one.
static inline L4_Word_t
L4_MemoryDescType(const L4_MemoryDesc_t *d)
{
        L4_Word_t more = (L4_Word_t)d->x.t << 4;

        return d->x.type >= L4_BootLoaderSpecificMemoryType ? d->x.type + more
                                                            : d->x.type;
}

// The first address, and the last one.
static inline L4_Word_t
L4_MemoryDescLow(const L4_MemoryDesc_t *d)
{
        return (L4_Word_t)d->x.low << 10;
}

static inline L4_Word_t
L4_MemoryDescHigh(const L4_MemoryDesc_t *d)
{
        return (L4_Word_t)d->x.high << 10 | 0x3FF;
}

static inline L4_Word_t
L4_BootInfo(const void *kip)
{
        return __L4_Page(kip)->BootInfo;
}

// --- Sizes and limits ---------------------------------------------------------------------------

// A bit for each size of page that there is; the rights that can be told apart.
static inline L4_Word_t
L4_PageSizeMask(const void *kip)
{
        return __L4_Page(kip)->PageInfo.raw & ~0x3FFu;
}

static inline L4_Word_t
L4_PageRights(const void *kip)
{
        return __L4_Page(kip)->PageInfo.X.rwx;
}

static inline L4_Word_t
L4_ThreadIdBits(const void *kip)
{
        return __L4_Page(kip)->ThreadInfo.X.t;
}

// The first thread number of the kernel's, and the first one of programs.
static inline L4_Word_t
L4_ThreadIdSystemBase(const void *kip)
{
        return __L4_Page(kip)->ThreadInfo.X.SystemBase;
}

static inline L4_Word_t
L4_ThreadIdUserBase(const void *kip)
{
        return __L4_Page(kip)->ThreadInfo.X.UserBase;
}

// In microseconds.
static inline L4_Word_t
L4_ReadPrecision(const void *kip)
{
        return __L4_Page(kip)->ClockInfo.X.ReadPrecision;
}

static inline L4_Word_t
L4_SchedulePrecision(const void *kip)
{
        return __L4_Page(kip)->ClockInfo.X.SchedulePrecision;
}

// The smallest UTCB area; a UTCB, and to what it is aligned.
static inline L4_Word_t
L4_UtcbAreaSizeLog2(const void *kip)
{
        return __L4_Page(kip)->UtcbAreaInfo.X.s;
}

static inline L4_Word_t
L4_UtcbAreaSize(const void *kip)
{
        return 1u << L4_UtcbAreaSizeLog2(kip);
}

static inline L4_Word_t
L4_UtcbAlignmentLog2(const void *kip)
{
        return __L4_Page(kip)->UtcbAreaInfo.X.a;
}

static inline L4_Word_t
L4_UtcbSize(const void *kip)
{
        return __L4_Page(kip)->UtcbAreaInfo.X.m << L4_UtcbAlignmentLog2(kip);
}

// The area of the page itself.
static inline L4_Word_t
L4_KipAreaSizeLog2(const void *kip)
{
        return __L4_Page(kip)->KipAreaInfo.X.s;
}

static inline L4_Word_t
L4_KipAreaSize(const void *kip)
{
        return 1u << L4_KipAreaSizeLog2(kip);
}

#endif
