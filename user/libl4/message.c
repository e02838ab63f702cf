// SPDX-License-Identifier: MIT
// The contracts are in <l4/message.h>.
#include <l4/message.h>

#define MOST_WORDS (__L4_NUM_MRS - 1)

// --- Whole messages -------------------------------------------------------------------

void
L4_MsgPut(L4_Msg_t *m, L4_Word_t label, int u, const L4_Word_t *untyped, int t,
          const void *items)
{
        const L4_Word_t *item_words = items;

        L4_MsgClear(m);
        L4_Set_MsgLabel(m, label);
        if (u < 0 || t < 0 || u > MOST_WORDS || t > MOST_WORDS - u)
                return;
        m->tag.X.u = (L4_Word_t)u & 0x3F;
        m->tag.X.t = (L4_Word_t)t & 0x3F;
        for (int i = 0; i < u; i++)
                m->raw[1 + i] = untyped[i];
        for (int i = 0; i < t; i++)
                m->raw[1 + u + i] = item_words[i];
}

void
L4_MsgGet(const L4_Msg_t *m, L4_Word_t *untyped, void *items)
{
        L4_Word_t *item_words = items;
        L4_Word_t end = __L4_MsgEnd(m);

        for (L4_Word_t i = 1; i < end && i <= MOST_WORDS; i++)
                if (i <= m->tag.X.u)
                        untyped[i - 1] = m->raw[i];
                else
                        item_words[i - 1 - m->tag.X.u] = m->raw[i];
}

// --- Word by word -----------------------------------------------------------------------

void
L4_MsgAppendWord(L4_Msg_t *m, L4_Word_t word)
{
        L4_Word_t end = __L4_MsgEnd(m);
        L4_Word_t place = 1 + m->tag.X.u;

        if (end > MOST_WORDS)
                return;
        for (L4_Word_t i = end; i > place; i--)
                m->raw[i] = m->raw[i - 1];
        m->raw[place] = word;
        m->tag.X.u++;
}

static void
append(L4_Msg_t *m, const L4_Word_t *words, L4_Word_t count)
{
        L4_Word_t end = __L4_MsgEnd(m);

        if (end + count > __L4_NUM_MRS)
                return;
        for (L4_Word_t i = 0; i < count; i++)
                m->raw[end + i] = words[i];
        m->tag.X.t += count & 0x3F;
}

void
L4_MsgAppendMapItem(L4_Msg_t *m, L4_MapItem_t item)
{
        append(m, item.raw, 2);
}

void
L4_MsgAppendGrantItem(L4_Msg_t *m, L4_GrantItem_t item)
{
        append(m, item.raw, 2);
}

void
L4_MsgAppendSimpleStringItem(L4_Msg_t *m, L4_StringItem_t item)
{
        append(m, item.raw, 2);
}

void
L4_MsgAppendStringItem(L4_Msg_t *m, const L4_StringItem_t *item)
{
        append(m, item->raw, __L4_StringWords(item->raw));
}

void
L4_MsgPutWord(L4_Msg_t *m, L4_Word_t n, L4_Word_t word)
{
        if (n < m->tag.X.u)
                m->raw[1 + n] = word;
}

// The n-th typed word. Null: there are not `count` from there on.
static L4_Word_t *
typed_words(L4_Msg_t *m, L4_Word_t n, L4_Word_t count)
{
        L4_Word_t u = m->tag.X.u;
        L4_Word_t t = m->tag.X.t;

        return n < t && count <= t - n && u + t <= MOST_WORDS
                       ? &m->raw[1 + u + n]
                       : 0;
}

static void
put(L4_Msg_t *m, L4_Word_t n, const L4_Word_t *words, L4_Word_t count)
{
        L4_Word_t *to = typed_words(m, n, count);

        for (L4_Word_t i = 0; to && i < count; i++)
                to[i] = words[i];
}

void
L4_MsgPutMapItem(L4_Msg_t *m, L4_Word_t n, L4_MapItem_t item)
{
        put(m, n, item.raw, 2);
}

void
L4_MsgPutGrantItem(L4_Msg_t *m, L4_Word_t n, L4_GrantItem_t item)
{
        put(m, n, item.raw, 2);
}

void
L4_MsgPutSimpleStringItem(L4_Msg_t *m, L4_Word_t n, L4_StringItem_t item)
{
        put(m, n, item.raw, 2);
}

void
L4_MsgPutStringItem(L4_Msg_t *m, L4_Word_t n, const L4_StringItem_t *item)
{
        put(m, n, item->raw, __L4_StringWords(item->raw));
}

// --- And back -----------------------------------------------------------------------------

static const L4_Word_t *
typed_words_of(const L4_Msg_t *m, L4_Word_t n, L4_Word_t count)
{
        L4_Word_t u = m->tag.X.u;
        L4_Word_t t = m->tag.X.t;

        return n < t && count <= t - n && u + t <= MOST_WORDS
                       ? &m->raw[1 + u + n]
                       : 0;
}

L4_Word_t
L4_MsgGetMapItem(const L4_Msg_t *m, L4_Word_t n, L4_MapItem_t *item)
{
        const L4_Word_t *from = typed_words_of(m, n, 2);

        if (!from || (from[0] & __L4_ITEM_TYPE) != __L4_MAP)
                return 0;
        *item = (L4_MapItem_t){ .raw = { from[0], from[1] } };
        return 2;
}

L4_Word_t
L4_MsgGetGrantItem(const L4_Msg_t *m, L4_Word_t n, L4_GrantItem_t *item)
{
        const L4_Word_t *from = typed_words_of(m, n, 2);

        if (!from || (from[0] & __L4_ITEM_TYPE) != __L4_GRANT)
                return 0;
        *item = (L4_GrantItem_t){ .raw = { from[0], from[1] } };
        return 2;
}

// How many words a string has that begins here, within `room` of them. 0: more, or it
// is none.
static L4_Word_t
string_words(const L4_Word_t *words, L4_Word_t room)
{
        L4_Word_t count = 0;
        L4_Word_t first;

        do {
                if (count >= room)
                        return 0;
                first = words[count];
                count += 2 + (first >> 4 & 0x1F);
        } while ((first >> 9 & 1) != 0);
        return count <= room && (words[0] & 8) == 0 ? count : 0;
}

L4_Word_t
L4_MsgGetStringItem(const L4_Msg_t *m, L4_Word_t n, L4_StringItem_t *item)
{
        const L4_Word_t *from = typed_words_of(m, n, 2);
        L4_Word_t count = from ? string_words(from, m->tag.X.t - n) : 0;

        for (L4_Word_t i = 0; i < count; i++)
                (&item->raw[0])[i] = from[i];
        return count;
}
