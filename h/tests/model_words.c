// SPDX-License-Identifier: MIT
// The model: what memory holds, and who may read and write it. See model.h.
#include "model.h"

static unsigned char *
byte_of(uint32_t page, uint32_t offset)
{
        model_write(page);
        return (unsigned char *)model_memory[page] + offset;
}

static uint32_t *
word_of(const struct model_mapping *mapping, uint32_t offset)
{
        uint32_t page = mapping->page + offset / H_PAGE_WORDS;

        model_write(page);
        return &model_memory[page][offset % H_PAGE_WORDS];
}

// The error that a word access of a mapping has to answer.
static refusals
check_word(const struct model_mapping *mapping, uint32_t offset, bool at_offset,
           bool write)
{
        refusals set = 0;

        if (!mapping)
                set |= REFUSE(H_BAD_HANDLE);
        else if (write && !(mapping->rights & H_W))
                set |= REFUSE(H_READ_ONLY);
        else if (!write && !(mapping->rights & (H_R | H_W)))
                set |= REFUSE(H_UNREADABLE);
        if (at_offset && offset >= H_PAGE_WORDS)
                set |= REFUSE(H_OFFSET);
        return set;
}

refusals
model_read_word(struct h_kernel_mapping handle, uint32_t offset, bool at_offset,
                uint32_t *word)
{
        const struct model_mapping *mapping = model_mapping(handle);
        refusals set = check_word(mapping, offset, at_offset, false);

        if (set == 0)
                *word = *word_of(mapping,
                                 offset % (mapping->pages * H_PAGE_WORDS));
        return set;
}

refusals
model_write_word(struct h_kernel_mapping handle, uint32_t offset,
                 bool at_offset, uint32_t word)
{
        const struct model_mapping *mapping = model_mapping(handle);
        refusals set = check_word(mapping, offset, at_offset, true);

        if (set == 0)
                *word_of(mapping, offset % (mapping->pages * H_PAGE_WORDS)) =
                        word;
        return set;
}

static bool
within(const struct model_mapping *mapping, uint32_t offset, uint32_t count)
{
        uint64_t end = (uint64_t)offset + count;

        return end <= (uint64_t)mapping->pages * H_PAGE_WORDS;
}

refusals
model_copy_words(struct h_kernel_mapping to, uint32_t to_offset,
                 struct h_kernel_mapping from, uint32_t from_offset,
                 uint32_t count)
{
        static uint32_t words[1u << 21];
        const struct model_mapping *into = model_mapping(to);
        const struct model_mapping *source = model_mapping(from);
        refusals set = 0;

        if (!into || !source)
                return REFUSE(H_BAD_HANDLE);
        if (!(source->rights & (H_R | H_W)))
                set |= REFUSE(H_UNREADABLE);
        if (!(into->rights & H_W))
                set |= REFUSE(H_READ_ONLY);
        if (!within(into, to_offset, count) ||
            !within(source, from_offset, count))
                set |= REFUSE(H_OFFSET);
        if (set != 0)
                return set;

        // All of them are read before any is written: the rows may overlap.
        for (uint32_t i = 0; i < count; i++)
                words[i] = *word_of(source, from_offset + i);
        for (uint32_t i = 0; i < count; i++)
                *word_of(into, to_offset + i) = words[i];
        return 0;
}

void
model_copy_forward(const struct model_mapping *to, uint32_t to_offset,
                   const struct model_mapping *from, uint32_t from_offset,
                   uint32_t count)
{
        for (uint32_t i = 0; i < count; i++)
                *word_of(to, to_offset + i) = *word_of(from, from_offset + i);
}

// May user code do this to a byte? Notes that it has.
static unsigned char *
user_byte(struct model_pagemap *pagemap, uint32_t address, bool write)
{
        uint32_t page;
        struct model_entry *entry =
                model_lookup(pagemap, address / PAGE_SIZE, &page);

        if (!entry || (write && !(entry->rights & H_W)))
                return NULL;
        if (!entry->accessed || (write && !entry->dirty))
                model_changed(&pagemap->slots[address >> 22]);
        entry->accessed = true;
        entry->dirty |= write;
        return byte_of(page, address % PAGE_SIZE);
}

