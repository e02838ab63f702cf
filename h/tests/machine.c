// SPDX-License-Identifier: MIT
// The processor of the model: CR3, the TLB and its walks. The memory that it
// walks through is prepared in boot.c.
//
// Every translation that is looked up stays in the TLB until it is invalidated:
//
//   INVLPG          that page, small, super, global or not, and the entries of
//                   page-directories that the processor keeps
//   CR3             all that is not global
//   CR4.PGE         everything
#include "machine.h"

#include <kernel/cpu.h>
#include <kernel/entry.h>

struct cached {
        uint32_t stamp; // valid while it is that of its kind, see is_valid
        uint32_t entry; // of the level that maps the page
        bool write;     // both levels say so
        bool user;
};

static struct cached small[1u << 20], large[TABLE_ENTRIES],
        tables[TABLE_ENTRIES];

// The entries that may be valid: page numbers, those of superpages with a mark.
#define FILLED 65536u
#define LARGE 0x80000000u
static uint32_t filled[FILLED];
static uint32_t filled_count;

static uint32_t cr3, cr4;
static uint32_t stamps, stamp_global, stamp_local, stamp_tables;

static inline bool
is_valid(const struct cached *cached)
{
        return cached->stamp ==
               (cached->entry & ENTRY_GLOBAL ? stamp_global : stamp_local);
}

static void
flush(bool global)
{
        stamp_local = stamp_tables = ++stamps;
        if (global) {
                stamp_global = stamps;
                filled_count = 0;
        }
}

uint32_t
read_cr3(void)
{
        return cr3;
}

void
write_cr3(uint32_t value)
{
        if (value % PAGE_SIZE != 0 || value / PAGE_SIZE >= MACHINE_PAGES)
                machine_stop("CR3 becomes 0x%08x, which is no page", value);
        cr3 = value;
        flush(false);
}

uint32_t
read_cr4(void)
{
        return cr4;
}

void
write_cr4(uint32_t value)
{
        if ((value ^ cr4) & CR4_PGE)
                flush(true);
        cr4 = value;
}

void
invlpg(struct vaddr address)
{
        small[address.value >> PAGE_LOG2].stamp = 0;
        large[pde_index(address)].stamp = 0;
        stamp_tables = ++stamps;
}

struct paddr
machine_directory(void)
{
        return paddr(cr3);
}

void
machine_load(struct paddr directory)
{
        if (cr3 != directory.value)
                write_cr3(directory.value);
}

static struct cached *
cached_of(uint32_t name)
{
        return name & LARGE ? &large[name & ~LARGE] : &small[name];
}

// Keeps the names of the entries that are valid still, each once.
static void
forget_names(void)
{
        uint32_t kept = 0;
        for (uint32_t i = 0; i < filled_count; i++) {
                struct cached *cached = cached_of(filled[i]);
                if (is_valid(cached) && kept < FILLED / 2)
                        filled[kept++] = filled[i];
        }
        filled_count = kept;
}

static struct cached *
fill(uint32_t name, uint32_t entry, bool write, bool user)
{
        struct cached *cached = cached_of(name);

        *cached = (struct cached){
                .stamp = entry & ENTRY_GLOBAL ? stamp_global : stamp_local,
                .entry = entry,
                .write = write,
                .user = user,
        };
        if (filled_count == FILLED)
                forget_names();
        filled[filled_count++] = name;
        return cached;
}

static uint32_t *
table_entry(uint32_t table, unsigned index)
{
        if (table >> PAGE_LOG2 >= MACHINE_PAGES)
                machine_stop("the processor follows an entry to a page-table "
                             "at 0x%08x, where no memory is",
                             table);
        return (uint32_t *)(void *)(machine_ram + (table & ENTRY_FRAME)) +
               index;
}

// Walks the page tables. Null where the access is not allowed.
static struct cached *
walk(struct vaddr address, bool write, bool user)
{
        struct cached *table = &tables[pde_index(address)];
        uint32_t *pde = table_entry(cr3, pde_index(address));
        uint32_t above = table->stamp == stamp_tables ? table->entry : *pde;
        if (!entry_is_present(above))
                return NULL;

        uint32_t *leaf = pde;
        uint32_t name = LARGE | pde_index(address);
        if (!pde_is_superpage(above)) {
                if (table->stamp != stamp_tables)
                        *pde |= ENTRY_ACCESSED;
                *table = (struct cached){ .stamp = stamp_tables,
                                          .entry = above };
                leaf = table_entry(above, pte_index(address));
                name = address.value >> PAGE_LOG2;
                if (!entry_is_present(*leaf))
                        return NULL;
        }
        bool writable = (*leaf & above & ENTRY_WRITE) != 0;
        bool for_user = (*leaf & above & ENTRY_USER) != 0;
        if ((write && !writable) || (user && !for_user))
                return NULL;

        *leaf |= ENTRY_ACCESSED | (write ? ENTRY_DIRTY : 0);
        return fill(name, *leaf, writable, for_user);
}

