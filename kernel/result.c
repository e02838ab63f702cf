// SPDX-License-Identifier: MIT
#include <kernel/result.h>

const char *
paging_result_name(enum paging_result result)
{
        switch (result) {
        case PAGING_OK:
                return "PAGING_OK";
        case PAGING_NIL:
                return "PAGING_NIL";
        case PAGING_SIZE:
                return "PAGING_SIZE";
        case PAGING_MISALIGNED:
                return "PAGING_MISALIGNED";
        case PAGING_NO_ACCESS:
                return "PAGING_NO_ACCESS";
        case PAGING_IN_USE:
                return "PAGING_IN_USE";
        case PAGING_NOT_MAPPED:
                return "PAGING_NOT_MAPPED";
        case PAGING_WRONG_LEVEL:
                return "PAGING_WRONG_LEVEL";
        case PAGING_RANGE:
                return "PAGING_RANGE";
        case PAGING_CAPACITY:
                return "PAGING_CAPACITY";
        }
        return "an undefined result";
}
