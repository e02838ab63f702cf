// SPDX-License-Identifier: MIT
// The contracts are in pager.h.
#include "pager.h"

#define FAULTS_OF 0xFFE0u
#define KIND 0xFFF0u
#define UNUSEFUL 3u

_Alignas(4096) unsigned char store[AREA_PAGES * PAGE];

volatile L4_Word_t pager_mode;
struct told told[16];
volatile L4_Word_t told_count;
volatile L4_Word_t pager_error;

static L4_MapItem_t
page_of(L4_Word_t address)
{
        L4_Word_t page = address & ~(PAGE - 1);
        L4_Word_t own = page;

        if (page - AREA < sizeof(store))
                own = (L4_Word_t)(uintptr_t)store + (page - AREA);
        // It has it itself.
        *(volatile unsigned char *)(uintptr_t)own;
        L4_Fpage_t fpage = L4_FpageLog2(own, 12);
        return L4_MapItem(L4_FpageAddRights(fpage, L4_FullyAccessible), page);
}

static bool
is_in_area(L4_Word_t address)
{
        return address - AREA < sizeof(store);
}

static void
note_fault(L4_Word_t label, L4_ThreadId_t from)
{
        struct told *next = &told[told_count % 16];

        next->from = from.raw;
        next->label = label;
        L4_StoreMR(1, &next->address);
        L4_StoreMR(2, &next->ip);
        told_count++;
}

static void
put_together(L4_Word_t address, L4_Msg_t *m)
{
        L4_Word_t mode = is_in_area(address) ? pager_mode : PAGER_MAPS;

        L4_MsgClear(m);
        if (mode == PAGER_MAPS_NOTHING && told_count <= UNUSEFUL)
                return;
        if (mode == PAGER_SENDS_STRINGS)
                L4_MsgAppendSimpleStringItem(m, L4_StringItem(4, store));
        if (mode == PAGER_TAKES_TIME)
                L4_Sleep(L4_TimePeriod(5000));
        if (mode == PAGER_ASKS)
                L4_Receive(thread_id(0));
        L4_MapItem_t item = page_of(address);
        if (mode == PAGER_MAPS_HALF && told_count % 2 != 0)
                item.X.snd_fpage.X.rwx = L4_Readable;
        L4_MsgAppendMapItem(m, item);
}

_Noreturn void
serve(void)
{
        L4_ThreadId_t from, to = none;
        L4_Msg_t m;

        L4_MsgClear(&m);
        for (;;) {
                L4_Word_t address;
                if (!L4_IsNilThread(to))
                        L4_MsgLoad(&m);
                __L4_TCR_Set_ErrorCode(UNWRITTEN);
                L4_MsgTag_t tag = L4_ReplyWait(to, &from);
                to = none;
                if (L4_IpcFailed(tag)) {
                        pager_error = L4_ErrorCode();
                        continue;
                }
                L4_StoreMR(1, &address);
                if ((L4_Label(tag) & KIND) != FAULTS_OF)
                        continue;
                if (is_in_area(address))
                        note_fault(L4_Label(tag), from);
                if (is_in_area(address) && pager_mode == PAGER_IS_SILENT)
                        continue;
                put_together(address, &m);
                to = from;
        }
}

void
pager_goes_on(void)
{
        L4_LoadMR(0, 0);
        expect_that(L4_IpcSucceeded(L4_Send(thread_id(PAGER))), "it asks");
}

unsigned char
byte_at(L4_Word_t place)
{
        return (unsigned char)(place % 251 + place / 251 % 5 + 1);
}

void
fill(unsigned char *to, L4_Word_t place, L4_Word_t bytes)
{
        for (L4_Word_t i = 0; i < bytes; i++)
                to[i] = byte_at(place + i);
}

void
expect_bytes(const unsigned char *found, L4_Word_t place, L4_Word_t bytes,
             const char *text)
{
        for (L4_Word_t i = 0; i < bytes; i++)
                expect_word(byte_at(place + i), found[i], text);
}

void
expect_zeros(const unsigned char *found, L4_Word_t bytes, const char *text)
{
        for (L4_Word_t i = 0; i < bytes; i++)
                expect_word(0, found[i], text);
}
