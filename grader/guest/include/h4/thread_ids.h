// SPDX-License-Identifier: MIT
// Thread IDs in words: whom they mean in a test that uses <h4/crowd.h>.
#ifndef H4_THREAD_IDS_H
#define H4_THREAD_IDS_H

#include <h4/test.h>
#include <kernel/format.h>
#include <l4/abi.h>

#define CROWD_FIRST (NUMBER_USER + 50u) // the number of the first thread

struct id_words {
        char text[48];
};

static inline const char *
id_kind(uint32_t id)
{
        if (id == ID_NIL)
                return "nobody";
        if (id == ID_ANY)
                return "anybody";
        if (id == ID_ANY_LOCAL)
                return "any local one";
        if (!id_is_global(id))
                return "a local ID";
        return id_number(id) < NUMBER_SYSTEM ? "an interrupt line"
                                             : "no thread of the test";
}

// "0x0018c001, thread 2 of the test": in the order in which it has made them.
static inline struct id_words
id_words(uint32_t id)
{
        uint32_t place = id_number(id) - CROWD_FIRST;
        struct id_words words;

        if (id_is_global(id) && place < 1000)
                format(words.text, sizeof(words.text),
                       "0x%08x, thread %u of the test", id, place + 1);
        else
                format(words.text, sizeof(words.text), "0x%08x, %s", id,
                       id_kind(id));
        return words;
}

// As the other functions of its kind in <h4/test.h>.
static inline __attribute__((format(printf, 3, 4))) void
expect_id(uint32_t expected, uint32_t found, const char *text, ...)
{
        char message[160];
        va_list arguments;

        if (expected == found)
                return;
        va_start(arguments, text);
        vformat(message, sizeof(message), text, arguments);
        va_end(arguments);
        fail_values(id_words(expected).text, id_words(found).text, "%s",
                    message);
}

#endif
