// SPDX-License-Identifier: MIT
// The kernel interface page: what every program can read of the kernel, and the code
// by which it calls. Source: l4/README.md, "The kernel interface page".
#ifndef L4_KIP_H
#define L4_KIP_H

#include <h/h.h>

#include "abi.h"

// Fields, by their offsets in bytes.
#define KIP_MAGIC 0x00u
#define KIP_API_VERSION 0x04u
#define KIP_API_FLAGS 0x08u
#define KIP_DESCRIPTION 0x0Cu // an offset
#define KIP_SIGMA0 0x20u
#define KIP_SIGMA1 0x30u
#define KIP_ROOT 0x40u
#define KIP_MEMORY_INFO 0x54u
#define KIP_UTCB_INFO 0xA8u
#define KIP_AREA_INFO 0xACu
#define KIP_PROCESSORS 0xBCu // an offset
#define KIP_CLOCK_INFO 0xC0u
#define KIP_THREAD_INFO 0xC4u
#define KIP_PAGE_INFO 0xC8u
#define KIP_PROCESSOR_INFO 0xCCu
#define KIP_CALLS 0xD0u // offsets, in the order of enum kip_call

// What is in some of them.
#define KIP_VERSION 0x84050000u
#define KIP_FLAGS 0u
#define KIP_KERNEL_ID 0x48040000u

#define KIP_AREA_LOG2 12u
#define UTCB_AREA_LOG2 12u

// The calls.
enum kip_call {
        CALL_SPACE_CONTROL,
        CALL_THREAD_CONTROL,
        CALL_PROCESSOR_CONTROL,
        CALL_MEMORY_CONTROL,
        CALL_IPC,
        CALL_LIPC,
        CALL_UNMAP,
        CALL_EXCHANGE_REGISTERS,
        CALL_SYSTEM_CLOCK,
        CALL_THREAD_SWITCH,
        CALL_SCHEDULE,
        CALLS,
};

// Descriptors of memory.
enum kip_memory {
        MEMORY_CONVENTIONAL = 1,
        MEMORY_RESERVED = 2,
        MEMORY_DEDICATED = 3,
        MEMORY_SHARED = 4,
        MEMORY_BOOT_LOADER = 14,
        MEMORY_ARCHITECTURE = 15,
};

struct memory_descriptor {
        enum kip_memory type;
        bool virtual;
        uint32_t first;
        uint32_t last; // the last byte
};

// A program that the kernel starts itself: where it begins, and where it lies.
struct kip_server {
        uint32_t sp, ip, first, end;
};

// What the page says that is not the same for every boot.
struct kip_contents {
        struct kip_server sigma0, root; // all zeros: there is none
        const struct memory_descriptor *memory;
        size_t memory_count; // KIP_MEMORY_MOST at most
        uint32_t khz;        // of the processor's clock
};

#define KIP_MEMORY_MOST 190u

// The page as words (exercise 5.1).
void kip_write(uint32_t page[H_PAGE_WORDS],
               const struct kip_contents *contents);

// Which call it is whose INT 0x80 ends `offset` bytes behind the beginning of the
// page; CALLS: none.
enum kip_call kip_call_at(uint32_t offset);

// Makes the page, which is empty, and fills it: once, as zeros are not written.
void kip_init(void);
void kip_fill(const struct kip_contents *contents);

// The page, to be mapped into spaces.
struct h_region kip_page(void);

// The code in it, as the build has made it of user/kip: for each call where it begins
// and where its INT 0x80 ends, in bytes from here, then the code. For CALL_IPC and
// CALL_LIPC the second is where it goes on after SYSENTER.
extern const uint32_t kip_code[];
extern const uint32_t kip_code_words;

#endif
