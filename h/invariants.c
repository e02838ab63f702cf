// SPDX-License-Identifier: MIT
// What the invariants say, in a few words. The contract is in
// h/internal/wellformed.h.
#include <h/internal/wellformed.h>

static const char *const texts[INVARIANTS] = {
        [INVARIANT_NONE] = "no invariant",
        [CR3_IS_DIRECTORY] = "CR3 is a page-directory (5.6.1)",
        [REFERENCE_IS_DIRECTORY] = "the reference is a page-directory (5.6.1)",
        [REFERENCE_MAPS_KERNEL_SPACE] =
                "the reference maps kernel space only (5.6.2)",
        [REFERENCE_MAPS_ENVIRONMENT] =
                "the reference maps every environment page (5.6.3)",
        [DIRECTORIES_AGREE_WITH_REFERENCE] =
                "every page-directory has the reference's kernel space (5.6.4)",
        [ENVIRONMENT_ONLY_IN_REFERENCE] =
                "environment is mapped where the kernel maps it (5.6.5)",
        [MAPPED_PAGES_ARE_INSTALLED] = "mapped pages are installed (5.6.6)",
        [TABLE_POINTERS_ARE_TABLES] =
                "pointers to page-tables point to page-tables (5.6.7)",
        [REGIONS_HOLD_NO_ENVIRONMENT] =
                "regions hold no environment page (5.6.8)",
        [USER_REACHES_NORMAL_PAGES] = "user code reaches normal pages only",
        [TABLES_ARE_NOT_SHARED] = "a user page-table is that of one place only",
        [COUNTS_ARE_EXACT] = "a page's count is the number of its mappings",
        [ENTRIES_ARE_EXACT] =
                "a page-table's number of entries is that of those present",
        [ENTRIES_HAVE_THEIR_FORM] =
                "a user entry has the bits that H sets, and no others",
        [TABLES_ARE_SEEN] = "H sees each of its tables, for itself alone",
        [CLIENT_ADDRESSES_ARE_ACCOUNTED] =
                "each kernel address in use belongs to one use",
        [HANDLES_ARE_SOUND] = "each slot is in use or free, and once",
        [NO_PAGE_IS_KEPT] = "every table belongs to an address space",
        [TLB_AGREES] = "a kernel address shows what its entry says",
        [CONTEXTS_ARE_SOUND] = "a context lends a program what it may, no more",
};

const char *
invariant_text(enum invariant invariant)
{
        return invariant < INVARIANTS ? texts[invariant]
                                      : "an undefined invariant";
}
