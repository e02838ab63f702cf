// SPDX-License-Identifier: MIT
// Which answers each operation can give, and whether all of them came.
#include "answers.h"
#include "call.h"

#include <stdio.h>

// The answers that each operation can give, by its contract.
static const uint32_t answers[CALL_KINDS] = {
#define E(error) REFUSE(H_##error)
#define TABLE                                                                  \
        (E(BAD_REGION) | E(BAD_SIZE) | E(BAD_ADDRESS) | E(NOT_FREE) |          \
         E(ADDRESS_USED))
        [DERIVE_REGION] = E(BAD_REGION) | E(BAD_FLEXPAGE) | E(BAD_SIZE),
        [CREATE_PAGEMAP_PAGE] = E(BAD_REGION) | E(BAD_SIZE) | E(BAD_ADDRESS),
        [ALLOC_PAGEMAP] = TABLE | E(HANDLES_USED),
        [FREE_PAGEMAP] = E(BAD_HANDLE) | E(CAPACITY),
        [ADD_MAPPING] = TABLE | E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(NO_RIGHTS) |
                        E(NOT_NORMAL) | E(MAPPED) | E(SUPERPAGE) |
                        E(TABLE_NEEDED) | E(TABLE_INSIDE) | E(COUNT_FULL),
        [MODIFY_MAPPING] = E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) |
                           E(NO_RIGHTS) | E(SUPERPAGE) | E(NOT_MAPPED),
        [REMOVE_MAPPING] = E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) |
                           E(SUPERPAGE) | E(CAPACITY),
        [READ_MAPPING] = E(BAD_HANDLE) | E(BAD_ADDRESS) | E(NOT_MAPPED),
        [TAKE_REFERENCE_BITS] =
                E(BAD_HANDLE) | E(BAD_FLEXPAGE) | E(BAD_ADDRESS) | E(SUPERPAGE),
        [SPLIT_SUPERPAGE] = TABLE | E(BAD_HANDLE) | E(NOT_SUPERPAGE),
        [ADD_KERNEL_MAPPING] = E(BAD_FLEXPAGE) | E(BAD_REGION) | E(BAD_SIZE) |
                               E(BAD_ADDRESS) | E(NO_RIGHTS) | E(NOT_NORMAL) |
                               E(ADDRESS_USED) | E(COUNT_FULL) |
                               E(HANDLES_USED),
        [REMOVE_KERNEL_MAPPING] = E(BAD_HANDLE),
        [KERNEL_MAPPING_PARTS] = E(BAD_HANDLE),
        [READ_KERNEL_MAPPING] = E(BAD_HANDLE) | E(UNREADABLE),
        [WRITE_KERNEL_MAPPING] = E(BAD_HANDLE) | E(READ_ONLY),
        [READ_WORD_AT_OFFSET] = E(BAD_HANDLE) | E(OFFSET) | E(UNREADABLE),
        [WRITE_WORD_AT_OFFSET] = E(BAD_HANDLE) | E(OFFSET) | E(READ_ONLY),
        [COPY_WORDS] = E(BAD_HANDLE) | E(UNREADABLE) | E(READ_ONLY) | E(OFFSET),
        [COPY_USER] =
                E(BAD_HANDLE) | E(BAD_ADDRESS) | E(UNREADABLE) | E(READ_ONLY),
        [READ_USER_WORD] = E(BAD_HANDLE) | E(BAD_ADDRESS) | E(UNREADABLE),
        [CONFIGURATION] = E(CAPACITY),
        [USER_READ] = E(NOT_MAPPED),
        [USER_WRITE] = E(NOT_MAPPED),
        [ALLOC_CONTEXT] = E(HANDLES_USED),
        [FREE_CONTEXT] = E(BAD_HANDLE),
        [READ_REGISTER] = E(BAD_HANDLE) | E(BAD_REGISTER),
        [WRITE_REGISTER] = E(BAD_HANDLE) | E(BAD_REGISTER),
        [READ_REGISTERS] = E(BAD_HANDLE),
        [WRITE_REGISTERS] = E(BAD_HANDLE),
        [SET_GS] = E(BAD_HANDLE) | E(BAD_ADDRESS),
        [SET_PORTS] = E(BAD_HANDLE) | E(CAPACITY) | E(PORT),
        [BIND] = E(BAD_HANDLE) | E(OFFSET) | E(READ_ONLY) | E(UNREADABLE),
        [UNBIND] = E(BAD_HANDLE) | E(NOT_BOUND),
        [EXECUTE] = E(BAD_HANDLE),
        [RUN_BOUND] = E(BAD_HANDLE) | E(NOT_BOUND),
        [HANDOFF] = E(NO_CALL) | E(BAD_HANDLE) | E(NOT_BOUND) | E(OFFSET),
        [ENABLE_IRQ] = E(BAD_IRQ),
        [DISABLE_IRQ] = E(BAD_IRQ),
        [MASK_ACK_IRQ] = E(BAD_IRQ),
        [SET_PERIOD] = E(BAD_PERIOD),
#undef TABLE
#undef E
};

bool
all_answers_came(bool print)
{
        bool all = true;

        for (unsigned kind = 0; kind < CALL_KINDS; kind++)
                for (unsigned i = 0; i < H_ERRORS; i++) {
                        bool due = ((answers[kind] | REFUSE(H_OK)) >> i) & 1;
                        uint32_t times = run_answers[kind][i];
                        if (due && print)
                                printf("# %-24s %-16s %u\n", call_name(kind),
                                       h_strerror(i), times);
                        if (!due || times > 0)
                                continue;
                        printf("# %s has never answered %s\n", call_name(kind),
                               h_strerror(i));
                        all = false;
                }
        return all;
}
