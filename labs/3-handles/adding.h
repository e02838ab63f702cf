// SPDX-License-Identifier: MIT
// What the tests of h_add_mapping share.
//
//   struct adding call = { NULL, space, user_pages(0x00400000, 12), page, H_R };
//   maps(call, false);                      it maps; no page-table was needed
//   call.rights = 0;
//   refuses(H_NO_RIGHTS, call, "no rights");
//   spaces_check(...);                      neither says this by itself
#ifndef ADDING_H
#define ADDING_H

#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/format.h>

// Arguments, in the order in which they are handed over.
struct adding {
        const struct h_pagemap_page *table;
        struct h_pagemap space;
        struct h_vfpage pages;
        struct h_region region;
        unsigned rights;
};

struct adding_words {
        char text[140];
};

// The call in words.
static inline struct adding_words
adding_words(struct adding call)
{
        struct adding_words words;

        format(words.text, sizeof(words.text),
               "h_add_mapping at 0x%08x, 2^%u bytes, of region 0x%08x, 2^%u, "
               "rights %s (0x%x), %s a table",
               h_vfpage_first(call.pages).value, h_vfpage_log2(call.pages),
               region_first(call.region).value, region_log2(call.region),
               rights_name(call.rights), call.rights,
               call.table ? "with" : "without");
        return words;
}

static inline enum h_error
add(struct adding call, bool *table_used)
{
        return h_add_mapping(call.table, call.space, call.pages, call.region,
                             call.rights, table_used);
}

// Calls, and looks at the answer and at *table_used, which is `used` before.
// `why`: what is wrong with the call.
static inline void
answers(enum h_error due, bool used_due, struct adding call, bool used,
        const char *why)
{
        bool found_used = used;
        trying("h_add_mapping at 0x%08x, 2^%u bytes, of region 0x%08x, 2^%u, "
               "rights %s (0x%x), %s a table",
               h_vfpage_first(call.pages).value, h_vfpage_log2(call.pages),
               region_first(call.region).value, region_log2(call.region),
               rights_name(call.rights), call.rights,
               call.table ? "with" : "without");
        enum h_error found = add(call, &found_used);
        trying_over();
        if (found == due && found_used == used_due)
                return;

        // Words only now: they take longer than the call.
        struct adding_words words = adding_words(call);
        const char *colon = *why ? ": " : "";
        expect_h(due, found, "%s%s%s", words.text, colon, why);
        expect_bool(used_due, found_used, "*table_used after %s%s%s",
                    words.text, colon, why);
}

// The call succeeds, and what it does is expected from now on. `table_used`:
// the page-table supplied has been needed.
static inline void
maps(struct adding call, bool table_used)
{
        if (table_used && !call.table)
                fail("the test expects a page-table to be used without one");
        answers(H_OK, table_used, call, !table_used, "");
        if (table_used)
                due_table(call.space, h_vfpage_first(call.pages).value,
                          *call.table);
        due_mapped(call.space, call.pages, call.region, call.rights);
}

// The call is refused, and *table_used stays as it is.
static inline void
refuses_once(enum h_error due, struct adding call, bool used, const char *why)
{
        answers(due, used, call, used, why);
}

// The same, whatever *table_used is.
static inline void
refuses(enum h_error due, struct adding call, const char *why)
{
        refuses_once(due, call, true, why);
        refuses_once(due, call, false, why);
}

#endif
