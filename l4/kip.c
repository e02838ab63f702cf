// SPDX-License-Identifier: MIT
// The kernel interface page. Its fields lie where X.2 wants them; what they point to
// lies behind:
//
//      0x000  fields                     0x200  descriptors of memory
//      0x100  the kernel's description   0x800  the code of the calls
//      0x180  the processor's
//
// The contracts are in kip.h.
#include "kip.h"

#include "panic.h"
#include "pool.h"

#define AT_DESCRIPTION 0x100u
#define AT_PROCESSOR 0x180u
#define AT_MEMORY 0x200u
#define AT_CODE 0x800u

#define MAGIC 0x4BE6344Cu // the bytes 'L', '4', 0xE6, 'K'
#define UTCB_INFO (1u | UTCB_LOG2 << 10 | UTCB_AREA_LOG2 << 16)
#define THREAD_INFO (NUMBERS_LOG2 | NUMBER_SYSTEM << 8 | NUMBER_USER << 20)
#define PAGE_INFO (6u | 1u << H_PAGE_LOG2 | 1u << H_SUPERPAGE_LOG2)
#define PROCESSOR_INFO (4u << 28) // one, of 2^4 bytes

// Times: the clock is read to 1 us, and threads are preempted to 1,000 us.
#define CLOCK_INFO (1u | 1000u << 16)

#define DATE (21u | 11u << 5 | 26u << 9)
#define KERNEL_VERSION 0x00060000u
#define SUPPLIER 0x20203448u // "H4  "

static const char version[] = "H4 0.6";

static void
put(uint32_t *page, uint32_t offset, uint32_t word)
{
        page[offset / 4] = word;
}

static void
put_text(uint32_t *page, uint32_t offset, const char *text)
{
        for (uint32_t i = 0; text[i]; i++)
                page[(offset + i) / 4] |= (uint32_t)(uint8_t)text[i]
                                          << (offset + i) % 4 * 8;
}

static void
put_server(uint32_t *page, uint32_t offset, const struct kip_server *server)
{
        put(page, offset, server->sp);
        put(page, offset + 4, server->ip);
        put(page, offset + 8, server->first);
        put(page, offset + 12, server->end);
}

static void
put_memory(uint32_t *page, const struct kip_contents *contents)
{
        for (size_t i = 0; i < contents->memory_count; i++) {
                const struct memory_descriptor *one = &contents->memory[i];
                uint32_t at = AT_MEMORY + (uint32_t)i * 8;

                put(page, at,
                    (one->first & ~0x3FFu) | (one->virtual ? 1u << 9 : 0) |
                            (uint32_t)one->type);
                put(page, at + 4, one->last & ~0x3FFu);
        }
        put(page, KIP_MEMORY_INFO,
            (uint32_t)contents->memory_count | AT_MEMORY << 16);
}

static void
put_description(uint32_t *page)
{
        put(page, KIP_DESCRIPTION, AT_DESCRIPTION);
        put(page, AT_DESCRIPTION, KIP_KERNEL_ID);
        put(page, AT_DESCRIPTION + 4, DATE);
        put(page, AT_DESCRIPTION + 8, KERNEL_VERSION);
        put(page, AT_DESCRIPTION + 12, SUPPLIER);
        put_text(page, AT_DESCRIPTION + 16, version);
}

static void
put_code(uint32_t *page)
{
        for (uint32_t i = 0; i < kip_code_words; i++)
                put(page, AT_CODE + i * 4, kip_code[i]);
        for (uint32_t call = 0; call < CALLS; call++)
                put(page, KIP_CALLS + call * 4, AT_CODE + kip_code[call * 2]);
}

void
kip_write(uint32_t page[H_PAGE_WORDS], const struct kip_contents *contents)
{
        for (uint32_t i = 0; i < H_PAGE_WORDS; i++)
                page[i] = 0;
        put(page, KIP_MAGIC, MAGIC);
        put(page, KIP_API_VERSION, KIP_VERSION);
        put(page, KIP_API_FLAGS, KIP_FLAGS);
        put_description(page);
        put_server(page, KIP_SIGMA0, &contents->sigma0);
        put_server(page, KIP_ROOT, &contents->root);
        put_memory(page, contents);
        put(page, KIP_UTCB_INFO, UTCB_INFO);
        put(page, KIP_AREA_INFO, KIP_AREA_LOG2);
        put(page, KIP_PROCESSORS, AT_PROCESSOR);
        put(page, AT_PROCESSOR + 4, contents->khz);
        put(page, KIP_CLOCK_INFO, CLOCK_INFO);
        put(page, KIP_THREAD_INFO, THREAD_INFO);
        put(page, KIP_PAGE_INFO, PAGE_INFO);
        put(page, KIP_PROCESSOR_INFO, PROCESSOR_INFO);
        put_code(page);
}

enum kip_call
kip_call_at(uint32_t offset)
{
        for (uint32_t call = 0; call < CALLS; call++)
                if (call != CALL_IPC && call != CALL_LIPC &&
                    offset == AT_CODE + kip_code[call * 2 + 1])
                        return (enum kip_call)call;
        return CALLS;
}
