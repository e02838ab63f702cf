// SPDX-License-Identifier: MIT
// The protocol of sigma0: a flexpage and attributes, and a mapping as the answer.
//
// The contracts are in <l4/sigma0.h>.
#include <l4/ipc.h>
#include <l4/kip.h>
#include <l4/message.h>
#include <l4/sigma0.h>

#define LABEL 0xFFA0u
#define ANYWHERE 0xFFFFFC00u // as an address

L4_Fpage_t
L4_Sigma0_GetSpecial(L4_ThreadId_t sigma0, L4_Fpage_t f, L4_Word_t attributes,
                     L4_Fpage_t window)
{
        const L4_Word_t words[] = { f.raw, attributes };
        L4_Acceptor_t before = L4_Accepted();
        L4_MapItem_t item;
        L4_MsgTag_t tag;
        L4_Msg_t m;

        if (L4_IsNilThread(sigma0))
                sigma0 = L4_GlobalId(L4_ThreadIdUserBase(0), 1);
        L4_MsgPut(&m, LABEL, 2, words, 0, 0);
        L4_MsgLoad(&m);
        L4_Accept(L4_MapGrantItems(window));
        tag = L4_Call(sigma0);
        L4_Accept(before);
        if (L4_IpcFailed(tag))
                return L4_Nilpage;
        L4_MsgStore(tag, &m);
        return L4_MsgGetMapItem(&m, 0, &item) ? L4_MapItemSndFpage(item)
                                              : L4_Nilpage;
}

L4_Fpage_t
L4_Sigma0_GetPage_RcvWindow(L4_ThreadId_t sigma0, L4_Fpage_t f,
                            L4_Fpage_t window)
{
        return L4_Sigma0_GetSpecial(sigma0, f, L4_Nilpage.raw, window);
}

L4_Fpage_t
L4_Sigma0_GetPage(L4_ThreadId_t sigma0, L4_Fpage_t f)
{
        return L4_Sigma0_GetPage_RcvWindow(sigma0, f, f);
}

L4_Fpage_t
L4_Sigma0_GetAny(L4_ThreadId_t sigma0, L4_Word_t size, L4_Fpage_t window)
{
        L4_Fpage_t any = L4_FpageLog2(ANYWHERE, (int)size);

        return L4_Sigma0_GetPage_RcvWindow(sigma0, any, window);
}