// The physical address of a byte; false: a page fault.
static bool
translate(struct vaddr address, bool write, bool user, uint32_t *physical)
{
        uint32_t offset_bits = PAGE_SIZE - 1;
        struct cached *found = &small[address.value >> PAGE_LOG2];
        if (!is_valid(found)) {
                found = &large[pde_index(address)];
                offset_bits = SUPERPAGE_SIZE - 1;
        }
        bool valid = is_valid(found);

        // A translation that does not allow the access is looked up again, and
        // so is the first write, which leaves its mark in the tables.
        if (valid &&
            ((write && !(found->write && found->entry & ENTRY_DIRTY)) ||
             (user && !found->user))) {
                invlpg(address);
                valid = false;
        }
        if (!valid) {
                found = walk(address, write, user);
                if (!found)
                        return false;
                bool is_large = found >= large && found < large + TABLE_ENTRIES;
                offset_bits = (is_large ? SUPERPAGE_SIZE : PAGE_SIZE) - 1;
        }
        *physical = (found->entry & ENTRY_FRAME & ~offset_bits) |
                    (address.value & offset_bits);
        return true;
}

// What a program reads where no memory is, is all ones.
static uint32_t *
word_at(uint32_t physical)
{
        static uint32_t nowhere;

        if (physical >> PAGE_LOG2 >= MACHINE_PAGES) {
                nowhere = UINT32_MAX;
                return &nowhere;
        }
        machine_touch(paddr(physical & ENTRY_FRAME));
        return (uint32_t *)(void *)(machine_ram + physical);
}

uint32_t *
machine_at(struct vaddr address)
{
        uint32_t physical;

        if (address.value % sizeof(uint32_t) != 0)
                machine_stop("H accesses 0x%08x as a word", address.value);
        if (address.value < KERNEL_BASE)
                machine_stop("H accesses 0x%08x, which is in user space",
                             address.value);
        if (!translate(address, false, false, &physical))
                machine_stop("H accesses 0x%08x, where nothing is mapped",
                             address.value);
        return word_at(physical);
}

bool
machine_user_read(struct vaddr address, uint32_t *word)
{
        uint32_t physical;
        if (!translate(address, false, true, &physical))
                return false;
        *word = *word_at(physical);
        return true;
}

bool
machine_user_write(struct vaddr address, uint32_t word)
{
        uint32_t physical;
        if (!translate(address, true, true, &physical))
                return false;
        *word_at(physical) = word;
        return true;
}

// What of an entry decides about accesses.
#define MEANING                                                                \
        (ENTRY_FRAME | ENTRY_PRESENT | ENTRY_WRITE | ENTRY_USER | ENTRY_GLOBAL)

// The entry that the tables have where the TLB has one.
static uint32_t
entry_in_tables(uint32_t name)
{
        unsigned index = name & LARGE ? name & ~LARGE : name >> 10;
        uint32_t pde = *table_entry(cr3, index);

        if (name & LARGE)
                return pde_is_superpage(pde) ? pde : 0;
        if (!pde_is_table(pde) || pde >> PAGE_LOG2 >= MACHINE_PAGES)
                return 0;
        return *table_entry(pde, name % TABLE_ENTRIES);
}

bool
machine_stale(struct vaddr *address, uint32_t *entry)
{
        for (uint32_t i = 0; i < filled_count; i++) {
                const struct cached *cached = cached_of(filled[i]);
                if (!is_valid(cached))
                        continue;
                uint32_t now = entry_in_tables(filled[i]);
                uint32_t marks =
                        cached->entry & ~now & (ENTRY_ACCESSED | ENTRY_DIRTY);
                if (((now ^ cached->entry) & MEANING) == 0 && marks == 0)
                        continue;
                *address = vaddr(filled[i] & LARGE ? (filled[i] & ~LARGE)
                                                             << SUPERPAGE_LOG2
                                                   : filled[i] << PAGE_LOG2);
                *entry = cached->entry;
                return true;
        }
        return false;
}
