// SPDX-License-Identifier: MIT
// The names of H's errors. The contract is in <h/error.h>.
#include <h/error.h>

static const char *const names[] = {
        [H_OK] = "H_OK",
        [H_BAD_HANDLE] = "H_BAD_HANDLE",
        [H_BAD_REGION] = "H_BAD_REGION",
        [H_BAD_FLEXPAGE] = "H_BAD_FLEXPAGE",
        [H_BAD_SIZE] = "H_BAD_SIZE",
        [H_BAD_ADDRESS] = "H_BAD_ADDRESS",
        [H_NO_RIGHTS] = "H_NO_RIGHTS",
        [H_NOT_NORMAL] = "H_NOT_NORMAL",
        [H_NOT_FREE] = "H_NOT_FREE",
        [H_ADDRESS_USED] = "H_ADDRESS_USED",
        [H_MAPPED] = "H_MAPPED",
        [H_NOT_MAPPED] = "H_NOT_MAPPED",
        [H_SUPERPAGE] = "H_SUPERPAGE",
        [H_NOT_SUPERPAGE] = "H_NOT_SUPERPAGE",
        [H_TABLE_NEEDED] = "H_TABLE_NEEDED",
        [H_TABLE_INSIDE] = "H_TABLE_INSIDE",
        [H_COUNT_FULL] = "H_COUNT_FULL",
        [H_READ_ONLY] = "H_READ_ONLY",
        [H_UNREADABLE] = "H_UNREADABLE",
        [H_OFFSET] = "H_OFFSET",
        [H_CAPACITY] = "H_CAPACITY",
        [H_HANDLES_USED] = "H_HANDLES_USED",
        [H_PORT] = "H_PORT",
        [H_NO_MODULE] = "H_NO_MODULE",
        [H_BAD_REGISTER] = "H_BAD_REGISTER",
        [H_BAD_IRQ] = "H_BAD_IRQ",
        [H_BAD_PERIOD] = "H_BAD_PERIOD",
        [H_NOT_BOUND] = "H_NOT_BOUND",
        [H_NO_CALL] = "H_NO_CALL",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == H_ERRORS,
               "each error has its name here");

const char *
h_strerror(enum h_error error)
{
        unsigned number = (unsigned)error;

        return number < H_ERRORS ? names[number] : "an undefined error";
}
