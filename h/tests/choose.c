// SPDX-License-Identifier: MIT
// Choosing at random, mostly what is good, from few pages and addresses, so that
// they meet; and now and then all that a client may hand over instead. See
// choose.h.
#include "choose.h"

uint32_t
source_below(struct source *source, uint32_t limit)
{
        if (source->bytes) {
                uint32_t value = 0;
                for (uint32_t most = limit - 1; most > 0 && source->left > 0;
                     most >>= 8) {
                        value = value << 8 | *source->bytes++;
                        source->left--;
                }
                return value % limit;
        }
        // Source: S. Vigna, "An experimental exploration of Marsaglia's xorshift
        // generators, scrambled", 2016: xorshift64*.
        source->state ^= source->state >> 12;
        source->state ^= source->state << 25;
        source->state ^= source->state >> 27;
        uint64_t product = source->state * UINT64_C(0x2545F4914F6CDD1D);
        return (uint32_t)((product >> 32) * limit >> 32);
}

uint32_t
any_word(struct source *source)
{
        return source_below(source, 0x10000) << 16 |
               source_below(source, 0x10000);
}
uint16_t
a_live_pagemap(struct source *source)
{
        uint16_t numbers[MODEL_PAGEMAPS];
        uint32_t count = 0;

        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++)
                if (model.pagemaps[i].live)
                        numbers[count++] = run_pagemap_call(i);
        return count > 0 ? numbers[source_below(source, count)] : 0;
}

uint16_t
a_live_mapping(struct source *source)
{
        uint16_t numbers[MODEL_MAPPINGS];
        uint32_t count = 0;

        for (unsigned i = 0; i < MODEL_MAPPINGS; i++)
                if (model.mappings[i].live)
                        numbers[count++] = run_mapping_call(i);
        return count > 0 ? numbers[source_below(source, count)] : 0;
}

// A handle by the number of the call that got it, now and then another one.
struct handle
a_handle(struct source *source, uint16_t live, uint16_t highest)
{
        struct handle handle = { live, 0, 0 };

        switch (source_below(source, 100)) {
        case 0:
                handle.from = (uint16_t)source_below(source, highest + 1u);
                break;
        case 1:
                handle.generation = any_word(source);
                break;
        case 2:
                handle.generation = source_below(source, 3) - 1u;
                break;
        case 3:
                handle.slot = 1u << source_below(source, 32);
                break;
        default:
                break;
        }
        return handle;
}

static uint32_t
a_page_in_use(struct source *source)
{
        const struct model_pagemap *pagemap =
                model_pagemap(run_pagemap(a_live_pagemap(source)));
        unsigned slot = source_below(source, 4);

        if (!pagemap)
                return 0x800;
        if (pagemap->slots[slot].kind == PAGES)
                return pagemap->slots[slot].table;
        return pagemap->directory;
}

// A page of memory. Of `log2_size`, since large regions are in one place only.
uint32_t
a_page(struct source *source, uint32_t log2_size)
{
        static const struct range places[] = {
                { 0x800, 12 }, { 0x800, 6 },   { 0xC00, 12 },
                { 0x10, 4 },   { 0x110, 12 },  { 0x130, 4 },
                { 0x138, 4 },  { 0x1000, 12 }, { 0x1000, 6 },
        };
        static const uint32_t others[] = { 0,      0x100,  0x106,  0x10F,
                                           0x14,   0x139,  0x13C,  0x7FF,
                                           0xFFF,  0x1040, 0x1050, 0x11BF,
                                           0x11C0, 0xFFFFF };

        switch (source_below(source, 20)) {
        case 0:
                return PICK(source, others);
        case 1:
                return a_page_in_use(source);
        default:
                break;
        }
        if (log2_size > 16 || once_in(source, 8))
                return 0x800 + 128 * source_below(source, 16);
        struct range place = PICK(source, places);
        return place.first + source_below(source, place.count);
}

uint32_t
a_size(struct source *source)
{
        static const uint8_t few[] = { 12, 12, 12, 12, 12, 12, 12, 13,
                                       13, 14, 15, 16, 21, 22, 22, 22 };

        if (once_in(source, 24))
                return source_below(source, 34);
        return PICK(source, few);
}

