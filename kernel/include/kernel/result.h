// SPDX-License-Identifier: MIT
// What a paging operation answers. Anything but PAGING_OK means that nothing
// has changed.
#ifndef KERNEL_RESULT_H
#define KERNEL_RESULT_H

enum paging_result {
        PAGING_OK,
        PAGING_NIL,         // the flexpage is nil
        PAGING_SIZE,        // a size that this operation does not take
        PAGING_MISALIGNED,  // an address that is not aligned as it must be
        PAGING_NO_ACCESS,   // an access that allows nothing
        PAGING_IN_USE,      // an entry that is to be written is present
        PAGING_NOT_MAPPED,  // an entry that is to be there is not present
        PAGING_WRONG_LEVEL, // a superpage where a table is due, or the reverse
        PAGING_RANGE,       // a range whose end lies before its beginning
        PAGING_CAPACITY,    // more results than the caller has room for
};

#define PAGING_RESULTS 10

// The name of a result as it stands above, or "an undefined result".
const char *paging_result_name(enum paging_result result);

#endif
