// SPDX-License-Identifier: MIT
// What an operation of H answers. Anything but H_OK means that nothing has
// changed: no page, no status, no translation, no handle.
#ifndef H_ERROR_H
#define H_ERROR_H

enum h_error {
        H_OK,
        H_BAD_HANDLE,    // made up, stale, or freed since
        H_BAD_REGION,    // not within one initial region, or one module's
        H_BAD_FLEXPAGE,  // nil where it may not be, or not of the form
        H_BAD_SIZE,      // a size that the operation does not take
        H_BAD_ADDRESS,   // not an address that the client controls there
        H_NO_RIGHTS,     // rights that allow nothing
        H_NOT_NORMAL,    // a page of the region is no normal page
        H_NOT_FREE,      // a page that is to become a table is mapped or in use
        H_ADDRESS_USED,  // something is mapped at the kernel address
        H_MAPPED,        // a page of the range is mapped already
        H_NOT_MAPPED,    // a page of the range is not mapped
        H_SUPERPAGE,     // the range is part of a superpage
        H_NOT_SUPERPAGE, // there is no superpage
        H_TABLE_NEEDED,  // a page-table is needed, and none was supplied
        H_TABLE_INSIDE,  // the page supplied lies in the region to be mapped
        H_COUNT_FULL,    // a page has as many mappings as can be counted
        H_READ_ONLY,     // a write through a mapping that does not allow it
        H_UNREADABLE,    // a read through a mapping that does not allow it
        H_OFFSET,        // not within the mapping
        H_CAPACITY,      // more results than the caller has room for
        H_HANDLES_USED,  // no slot is left for another handle
        H_PORT,          // a port, or a command to it, that H keeps for itself
        H_NO_MODULE,     // no module of that number
        H_BAD_REGISTER,  // not a register of a fault context
        H_BAD_IRQ,       // no interrupt line, or one that H keeps for itself
        H_BAD_PERIOD,    // a period that the timer cannot have
        H_NOT_BOUND,     // a context that is bound to nothing
        H_NO_CALL,       // not inside a system call
};

#define H_ERRORS 29

// The name of an error as it stands above, or "an undefined error".
const char *h_strerror(enum h_error error);

#endif
