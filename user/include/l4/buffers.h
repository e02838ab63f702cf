// SPDX-License-Identifier: MIT
// What a thread is ready to receive beside untyped words: buffer register 0 is the
// acceptor, those behind it say where strings go. Part of <l4/message.h>.
//
//     31                          4 3    1  0
//    +-----------------------------+------+---+
//    | window: a flexpage          |  0   | s |   s: strings, too
//    +-----------------------------+------+---+
#ifndef USER_L4_BUFFERS_H
#define USER_L4_BUFFERS_H

#include <l4/items.h>
#include <l4/types.h>
#include <l4/vregs.h>

typedef union {
        L4_Word_t raw;
        struct {
                L4_Word_t s : 1;
                L4_Word_t zeros : 3;
                L4_Word_t rcv_window : 28;
        } X;
} L4_Acceptor_t;

#define L4_UntypedWordsAcceptor ((L4_Acceptor_t){ .raw = 0 })
#define L4_StringItemsAcceptor ((L4_Acceptor_t){ .raw = 1 })

// Mappings and grants, into this part of the space.
static inline L4_Acceptor_t
L4_MapGrantItems(L4_Fpage_t window)
{
        return (L4_Acceptor_t){ .raw = window.raw & ~0xFu };
}

// Both; of two windows the second one's bits are added, as X.2 has it.
static inline L4_Acceptor_t
L4_AddAcceptor(L4_Acceptor_t a, L4_Acceptor_t b)
{
        return (L4_Acceptor_t){ .raw = a.raw | b.raw };
}

static inline L4_Acceptor_t *
L4_AddAcceptorTo(L4_Acceptor_t *a, L4_Acceptor_t b)
{
        *a = L4_AddAcceptor(*a, b);
        return a;
}

// The first without what the second accepts: strings, or a window at all.
static inline L4_Acceptor_t
L4_RemoveAcceptor(L4_Acceptor_t a, L4_Acceptor_t b)
{
        if (b.X.s)
                a.X.s = 0;
        if (b.X.rcv_window)
                a.X.rcv_window = 0;
        return a;
}

static inline L4_Acceptor_t *
L4_RemoveAcceptorFrom(L4_Acceptor_t *a, L4_Acceptor_t b)
{
        *a = L4_RemoveAcceptor(*a, b);
        return a;
}

static inline L4_Bool_t
L4_HasStringItems(L4_Acceptor_t a)
{
        return a.X.s;
}

static inline L4_Bool_t
L4_HasMapGrantItems(L4_Acceptor_t a)
{
        return a.X.rcv_window != 0;
}

static inline L4_Fpage_t
L4_RcvWindow(L4_Acceptor_t a)
{
        return (L4_Fpage_t){ .raw = a.raw & ~0xFu };
}

// Buffer register 0.
static inline void
L4_Accept(L4_Acceptor_t a)
{
        L4_LoadBR(0, a.raw);
}

static inline L4_Acceptor_t
L4_Accepted(void)
{
        L4_Acceptor_t a;

        L4_StoreBR(0, &a.raw);
        return a;
}

// --- Where strings go ------------------------------------------------------------------

// A row of string items. All but the last one have their bit C set.
typedef struct {
        L4_Word_t raw[32];
} L4_MsgBuffer_t;

static inline void
L4_MsgBufferClear(L4_MsgBuffer_t *b)
{
        b->raw[0] = 0;
        b->raw[1] = 0;
}

// Where the last item begins. A row that is empty has one of no length, at no address.
static inline L4_Word_t
__L4_LastBuffer(const L4_MsgBuffer_t *b)
{
        L4_Word_t at = 0;

        while ((b->raw[at] & 1) != 0)
                at += __L4_StringWords(&b->raw[at]);
        return at;
}

// One more; a compound one. What there is no room for is left out.
static inline void
L4_MsgBufferAppendRcvString(L4_MsgBuffer_t *b, const L4_StringItem_t *string)
{
        L4_Word_t words = __L4_StringWords(string->raw);
        L4_Word_t at = __L4_LastBuffer(b);
        L4_Word_t last = at;

        if (at > 0 || b->raw[0] != 0 || b->raw[1] != 0)
                at += __L4_StringWords(&b->raw[at]);
        if (at + words > 32)
                return;
        for (L4_Word_t i = 0; i < words; i++)
                b->raw[at + i] = (&string->raw[0])[i];
        b->raw[at] &= ~1u;
        if (at != last)
                b->raw[last] |= 1;
}

static inline void
L4_MsgBufferAppendSimpleRcvString(L4_MsgBuffer_t *b, L4_StringItem_t string)
{
        L4_MsgBufferAppendRcvString(b, &string);
}

// The acceptor, and where its strings go: buffer registers 0 and those behind it.
static inline void
L4_AcceptStrings(L4_Acceptor_t a, const L4_MsgBuffer_t *b)
{
        L4_Word_t last = __L4_LastBuffer(b);

        L4_Accept(a);
        L4_LoadBRs(1, (int)(last + __L4_StringWords(&b->raw[last])), b->raw);
}

#endif
