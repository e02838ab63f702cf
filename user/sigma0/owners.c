// SPDX-License-Identifier: MIT
// The contracts are in owners.h.
#include "owners.h"

#define MOST 1024u

// An entry lasts up to where the next one begins. The first one begins with page 0.
struct entry {
        L4_Word_t begin;
        L4_Word_t owner;
};

static struct entry table[MOST];
static L4_Word_t count;

void
owners_init(void)
{
        table[0] = (struct entry){ 0, RESERVED };
        count = 1;
}

// The entry in which a page is.
static L4_Word_t
entry_of(L4_Word_t page)
{
        L4_Word_t low = 0;
        L4_Word_t high = count;

        while (high - low > 1) {
                L4_Word_t middle = low + (high - low) / 2;
                if (table[middle].begin <= page)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

static L4_Word_t
end_of(L4_Word_t entry)
{
        return entry + 1 < count ? table[entry + 1].begin : PAGES;
}

L4_Word_t
owners_of(L4_Word_t page)
{
        return table[entry_of(page)].owner;
}

L4_Word_t
owners_next(L4_Word_t page)
{
        return end_of(entry_of(page));
}

// Makes an entry begin with this page. There is room for it.
static L4_Word_t
split(L4_Word_t page)
{
        L4_Word_t entry = entry_of(page);

        if (table[entry].begin == page)
                return entry;
        for (L4_Word_t i = count++; i > entry + 1; i--)
                table[i] = table[i - 1];
        table[entry + 1] = (struct entry){ page, table[entry].owner };
        return entry + 1;
}

static void
remove(L4_Word_t entry, L4_Word_t number)
{
        count -= number;
        for (L4_Word_t i = entry; i < count; i++)
                table[i] = table[i + number];
}

bool
owners_set(L4_Word_t first, L4_Word_t last, L4_Word_t owner)
{
        if (count + 2 > MOST)
                return false;

        L4_Word_t entry = split(first);
        L4_Word_t behind = last + 1 < PAGES ? split(last + 1) : count;

        table[entry].owner = owner;
        remove(entry + 1, behind - entry - 1);
        if (entry + 1 < count && table[entry + 1].owner == owner)
                remove(entry + 1, 1);
        if (entry > 0 && table[entry - 1].owner == owner)
                remove(entry, 1);
        return true;
}

bool
owners_take(L4_Word_t first, L4_Word_t last, L4_Word_t thread, bool devices)
{
        bool is_new = false;
        bool is_shared = false;

        for (L4_Word_t entry = entry_of(first);
             entry < count && table[entry].begin <= last; entry++) {
                L4_Word_t owner = table[entry].owner;
                if (owner == FREE || (owner == DEVICE && devices))
                        is_new = true;
                else if (owner == SHARED)
                        is_shared = true;
                else if (owner != thread)
                        return false;
        }
        if (is_new && is_shared)
                return false;
        return !is_new || owners_set(first, last, thread);
}

// From the highest addresses down: programs want to be loaded to low ones.
bool
owners_find(L4_Word_t log2, L4_Word_t *first)
{
        L4_Word_t size = (L4_Word_t)1 << log2;

        for (L4_Word_t entry = count; entry-- > 0;) {
                L4_Word_t end = end_of(entry) >> log2 << log2;
                if (table[entry].owner == FREE && end >= size &&
                    end - size >= table[entry].begin) {
                        *first = end - size;
                        return true;
                }
        }
        return false;
}
