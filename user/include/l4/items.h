// SPDX-License-Identifier: MIT
// Typed items, which follow the untyped words of a message: memory that is mapped or
// granted, and strings. Part of <l4/message.h>.
//
//     31              10 9  8     4 3  1  0
//    +------------------+--+-------+----+---+
//    | base / 1024      |  0       |type| C |   map: type 4; grant: type 5; then the
//    +------------------+--+-------+----+---+   flexpage
//    | length in bytes  | c| j     |type| C |   string: type 0 to 3; then j + 1
//    +------------------+--+-------+----+---+   addresses; c: more of it follows
#ifndef USER_L4_ITEMS_H
#define USER_L4_ITEMS_H

#include <l4/types.h>

// --- Memory ------------------------------------------------------------------------------

typedef union {
        L4_Word_t raw[2];
        struct {
                L4_Word_t C : 1;
                L4_Word_t __type : 3;
                L4_Word_t zeros : 6;
                L4_Word_t b : 22;
                L4_Fpage_t snd_fpage;
        } X;
} L4_MapItem_t;

typedef L4_MapItem_t L4_GrantItem_t;

#define __L4_ITEM_TYPE 0xEu
#define __L4_MAP 0x8u
#define __L4_GRANT 0xAu
#define __L4_ITEM_BASE 0xFFFFFC00u

// The flexpage is mapped; where the receiver's window is larger, `base` says where in
// it. A granted one is the sender's no longer.
static inline L4_MapItem_t
L4_MapItem(L4_Fpage_t f, L4_Word_t base)
{
        return (L4_MapItem_t){ .raw = { (base & __L4_ITEM_BASE) | __L4_MAP,
                                        f.raw } };
}

static inline L4_GrantItem_t
L4_GrantItem(L4_Fpage_t f, L4_Word_t base)
{
        return (L4_GrantItem_t){ .raw = { (base & __L4_ITEM_BASE) | __L4_GRANT,
                                          f.raw } };
}

static inline L4_Bool_t
L4_IsMapItem(L4_MapItem_t m)
{
        return (m.raw[0] & __L4_ITEM_TYPE) == __L4_MAP;
}

static inline L4_Bool_t
L4_IsGrantItem(L4_GrantItem_t g)
{
        return (g.raw[0] & __L4_ITEM_TYPE) == __L4_GRANT;
}

static inline L4_Fpage_t
L4_MapItemSndFpage(L4_MapItem_t m)
{
        return (L4_Fpage_t){ .raw = m.raw[1] };
}

static inline L4_Word_t
L4_MapItemSndBase(L4_MapItem_t m)
{
        return m.raw[0] & __L4_ITEM_BASE;
}

static inline L4_Fpage_t
L4_GrantItemSndFpage(L4_GrantItem_t g)
{
        return L4_MapItemSndFpage(g);
}

static inline L4_Word_t
L4_GrantItemSndBase(L4_GrantItem_t g)
{
        return L4_MapItemSndBase(g);
}

// --- Strings -----------------------------------------------------------------------------

// A simple one. A compound string is a row of words that begins with one of these,
// and which its owner has made as long as it has to be.
typedef union {
        L4_Word_t raw[2];
        struct {
                L4_Word_t C : 1;
                L4_Word_t __type : 3;
                L4_Word_t j : 5;
                L4_Word_t c : 1;
                L4_Word_t string_length : 22;
                union {
                        L4_Word_t string; // its address
                        L4_Word_t substring[1];
                } str;
        } X;
} L4_StringItem_t;

// `size` bytes, at most 4 MB - 1, from an address on.
static inline L4_StringItem_t
L4_StringItem(int size, const void *address)
{
        return (L4_StringItem_t){ .raw = { (L4_Word_t)size << 10,
                                           (L4_Word_t)(uintptr_t)address } };
}

static inline L4_Bool_t
L4_IsStringItem(const L4_StringItem_t *s)
{
        return (s->raw[0] & 0x8) == 0;
}

// Is it more than one piece of memory?
static inline L4_Bool_t
L4_CompoundString(const L4_StringItem_t *s)
{
        return s->X.c != 0 || s->X.j != 0;
}

// How many pieces of the same length it begins with, and where the n-th of them is,
// counted from 0.
static inline L4_Word_t
L4_Substrings(const L4_StringItem_t *s)
{
        return s->X.j + 1;
}

static inline void *
L4_Substring(const L4_StringItem_t *s, L4_Word_t n)
{
        return (void *)(uintptr_t)(&s->raw[1])[n];
}

// How many words the whole string has, C left aside.
static inline L4_Word_t
__L4_StringWords(const L4_Word_t *words)
{
        L4_Word_t count = 0;
        L4_Word_t first;

        do {
                first = words[count];
                count += 2 + (first >> 4 & 0x1F);
        } while ((first >> 9 & 1) != 0);
        return count;
}

// The first word of the last part of a string.
static inline L4_Word_t *
__L4_LastPart(L4_Word_t *words)
{
        while ((*words >> 9 & 1) != 0)
                words += 2 + (*words >> 4 & 0x1F);
        return words;
}

// Makes a string longer: by another simple one, or by another piece that is as long as
// the last one. There has to be room behind it.
static inline L4_StringItem_t *
L4_AddSubstringTo(L4_StringItem_t *string, L4_StringItem_t piece)
{
        L4_Word_t *end = string->raw + __L4_StringWords(string->raw);

        *__L4_LastPart(string->raw) |= 1u << 9;
        end[0] = piece.raw[0] & ~(1u << 9);
        end[1] = piece.raw[1];
        return string;
}

static inline L4_StringItem_t *
L4_AddSubstringAddressTo(L4_StringItem_t *string, const void *address)
{
        L4_Word_t *last = __L4_LastPart(string->raw);
        L4_Word_t pieces = (*last >> 4 & 0x1F) + 1;

        last[1 + pieces] = (L4_Word_t)(uintptr_t)address;
        *last += 1u << 4;
        return string;
}

// How the memory of a string is to be kept in the caches: its type, 0 to 3.
typedef union {
        L4_Word_t raw;
} L4_CacheAllocationHint_t;

#define L4_UseDefaultCacheLineAllocation                                       \
        ((L4_CacheAllocationHint_t){ .raw = 0 })

static inline L4_Bool_t
L4_IsCacheAllocationHintEqual(L4_CacheAllocationHint_t a,
                              L4_CacheAllocationHint_t b)
{
        return a.raw == b.raw;
}

static inline L4_Bool_t
L4_IsCacheAllocationHintNotEqual(L4_CacheAllocationHint_t a,
                                 L4_CacheAllocationHint_t b)
{
        return a.raw != b.raw;
}

static inline L4_CacheAllocationHint_t
L4_CacheAllocationHint(L4_StringItem_t s)
{
        return (L4_CacheAllocationHint_t){ .raw = s.X.__type };
}

static inline L4_StringItem_t
L4_AddCacheAllocationHint(L4_StringItem_t s, L4_CacheAllocationHint_t hint)
{
        s.raw[0] |= (hint.raw & 3) << 1;
        return s;
}

static inline L4_StringItem_t *
L4_AddCacheAllocationHintTo(L4_StringItem_t *s, L4_CacheAllocationHint_t hint)
{
        *s = L4_AddCacheAllocationHint(*s, hint);
        return s;
}

#endif
