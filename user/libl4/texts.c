// SPDX-License-Identifier: MIT
// What the kernel says in words, and what it says in numbers, in words.
//
// The contracts are in <l4/kip.h> and <l4/thread.h>.
#include <l4/kip.h>
#include <l4/thread.h>

const char *
L4_ErrorCode_String(L4_Word_t code)
{
        static const char *const words[] = {
                [L4_ErrOk] = "no error",
                [L4_ErrNoPrivilege] = "no privilege",
                [L4_ErrInvalidThread] = "no such thread",
                [L4_ErrInvalidSpace] = "no such space",
                [L4_ErrInvalidScheduler] = "no such scheduler",
                [L4_ErrInvalidParam] = "a parameter makes no sense",
                [L4_ErrUtcbArea] = "not where UTCBs are",
                [L4_ErrKipArea] = "not where the kernel interface page can be",
                [L4_ErrNoMem] = "no memory",
        };

        return code < sizeof(words) / sizeof(words[0]) ? words[code]
                                                       : "no known error";
}

const char *
L4_Feature(const void *kip, L4_Word_t n)
{
        const char *text = L4_KernelVersionString(kip);

        // The version comes first.
        for (L4_Word_t i = 0; i <= n && *text; i++)
                while (*text++)
                        ;
        return *text ? text : 0;
}

L4_Bool_t
L4_HasFeature(const char *name)
{
        const char *feature;

        for (L4_Word_t n = 0; (feature = L4_Feature(0, n)) != 0; n++) {
                L4_Word_t i = 0;
                while (name[i] && name[i] == feature[i])
                        i++;
                if (name[i] == feature[i])
                        return 1;
        }
        return 0;
}