static bool
may_user(struct model_pagemap *pagemap, uint32_t address, bool write)
{
        uint32_t page;
        const struct model_entry *entry =
                model_lookup(pagemap, address / PAGE_SIZE, &page);

        return entry && (!write || (entry->rights & H_W));
}

refusals
model_copy_user(struct h_pagemap to, struct h_vaddr to_address,
                struct h_pagemap from, struct h_vaddr from_address,
                uint32_t bytes, uint32_t *done)
{
        struct model_pagemap *into = model_pagemap(to);
        struct model_pagemap *source = model_pagemap(from);
        refusals set = 0;

        *done = 0;
        if (!into || !source)
                set |= REFUSE(H_BAD_HANDLE);
        if ((uint64_t)to_address.value + bytes > H_KERNEL_SPACE ||
            (uint64_t)from_address.value + bytes > H_KERNEL_SPACE)
                set |= REFUSE(H_BAD_ADDRESS);
        if (set != 0)
                return set;

        // A byte at a time, from the first one on, wherever they lie.
        for (; *done < bytes; ++*done) {
                uint32_t in = from_address.value + *done;
                uint32_t at = to_address.value + *done;
                if (!may_user(source, in, false))
                        set |= REFUSE(H_UNREADABLE);
                if (!may_user(into, at, true))
                        set |= REFUSE(H_READ_ONLY);
                if (set != 0)
                        return set;
                const unsigned char *byte = user_byte(source, in, false);
                *user_byte(into, at, true) = *byte;
        }
        return 0;
}

refusals
model_read_user_word(struct h_pagemap handle, struct h_vaddr address,
                     uint32_t *word)
{
        struct model_pagemap *pagemap = model_pagemap(handle);
        refusals set = 0;

        if (!pagemap)
                set |= REFUSE(H_BAD_HANDLE);
        if (address.value >= H_KERNEL_SPACE || address.value % 4 != 0)
                set |= REFUSE(H_BAD_ADDRESS);
        if (set != 0)
                return set;
        const unsigned char *byte = user_byte(pagemap, address.value, false);
        if (!byte)
                return REFUSE(H_UNREADABLE);
        *word = *(const uint32_t *)(const void *)byte;
        return 0;
}

// At a client-controlled address that the client has opened for user code.
static bool
kernel_access(uint32_t at, bool write, uint32_t *page)
{
        if (at >= MODEL_CLIENT_PAGES || model.addresses[at].use != MAPPED)
                return false;
        const struct model_mapping *mapping = model.addresses[at].mapping;
        *page = model.addresses[at].page;
        return mapping->user && (!write || (mapping->rights & H_W));
}

static bool
space_access(uint32_t address, bool write, uint32_t *page)
{
        for (unsigned i = 0; i < MODEL_PAGEMAPS; i++) {
                struct model_pagemap *pagemap = &model.pagemaps[i];
                if (!pagemap->live || pagemap->directory != model.current)
                        continue;
                if (!user_byte(pagemap, address, write))
                        return false;
                model_lookup(pagemap, address / PAGE_SIZE, page);
                return true;
        }
        return false;
}

bool
model_user_access(struct h_vaddr address, bool write, uint32_t *word)
{
        uint32_t at = address.value / PAGE_SIZE - MODEL_CLIENT_FIRST;
        uint32_t page;
        bool allowed = address.value < H_KERNEL_SPACE
                               ? space_access(address.value, write, &page)
                               : kernel_access(at, write, &page);
        if (!allowed)
                return false;

        model_write(page);
        uint32_t *found = &model_memory[page][address.value % PAGE_SIZE / 4];
        if (write)
                *found = *word;
        else
                *word = *found;
        return true;
}
