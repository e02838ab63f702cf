// SPDX-License-Identifier: MIT
// Messages, as they are put together in memory: the tag, the untyped words, then the
// typed items. What there is no room for is left out.
//
//     word 0    1 ... u    u + 1 ... u + t
//    +--------+----------+-----------------+
//    | tag    | untyped  | typed items     |   u + t is 63 at most
//    +--------+----------+-----------------+
#ifndef USER_L4_MESSAGE_H
#define USER_L4_MESSAGE_H

#include <l4/buffers.h>
#include <l4/items.h>
#include <l4/syscalls.h>
#include <l4/types.h>
#include <l4/vregs.h>

// --- Tags ------------------------------------------------------------------------------

#define L4_Niltag ((L4_MsgTag_t){ .raw = 0 })

static inline L4_Bool_t
L4_IsMsgTagEqual(L4_MsgTag_t a, L4_MsgTag_t b)
{
        return a.raw == b.raw;
}

static inline L4_Bool_t
L4_IsMsgTagNotEqual(L4_MsgTag_t a, L4_MsgTag_t b)
{
        return a.raw != b.raw;
}

// How many words there are, of which kind.
static inline L4_Word_t
L4_UntypedWords(L4_MsgTag_t tag)
{
        return tag.X.u;
}

static inline L4_Word_t
L4_TypedWords(L4_MsgTag_t tag)
{
        return tag.X.t;
}

// What the message is about, for sender and receiver.
static inline L4_Word_t
L4_Label(L4_MsgTag_t tag)
{
        return tag.X.label;
}

static inline void
L4_Set_Label(L4_MsgTag_t *tag, L4_Word_t label)
{
        tag->X.label = label & 0xFFFF;
}

// The tag with another label.
static inline L4_MsgTag_t
L4_MsgTagAddLabel(L4_MsgTag_t tag, L4_Word_t label)
{
        L4_Set_Label(&tag, label);
        return tag;
}

static inline L4_MsgTag_t
L4_MsgTagAddLabelTo(L4_MsgTag_t *tag, L4_Word_t label)
{
        L4_Set_Label(tag, label);
        return *tag;
}

// Message register 0.
static inline L4_MsgTag_t
L4_MsgTag(void)
{
        L4_MsgTag_t tag;

        L4_StoreMR(0, &tag.raw);
        return tag;
}

static inline void
L4_Set_MsgTag(L4_MsgTag_t tag)
{
        L4_LoadMR(0, tag.raw);
}

// --- Messages in memory ------------------------------------------------------------------

typedef union {
        L4_Word_t raw[__L4_NUM_MRS];
        L4_Word_t msg[__L4_NUM_MRS];
        L4_MsgTag_t tag;
} L4_Msg_t;

// Where the words end that a message has so far.
static inline L4_Word_t
__L4_MsgEnd(const L4_Msg_t *m)
{
        return 1 + m->tag.X.u + m->tag.X.t;
}

static inline void
L4_MsgClear(L4_Msg_t *m)
{
        m->tag.raw = 0;
}

static inline L4_MsgTag_t
L4_MsgMsgTag(const L4_Msg_t *m)
{
        return m->tag;
}

static inline void
L4_Set_MsgMsgTag(L4_Msg_t *m, L4_MsgTag_t tag)
{
        m->tag = tag;
}

static inline L4_Word_t
L4_MsgLabel(const L4_Msg_t *m)
{
        return m->tag.X.label;
}

static inline void
L4_Set_MsgLabel(L4_Msg_t *m, L4_Word_t label)
{
        L4_Set_Label(&m->tag, label);
}

// To the message registers; from them, with a tag that L4_Receive or the like has
// returned.
static inline void
L4_MsgLoad(const L4_Msg_t *m)
{
        L4_LoadMRs(0,
                   (int)__L4_MsgEnd(m) < __L4_NUM_MRS ? (int)__L4_MsgEnd(m)
                                                      : __L4_NUM_MRS,
                   m->raw);
}

static inline void
L4_MsgStore(L4_MsgTag_t tag, L4_Msg_t *m)
{
        L4_Word_t words = tag.X.u + tag.X.t;

        m->tag = tag;
        L4_StoreMRs(1, words < __L4_NUM_MRS ? (int)words : __L4_NUM_MRS - 1,
                    &m->raw[1]);
}

// --- Whole messages (message.c) ---------------------------------------------------------

// A message of u untyped and t typed words. Either may be null where there are none.
void L4_MsgPut(L4_Msg_t *m, L4_Word_t label, int u, const L4_Word_t *untyped,
               int t, const void *items);

// Its words, to where there is room for them.
void L4_MsgGet(const L4_Msg_t *m, L4_Word_t *untyped, void *items);

// --- Word by word (message.c) -----------------------------------------------------------

// One more untyped word; typed items move up.
void L4_MsgAppendWord(L4_Msg_t *m, L4_Word_t word);

// One more item, behind all others.
void L4_MsgAppendMapItem(L4_Msg_t *m, L4_MapItem_t item);
void L4_MsgAppendGrantItem(L4_Msg_t *m, L4_GrantItem_t item);
void L4_MsgAppendSimpleStringItem(L4_Msg_t *m, L4_StringItem_t item);
void L4_MsgAppendStringItem(L4_Msg_t *m, const L4_StringItem_t *item);

// In place of the n-th untyped word, or of the n-th typed one and what follows it,
// both counted from 0. The message has them already.
void L4_MsgPutWord(L4_Msg_t *m, L4_Word_t n, L4_Word_t word);
void L4_MsgPutMapItem(L4_Msg_t *m, L4_Word_t n, L4_MapItem_t item);
void L4_MsgPutGrantItem(L4_Msg_t *m, L4_Word_t n, L4_GrantItem_t item);
void L4_MsgPutSimpleStringItem(L4_Msg_t *m, L4_Word_t n, L4_StringItem_t item);
void L4_MsgPutStringItem(L4_Msg_t *m, L4_Word_t n, const L4_StringItem_t *item);

// The n-th untyped word, counted from 0; 0 where the message has not so many.
static inline L4_Word_t
L4_MsgWord(const L4_Msg_t *m, L4_Word_t n)
{
        return n < m->tag.X.u ? m->raw[1 + n] : 0;
}

static inline void
L4_MsgGetWord(const L4_Msg_t *m, L4_Word_t n, L4_Word_t *word)
{
        *word = L4_MsgWord(m, n);
}

// The item at the n-th typed word, counted from 0. Returns how many words it has; 0:
// there is none.
L4_Word_t L4_MsgGetMapItem(const L4_Msg_t *m, L4_Word_t n, L4_MapItem_t *item);
L4_Word_t L4_MsgGetGrantItem(const L4_Msg_t *m, L4_Word_t n,
                             L4_GrantItem_t *item);
L4_Word_t L4_MsgGetStringItem(const L4_Msg_t *m, L4_Word_t n,
                              L4_StringItem_t *item);

#endif