// A flexpage, at times a word that is none.
uint32_t
a_flexpage(struct source *source, uint32_t page, uint32_t log2_size)
{
        uint32_t word = page * PAGE_SIZE;

        if (log2_size >= 12 && log2_size <= 32)
                word = (uint32_t)((uint64_t)word >> log2_size << log2_size);
        word |= log2_size;
        if (once_in(source, 64))
                word ^= 1u << source_below(source, 32);
        return word;
}

static const uint32_t slots[] = { 0, 0, 1, 1, 2, 2, 3, 3, 4, 767, 766, 512 };

// A page that an address space maps, perhaps by a superpage, if it is easily
// found.
static uint32_t
a_mapped_page(struct source *source, const struct model_pagemap *pagemap,
              bool superpage)
{
        uint32_t index = 0;

        for (unsigned i = 0; i < 8; i++) {
                index = PICK(source, slots);
                if (pagemap->slots[index].kind == SUPERPAGE ||
                    (!superpage && pagemap->slots[index].kind == PAGES))
                        break;
        }
        const struct model_slot *slot = &pagemap->slots[index];
        uint32_t at = source_below(source, 8);
        if (slot->kind == PAGES)
                for (unsigned i = 0; i < 1024 && !slot->pages[at].mapped; i++)
                        at = (at + 1) % 1024;
        return index * 1024 + at;
}

// A page of user space, rarely one of kernel space.
uint32_t
a_user_page(struct source *source, uint16_t pagemap)
{
        static const uint32_t others[] = { 768, 769, 832, 833, 1023, 777 };
        static const uint32_t pages[] = { 0, 1, 2, 3, 4, 7, 1022, 1023, 512 };
        const struct model_pagemap *found = model_pagemap(run_pagemap(pagemap));

        if (found && !once_in(source, 4))
                return a_mapped_page(source, found, once_in(source, 3));
        uint32_t slot = once_in(source, 40) ? PICK(source, others)
                                            : PICK(source, slots);

        return slot * 1024 + (once_in(source, 8) ? source_below(source, 1024)
                                                 : PICK(source, pages));
}

// A page of those that the client controls, rarely one of others.
uint32_t
a_client_page(struct source *source)
{
        static const uint32_t others[] = { 0xCFFFF, 0xC0100, 0xC0400,
                                           0xD1400, 0xFFC00, 0xFFC02,
                                           0,       0x400,   0xFFFFF };
        static const uint32_t places[] = { 0, 0, 0, 1020, 1024, 5116, 2048 };

        if (once_in(source, 48))
                return PICK(source, others);
        return MODEL_CLIENT_FIRST + PICK(source, places) +
               source_below(source, 20);
}

uint32_t
some_rights(struct source *source)
{
        static const uint8_t rights[] = { 1, 3, 3, 3, 3, 2, 5, 7, 4, 1, 3, 7 };

        if (once_in(source, 30))
                return once_in(source, 2) ? 0 : any_word(source) & ~7u;
        return PICK(source, rights);
}

struct h_pagemap_page
a_table(struct source *source)
{
        struct h_pagemap_page page = {
                { { a_flexpage(source, a_page(source, 12),
                               once_in(source, 40) ? a_size(source) : 12) } },
                { a_client_page(source) * PAGE_SIZE },
        };

        if (once_in(source, 64))
                page.mapped.value += 1u << source_below(source, 12);
        return page;
}

uint32_t
an_address(struct source *source, bool kernel, uint16_t pagemap)
{
        uint32_t page =
                kernel ? a_client_page(source) : a_user_page(source, pagemap);

        return page * PAGE_SIZE + 4 * source_below(source, 4);
}

uint32_t
an_offset(struct source *source)
{
        static const uint32_t offsets[] = {
                0,    1,    2,          1023,       1024,       1025,
                2047, 2048, 0xFFFFFFFF, 0xFFFFFFFE, 0x40000000, 0x3FFFFFFF
        };

        return once_in(source, 3) ? PICK(source, offsets)
                                  : source_below(source, 16);
}

uint32_t
a_count(struct source *source, uint32_t unit)
{
        static const uint32_t counts[] = { 0,          1,          1024,
                                           1023,       1025,       2048,
                                           0xFFFFFFFF, 0xFFFFFFFC, 0x40000000,
                                           0x80000000 };

        if (once_in(source, 24))
                return PICK(source, counts);
        if (once_in(source, 12))
                return source_below(source, 1500 * unit);
        return source_below(source, 8 * unit);
}

uint32_t
a_capacity(struct source *source)
{
        return once_in(source, 12) ? source_below(source, 4) : 1024;
}
